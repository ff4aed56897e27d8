package im.palisade.server.official;

import im.palisade.server.app.App;
import im.palisade.server.message.MessageBody;
import im.palisade.server.protocol.Origin;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who takes part in what happens to official accounts. */
public interface OfficialHook {

  /** What is about to happen. */
  sealed interface Intent {
    /** An official account is to be created. */
    record Create(String owner, String name) implements Intent {}

    /** Users are to subscribe. */
    record Subscribe(String account, List<String> userIds) implements Intent {}
  }

  /** What an official account is about to publish. */
  record Publication(String account, boolean onlineOnly, MessageBody body) {}

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

    /**
     * It published.
     *
     * @param time UNIX seconds
     */
    record Published(Publication publication, String key, long time) implements Fact {}

    /** Publications were recalled. */
    record Recalled(String account, List<String> keys) implements Fact {}
  }

  /**
   * Asks; may block for 2 s.
   *
   * @throws im.palisade.server.protocol.ImException when it is refused
   */
  void before(App app, Intent intent, Origin origin);

  /**
   * Asks about a publication; may block for 2 s.
   *
   * @return what is to be published instead, mostly the very same; empty when the publisher is told
   *     of success and that is all
   * @throws im.palisade.server.protocol.ImException when it is refused
   */
  Optional<MessageBody> beforeSend(App app, Publication publication, Origin origin);

  /**
   * What happened becomes known if and only if the unit commits.
   *
   * @param lane facts of one official account are told in turn
   */
  void happened(UnitOfWork unit, App app, long lane, Fact fact, Origin origin) throws SQLException;
}
