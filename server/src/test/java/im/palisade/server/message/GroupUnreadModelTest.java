package im.palisade.server.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.conversation.Conversation;
import im.palisade.server.message.MessageChanges.Change;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestDatabase;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unread of groups against a model that counts messages one by one, over random schedules. */
class GroupUnreadModelTest {
  private static final App APP = WritingNode.newApp(TestDatabase.dataSource());
  private static final int MEMBERS = 4;

  private final WritingNode node = new WritingNode(TestDatabase.dataSource(), Clock.systemUTC(), 1);
  private final GroupPositionStore positions = new GroupPositionStore();
  private final GroupUnreadStore unread = new GroupUnreadStore();
  private final String suffix = Long.toHexString(System.nanoTime());
  private final List<Account> accounts =
      IntStream.range(0, MEMBERS).mapToObj(i -> node.account(APP, "u" + i + suffix)).toList();
  private final long group = GroupRows.group(TestDatabase.region(), APP, "g" + suffix, 1);
  private final Conversation conversation = Conversation.group(group, 0);

  private final List<Sent> sent = new ArrayList<>();
  private final Map<Integer, Long> readSeq = new HashMap<>();
  private long clearSeq;
  private long random = 1;

  private static final class Sent {
    private final int sender;
    private final boolean counts;
    private boolean recalled;

    private Sent(int sender, boolean counts) {
      this.sender = sender;
      this.counts = counts;
    }
  }

  @AfterEach
  void end() {
    node.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whateverHappensEveryMembersUnreadIsWhatCountingGives(long seed) {
    Random dice = new Random(seed);
    for (int i = 0; i < MEMBERS; i++) {
      join(i);
    }
    for (int step = 0; step < 150; step++) {
      int who = dice.nextInt(MEMBERS);
      switch (dice.nextInt(12)) {
        case 0, 1, 2, 3, 4 -> send(who, dice.nextInt(4) > 0);
        case 5, 6 -> read(who, sent.isEmpty() ? 0 : 1 + dice.nextInt(sent.size() + 2));
        case 7 -> recall(dice);
        case 8 -> setUnread(who, dice.nextInt(6));
        case 9 -> joinOrLeave(who);
        case 10 -> tip();
        default -> rarely(dice);
      }
      assertUnread("seed " + seed + " step " + step);
    }
  }

  @Test
  void sendsAndReadsAtTheSameTimeLoseNothing() throws Exception {
    for (int i = 0; i < MEMBERS; i++) {
      join(i);
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(MEMBERS * 2)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < MEMBERS; i++) {
        int who = i;
        all.add(
            threads.submit(
                () -> {
                  for (int n = 0; n < 60; n++) {
                    WritingNode.receipt(node.send(message(who, 1000L * who + n, false)));
                  }
                }));
        all.add(
            threads.submit(
                () -> {
                  Random dice = new Random(who);
                  for (int n = 0; n < 60; n++) {
                    long upTo = 1L + dice.nextInt(MEMBERS * 60);
                    TestDatabase.region()
                        .inUnitOfWork(
                            unit ->
                                positions.advance(unit.connection(), conversation, id(who), upTo));
                  }
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    for (int i = 0; i < MEMBERS; i++) {
      long account = id(i);
      long counted =
          TestDatabase.region()
              .read(
                  c ->
                      GroupRows.number(
                          c,
                          """
                          SELECT COUNT(*) FROM message WHERE conversation_id = ?
                            AND sender_id <> ? AND seq > (SELECT read_seq FROM group_member
                              WHERE conversation_id = ? AND account_id = ?)
                          """,
                          group,
                          account,
                          group,
                          account));
      assertEquals(counted, unreadOf(i), "member " + i);
    }
  }

  private void send(int who, boolean counts) {
    if (!readSeq.containsKey(who)) {
      return;
    }
    Receipt receipt = WritingNode.receipt(node.send(message(who, random++, !counts)));
    sent.add(new Sent(who, counts));
    assertEquals(sent.size(), receipt.seq());
  }

  private OutgoingMessage message(int who, long key, boolean noUnread) {
    long version = TestDatabase.region().read(c -> GroupRows.version(c, group));
    return GroupRows.message(APP, accounts.get(who), group, version, key, noUnread);
  }

  private void tip() {
    node.messages()
        .inOrder(
            APP,
            conversation,
            (unit, head, tips) -> {
              tips.append(new GroupTip("GROUPg", Json.object().put("OpType", 6), true));
              return null;
            });
    sent.add(new Sent(-1, false));
  }

  private void read(int who, long upTo) {
    TestDatabase.region()
        .inUnitOfWork(unit -> positions.advance(unit.connection(), conversation, id(who), upTo));
    readSeq.computeIfPresent(who, (k, seq) -> Math.max(seq, Math.min(upTo, sent.size())));
  }

  private void setUnread(int who, int count) {
    TestDatabase.region()
        .inUnitOfWork(
            unit -> positions.leaveUnread(unit.connection(), conversation, id(who), count));
    readSeq.computeIfPresent(
        who,
        (k, seq) -> {
          long position = sent.size();
          int left = count;
          while (left > 0 && position > clearSeq) {
            Sent each = sent.get((int) position - 1);
            if (each.counts && !each.recalled && each.sender != who) {
              left--;
            }
            position--;
          }
          return left > 0 ? clearSeq : position;
        });
  }

  private void recall(Random dice) {
    if (sent.isEmpty()) {
      return;
    }
    long seq = 1L + dice.nextInt(sent.size());
    Sent each = sent.get((int) seq - 1);
    if (each.sender < 0 || each.recalled) {
      return;
    }
    node.changes()
        .in(
            APP,
            conversation,
            locked -> {
              List<StoredMessage> one = locked.bySeqs(List.of(seq));
              return locked.change(
                  one,
                  new Change.Flags(MessageFlags.RECALLED, 0),
                  MessageEdits.event(Cause.system(Instant.now()), "message.recall", one));
            });
    each.recalled = true;
  }

  private void joinOrLeave(int who) {
    if (readSeq.containsKey(who)) {
      node.messages()
          .inOrder(
              APP,
              conversation,
              (unit, head, tips) -> {
                GroupRows.leave(unit.connection(), head, id(who));
                return null;
              });
      readSeq.remove(who);
    } else {
      join(who);
    }
  }

  private void join(int who) {
    node.messages()
        .inOrder(
            APP,
            conversation,
            (unit, head, tips) -> {
              GroupRows.join(unit.connection(), head, id(who), 1, 1);
              return null;
            });
    readSeq.put(who, (long) sent.size());
  }

  /** What is up to a sequence counts as read for all: cleared, or imported and read elsewhere. */
  private void rarely(Random dice) {
    if (dice.nextInt(3) > 0 || sent.isEmpty()) {
      return;
    }
    boolean clears = dice.nextBoolean();
    long upTo = clears ? 1L + dice.nextInt(sent.size()) : sent.size();
    node.messages()
        .inOrder(
            APP,
            conversation,
            (unit, head, tips) -> {
              if (clears) {
                GroupRows.run(
                    unit.connection(),
                    "UPDATE conversation SET clear_seq = GREATEST(clear_seq, ?) WHERE id = ?",
                    upTo,
                    group);
              }
              GroupPositionStore.raiseFloor(unit.connection(), conversation, upTo);
              return null;
            });
    if (clears) {
      clearSeq = Math.max(clearSeq, upTo);
    }
    readSeq.replaceAll((who, seq) -> Math.max(seq, upTo));
  }

  private void assertUnread(String when) {
    for (int i = 0; i < MEMBERS; i++) {
      int who = i;
      if (readSeq.containsKey(who)) {
        long expected =
            IntStream.range(readSeq.get(who).intValue(), sent.size())
                .mapToObj(sent::get)
                .filter(each -> each.counts && !each.recalled && each.sender != who)
                .count();
        assertEquals(expected, unreadOf(who), when + " member " + who);
      } else {
        assertEquals(0, unreadOf(who), when + ": no member");
      }
    }
  }

  private long unreadOf(int who) {
    return TestDatabase.region()
        .read(c -> unread.unread(c, id(who)))
        .getOrDefault(group, new GroupUnreadStore.Unread(0, true))
        .count();
  }

  private long id(int who) {
    return accounts.get(who).id();
  }
}
