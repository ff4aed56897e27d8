package im.palisade.server.groupmessage;

import im.palisade.server.conversation.Conversation;
import im.palisade.server.conversation.ConversationHeads;
import im.palisade.server.message.GroupRows;
import im.palisade.server.store.Region;
import im.palisade.server.testing.TestApp;

/** Groups put into a running server's store, for tests that are about their messages. */
final class StoredGroups {
  static final int WORK = 1;
  static final int PUBLIC = 2;
  static final int MEETING = 3;
  static final int LIVE = 4;
  static final int COMMUNITY = 5;

  private final TestApp app;

  StoredGroups(TestApp app) {
    this.app = app;
  }

  /** A group of which the first is the owner. */
  long group(String groupId, int type, String... members) {
    long id = GroupRows.group(region(), app.app(), groupId, type);
    for (int i = 0; i < members.length; i++) {
      join(id, members[i], i == 0 ? 3 : 1);
    }
    return id;
  }

  void join(long group, String member, int role) {
    long account = account(member);
    region()
        .inUnitOfWork(
            unit -> {
              var head = ConversationHeads.lock(unit.connection(), new long[] {group}).get(group);
              GroupRows.join(unit.connection(), head, account, role, 1);
              return null;
            });
  }

  void leave(long group, String member) {
    long account = account(member);
    region()
        .inUnitOfWork(
            unit -> {
              var head = ConversationHeads.lock(unit.connection(), new long[] {group}).get(group);
              GroupRows.leave(unit.connection(), head, account);
              return null;
            });
  }

  void run(String sql, Object... parameters) {
    region().inUnitOfWork(unit -> GroupRows.run(unit.connection(), sql, parameters));
  }

  long account(String userId) {
    return app.server().accounts().find(app.app(), userId).orElseThrow().id();
  }

  Region region() {
    return app.server().regions().of(app.app());
  }

  static Conversation conversation(long group) {
    return Conversation.group(group, 0);
  }
}
