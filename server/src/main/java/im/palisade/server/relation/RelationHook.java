package im.palisade.server.relation;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.protocol.Origin;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Who takes part in what happens to relations. */
@FunctionalInterface
public interface RelationHook {
  /** Nobody takes part. */
  RelationHook NONE = (unit, change, cause) -> {};

  /** One entry of somebody's list. */
  record Pair(String from, String to) {}

  /**
   * What an act changed; imports of friends and the emptying of a whole list tell of no friends.
   *
   * @param owner whose act it is
   * @param forced whether nobody was asked
   * @param responds whether it answers a request
   */
  record Change(
      App app,
      Account owner,
      boolean forced,
      boolean responds,
      List<Pair> friendsAdded,
      List<Pair> friendsRemoved,
      List<Pair> blocked,
      List<Pair> unblocked) {}

  /** What a client is about to do; an app's back end is not asked about what it does itself. */
  sealed interface Intent {
    /** It adds friends, or asks them. */
    record Add(String requester, List<NewFriend> friends, boolean both) implements Intent {}

    /** It answers those who asked. */
    record Respond(String requester, List<Response> responses) implements Intent {}
  }

  /** How a request is answered. */
  enum Action {
    AGREE_AND_ADD("agreeAndAdd", "Response_Action_AgreeAndAdd"),
    AGREE("agree", "Response_Action_Agree"),
    REJECT("reject", "Response_Action_Reject");

    private final String word;
    private final String wireName;

    Action(String word, String wireName) {
      this.word = word;
      this.wireName = wireName;
    }

    /** The word of clients. */
    public String word() {
      return word;
    }

    /** The word of webhooks. */
    public String wireName() {
      return wireName;
    }

    static Action of(String word) {
      return Stream.of(values()).filter(each -> each.word.equals(word)).findFirst().orElseThrow();
    }
  }

  /**
   * An answer to one who asked.
   *
   * @param list of the responder, into which a new friend goes
   */
  record Response(String userId, Action action, Optional<String> remark, Optional<String> list) {}

  /** Why one account of an act is refused. */
  record Refusal(int code, String info) {}

  /**
   * Asks; may block for 2 s.
   *
   * @return the accounts it is refused for; all others may go on
   */
  default Map<String, Refusal> before(App app, Intent intent, Origin origin) {
    return Map.of();
  }

  /** Relations have changed; what is told becomes known if and only if the unit commits. */
  void changed(UnitOfWork unit, Change change, Cause cause) throws SQLException;
}
