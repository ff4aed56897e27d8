package im.palisade.server.group;

import im.palisade.server.app.App;
import im.palisade.server.protocol.Origin;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Who takes part in what happens to groups, live rooms and topics, but for what is said in them.
 */
public interface GroupHook {
  /** Nobody. */
  GroupHook NONE =
      new GroupHook() {
        @Override
        public Set<String> before(App app, Intent intent, Origin origin) {
          return Set.of();
        }

        @Override
        public void happened(
            UnitOfWork unit, App app, Group group, Fact fact, String operator, Origin origin) {}

        @Override
        public void told(App app, Group group, Fact fact, String operator, Origin origin) {}
      };

  /** What is about to happen; every account by its UserID. */
  sealed interface Intent {
    /**
     * A group is to be created.
     *
     * @param owned how many groups the owner has, by type
     */
    record Create(
        String operator,
        String owner,
        GroupType type,
        String name,
        List<String> members,
        JoinOption inviteOption,
        Supplier<Map<String, Integer>> owned)
        implements Intent {}

    /** An account asks to come in. */
    record Apply(Group group, String applicant) implements Intent {}

    /** Accounts are to come in at somebody's word. */
    record Invite(Group group, String operator, List<String> invited) implements Intent {}

    /** A community is to have one more topic. */
    record CreateTopic(Group community, String operator, String name) implements Intent {}
  }

  /** What has happened; every account by its UserID. */
  sealed interface Fact {
    /** It exists. */
    record Created(String owner, List<String> members) implements Fact {}

    /** Accounts came in. */
    record Joined(boolean invited, List<String> members) implements Fact {}

    /** Accounts went, or were removed. */
    record Left(boolean removed, List<String> members) implements Fact {}

    /** It has as many members as it may. */
    record Full() implements Fact {}

    /**
     * It is no more.
     *
     * @param members who belonged to it, read when somebody wants to know
     */
    record Dissolved(String owner, Names members) implements Fact {}

    /**
     * It says something else of itself.
     *
     * @param changed new values by their names on the wire
     */
    record Changed(Map<String, String> changed) implements Fact {}

    /** A member has another role or name card; what is empty stayed. */
    record MemberChanged(String member, Optional<Role> role, Optional<String> nameCard)
        implements Fact {}

    /** Another owns it. */
    record OwnerChanged(String former, String owner) implements Fact {}

    /**
     * Its attributes changed.
     *
     * @param option what was done, as on the wire
     */
    record AttributesChanged(String option, Map<String, String> pairs) implements Fact {}

    /** Who was lost in a live room without leaving it, or is back. */
    record PresenceChanged(boolean online, List<String> members) implements Fact {}

    /** With this one the groups created today come near what the app may create in a day. */
    record QuotaReached(int used, int quota) implements Fact {}

    /** A topic exists. */
    record TopicCreated(String owner, Topic topic) implements Fact {}

    /** Topics are no more. */
    record TopicsDestroyed(List<String> topicIds) implements Fact {}

    /**
     * A topic says something else of itself.
     *
     * @param changed new values by their names on the wire
     */
    record TopicChanged(String topicId, Map<String, String> changed) implements Fact {}
  }

  /** UserIDs that take a query. */
  @FunctionalInterface
  interface Names {
    List<String> read() throws SQLException;
  }

  /**
   * Asks; may block for 2 s, so neither within a transaction nor on a lane.
   *
   * @return who of those invited is not to come in
   * @throws im.palisade.server.protocol.ImException when it is refused
   */
  Set<String> before(App app, Intent intent, Origin origin);

  /** What happened becomes known if and only if the unit commits. */
  void happened(UnitOfWork unit, App app, Group group, Fact fact, String operator, Origin origin)
      throws SQLException;

  /** The same of something that no transaction stores; must not block. */
  void told(App app, Group group, Fact fact, String operator, Origin origin);
}
