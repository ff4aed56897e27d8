package im.palisade.server.official;

import im.palisade.server.app.App;
import im.palisade.server.protocol.Origin;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Who takes part in what happens to official accounts. */
public interface OfficialHook {

  /** What is about to happen. */
  sealed interface Intent {
    /** An official account is to be created. */
    record Create(String owner, String name) implements Intent {}

    /** Users are to subscribe. */
    record Subscribe(String account, List<String> userIds) implements Intent {}
  }

  /** What has happened. */
  sealed interface Fact {
    /** It exists. */
    record Created(String account, String owner, String name) implements Fact {}

    /**
     * It says something else of itself.
     *
     * @param changed new values by their names on the wire
     */
    record Changed(String account, Map<String, String> changed) implements Fact {}

    /** It is no more. */
    record Destroyed(String account, String owner, String name) implements Fact {}

    /** Users subscribe now. */
    record Subscribed(String account, List<String> userIds) implements Fact {}

    /** Users subscribe no more. */
    record Unsubscribed(String account, List<String> userIds) implements Fact {}

    /** It has as many subscribers as it may. */
    record Full(String account) implements Fact {}
  }

  /**
   * Asks; may block for 2 s.
   *
   * @throws im.palisade.server.protocol.ImException when it is refused
   */
  void before(App app, Intent intent, Origin origin);

  /**
   * What happened becomes known if and only if the unit commits.
   *
   * @param lane facts of one official account are told in turn
   */
  void happened(UnitOfWork unit, App app, long lane, Fact fact, Origin origin) throws SQLException;
}
