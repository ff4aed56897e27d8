package im.palisade.server.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.conversation.Conversation;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.StoreException;
import im.palisade.server.testing.HookedDataSource;
import im.palisade.server.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One order for a group's messages and for who belongs to it. */
class GroupOrderTest {
  private static final App APP = WritingNode.newApp(TestDatabase.dataSource());

  private final HookedDataSource database = new HookedDataSource(TestDatabase.dataSource());
  private final WritingNode node = new WritingNode(database.dataSource(), Clock.systemUTC(), 1);
  private final String suffix = Long.toHexString(System.nanoTime());
  private final long group = GroupRows.group(TestDatabase.region(), APP, "o" + suffix, 1);
  private final Conversation conversation = Conversation.group(group, 0);

  @AfterEach
  void end() {
    database.behave();
    node.close();
  }

  /** Where somebody belonged: between the tips of joining and leaving. */
  private record Spell(long joined, long left) {}

  @Test
  void whoJoinsAndLeavesWhileAllSendIsHeardExactlyWhileBelonging() throws Exception {
    int members = 4;
    int rounds = 15;
    Map<Long, List<Spell>> spells = new ConcurrentHashMap<>();
    Map<Long, List<Long>> stored = new ConcurrentHashMap<>();
    AtomicLong refused = new AtomicLong();
    try (ExecutorService threads = Executors.newFixedThreadPool(members * 2)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < members; i++) {
        Account account = node.account(APP, "m" + i + suffix);
        spells.put(account.id(), new ArrayList<>());
        stored.put(account.id(), new ArrayList<>());
        all.add(threads.submit(() -> comeAndGo(account, rounds, spells.get(account.id()))));
        all.add(threads.submit(() -> sendAlong(account, 120, stored.get(account.id()), refused)));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    stored.forEach(
        (account, seqs) -> {
          assertEquals(seqs.stream().sorted().toList(), seqs, "each sender's own order");
          for (long seq : seqs) {
            assertTrue(
                spells.get(account).stream()
                    .anyMatch(spell -> spell.joined() < seq && seq < spell.left()),
                "message " + seq + " of one who did not belong: " + spells.get(account));
          }
        });
    assertTrue(refused.get() > 0, "nobody sent while outside");
    long last = count("SELECT last_seq FROM conversation WHERE id = ?");
    List<Long> seqs =
        TestDatabase.region()
            .read(
                connection -> {
                  try (PreparedStatement select =
                      connection.prepareStatement(
                          "SELECT seq FROM message WHERE conversation_id = ? ORDER BY seq")) {
                    select.setLong(1, group);
                    List<Long> found = new ArrayList<>();
                    try (ResultSet rows = select.executeQuery()) {
                      while (rows.next()) {
                        found.add(rows.getLong(1));
                      }
                    }
                    return found;
                  }
                });
    assertEquals(LongStream.rangeClosed(1, last).boxed().toList(), seqs);
  }

  @Test
  void workThatThrowsChangesNothingAndTakesNoNumber() {
    ImException thrown =
        assertThrows(
            ImException.class,
            () ->
                node.messages()
                    .inOrder(
                        APP,
                        conversation,
                        (unit, head, tips) -> {
                          tips.append(tip(1));
                          GroupRows.join(unit.connection(), head, 1, 1, 1);
                          throw new ImException(ErrorCode.GROUP_FULL);
                        }));
    assertEquals(ErrorCode.GROUP_FULL.number(), thrown.code());
    assertEquals(0, count("SELECT last_seq FROM conversation WHERE id = ?"));
    assertEquals(0, count("SELECT COUNT(*) FROM group_member WHERE conversation_id = ?"));
  }

  @Test
  void changesThatComeTogetherShareACommitAndTheRefusedOneHarmsNoOther() throws Exception {
    AtomicLong commits = new AtomicLong();
    List<Integer> followed = Collections.synchronizedList(new ArrayList<>());
    List<CompletableFuture<Long>> answers =
        together(
            6,
            real -> {
              commits.incrementAndGet();
              real.commit();
            },
            i ->
                (unit, head, tips) -> {
                  tips.append(tip(1));
                  GroupRows.join(unit.connection(), head, 9_000L + i, 1, 1);
                  unit.onCommit(() -> followed.add(i));
                  if (i == 2) {
                    throw new ImException(ErrorCode.GROUP_FULL);
                  }
                  return head.lastSeq() + 1;
                });
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      if (i == 2) {
        ExecutionException refused = assertThrows(ExecutionException.class, answers.get(i)::get);
        assertEquals(ErrorCode.GROUP_FULL.number(), ((ImException) refused.getCause()).code());
      } else {
        numbers.add(answers.get(i).get());
      }
    }
    assertEquals(List.of(1L, 2L, 3L, 4L, 5L), numbers.stream().sorted().toList());
    assertEquals(5, followed.size(), followed::toString);
    assertFalse(followed.contains(2));
    assertEquals(5, count("SELECT last_seq FROM conversation WHERE id = ?"));
    assertEquals(5, count("SELECT COUNT(*) FROM group_member WHERE conversation_id = ?"));
    assertEquals(1, commits.get(), "one commit for all that waited");
  }

  @Test
  void oneThatFailsForAReasonOfItsOwnLeavesTheOthersToGoOnAlone() throws Exception {
    List<CompletableFuture<Long>> answers =
        together(
            4,
            Connection::commit,
            i ->
                (unit, head, tips) -> {
                  tips.append(tip(1));
                  GroupRows.join(unit.connection(), head, 9_000L + i, 1, 1);
                  if (i == 1) {
                    throw new IllegalStateException("broken");
                  }
                  return head.lastSeq() + 1;
                });
    for (int i = 0; i < 4; i++) {
      if (i == 1) {
        ExecutionException failed = assertThrows(ExecutionException.class, answers.get(i)::get);
        assertEquals("broken", failed.getCause().getMessage());
      } else {
        assertTrue(answers.get(i).get() > 0);
      }
    }
    assertEquals(3, count("SELECT last_seq FROM conversation WHERE id = ?"));
    assertEquals(3, count("SELECT COUNT(*) FROM group_member WHERE conversation_id = ?"));
  }

  @Test
  void aCommitOfWhichNobodyKnowsIsRepeatedForNobody() throws Exception {
    List<CompletableFuture<Long>> answers =
        together(
            3,
            HookedDataSource::loseAfterCommit,
            i ->
                (unit, head, tips) -> {
                  GroupRows.join(unit.connection(), head, 9_000L + i, 1, 1);
                  tips.append(tip(1));
                  return 1L;
                });
    for (CompletableFuture<Long> each : answers) {
      ExecutionException lost = assertThrows(ExecutionException.class, each::get);
      assertTrue(((StoreException) lost.getCause()).outcomeUnknown());
    }
    assertEquals(3, count("SELECT last_seq FROM conversation WHERE id = ?"), "done once");
  }

  /** Has so many changes wait for the lane, which is busy until all of them do. */
  private List<CompletableFuture<Long>> together(
      int many, HookedDataSource.Committing commit, IntFunction<OrderedWork<Long>> work)
      throws Exception {
    long other = GroupRows.group(TestDatabase.region(), APP, "b" + suffix, 1);
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    List<CompletableFuture<Long>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(many + 1)) {
      Future<Object> holder =
          threads.submit(
              () ->
                  node.messages()
                      .inOrder(
                          APP,
                          Conversation.group(other, 0),
                          (unit, head, tips) -> {
                            busy.countDown();
                            awaitFree(free);
                            return null;
                          }));
      busy.await();
      for (int i = 0; i < many; i++) {
        OrderedWork<Long> each = work.apply(i);
        answers.add(
            CompletableFuture.supplyAsync(
                () -> node.messages().inOrder(APP, conversation, each), threads));
      }
      Awaitility.await().until(() -> node.messages().queued() == many);
      AtomicBoolean holding = new AtomicBoolean(true);
      database.atCommit(
          real -> {
            if (holding.getAndSet(false)) {
              real.commit();
            } else {
              commit.commit(real);
            }
          });
      free.countDown();
      holder.get();
      for (CompletableFuture<Long> each : answers) {
        each.handle((value, fault) -> null).get();
      }
    }
    return answers;
  }

  private static void awaitFree(CountDownLatch free) {
    try {
      free.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aTipTakesANumberAndNeitherCountsNorMovesTheTimeOfTheLastMessage() {
    for (int i = 0; i < 2; i++) {
      node.messages()
          .inOrder(
              APP,
              conversation,
              (unit, head, tips) -> {
                tips.append(tip(1));
                tips.append(new GroupTip("GROUPg", Json.object().put("OpType", 2), false));
                tips.append(tip(3));
                return null;
              });
    }
    assertEquals(4, count("SELECT last_seq FROM conversation WHERE id = ?"));
    assertEquals(4, count("SELECT shown_1 FROM conversation WHERE id = ?"));
    assertEquals(0, count("SELECT last_time FROM conversation WHERE id = ?"));
    assertEquals(0, count("SELECT counted_1 FROM conversation WHERE id = ?"));
    assertEquals(
        4, count("SELECT COUNT(*) FROM message WHERE conversation_id = ? AND sender_id = 0"));
  }

  @Test
  void aMessageIntoAGroupOfSixThousandWritesWhatOneIntoAGroupOfSixWrites() {
    long large = GroupRows.group(TestDatabase.region(), APP, "l" + suffix, 1);
    Account sender = node.account(APP, "s" + suffix);
    for (long each : new long[] {group, large}) {
      node.messages()
          .inOrder(
              APP,
              Conversation.group(each, 0),
              (unit, head, tips) -> {
                GroupRows.join(unit.connection(), head, sender.id(), 1, 1);
                return null;
              });
    }
    fill(group, 5);
    fill(large, 5_999);
    long small = written(group, sender, 1);
    assertEquals(small, written(large, sender, 2));
    // An upsert counts twice: it tries to insert the conversation, then updates it.
    assertEquals(5, small, "message, conversation, member, feed");
  }

  /** Rows that the transaction of one message inserts or updates, as the engine counts them. */
  private long written(long conversationId, Account sender, long random) {
    AtomicLong before = new AtomicLong();
    AtomicLong after = new AtomicLong();
    // The lane keeps its connection: what it has written when it commits is of this message alone.
    WritingNode.receipt(node.send(message(conversationId, sender, 10 * random)));
    database.atCommit(
        real -> {
          before.set(rows(real));
          real.commit();
        });
    WritingNode.receipt(node.send(message(conversationId, sender, 10 * random + 1)));
    database.atCommit(
        real -> {
          after.set(rows(real));
          real.commit();
        });
    WritingNode.receipt(node.send(message(conversationId, sender, 10 * random + 2)));
    database.atCommit(Connection::commit);
    return after.get() - before.get();
  }

  private static long rows(Connection connection) throws SQLException {
    long sum = 0;
    try (PreparedStatement status =
            connection.prepareStatement(
                "SHOW SESSION STATUS WHERE Variable_name IN ('Handler_write', 'Handler_update')");
        ResultSet rows = status.executeQuery()) {
      while (rows.next()) {
        sum += rows.getLong(2);
      }
    }
    return sum;
  }

  private OutgoingMessage message(long conversationId, Account sender, long random) {
    return GroupRows.message(APP, sender, conversationId, 0, random, false);
  }

  private static void fill(long conversationId, int members) {
    TestDatabase.region()
        .inUnitOfWork(
            unit -> {
              for (int i = 0; i < members; i++) {
                GroupRows.run(
                    unit.connection(),
                    """
                    INSERT INTO group_member (conversation_id, account_id, role, join_time,
                      from_seq, read_seq, msg_flag, custom)
                    VALUES (?, ?, 1, 1, 1, 0, 1, '')
                    """,
                    conversationId,
                    4_000_000_000L + i);
              }
              return null;
            });
  }

  private Void comeAndGo(Account account, int rounds, List<Spell> spells) {
    for (int round = 0; round < rounds; round++) {
      long joined =
          node.messages()
              .inOrder(
                  APP,
                  conversation,
                  (unit, head, tips) -> {
                    tips.append(tip(1));
                    // The tip takes the next number: who joins begins behind it.
                    GroupRows.join(unit.connection(), head, account.id(), 1, 1);
                    return head.lastSeq() + 1;
                  });
      long left =
          node.messages()
              .inOrder(
                  APP,
                  conversation,
                  (unit, head, tips) -> {
                    GroupRows.leave(unit.connection(), head, account.id());
                    tips.append(tip(2));
                    return head.lastSeq() + 1;
                  });
      spells.add(new Spell(joined, left));
    }
    return null;
  }

  private Void sendAlong(Account account, int messages, List<Long> stored, AtomicLong refused) {
    Random dice = new Random(account.id());
    List<CompletableFuture<Receipt>> answers = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      // Often an old version: what it stands for is asked again under the lock.
      long version =
          dice.nextInt(3) == 0 ? 0 : TestDatabase.region().read(c -> GroupRows.version(c, group));
      boolean member = TestDatabase.region().read(c -> GroupRows.isMember(c, group, account.id()));
      if (member) {
        answers.add(node.send(GroupRows.message(APP, account, group, version, 1000L + i, false)));
      }
    }
    for (CompletableFuture<Receipt> answer : answers) {
      if (WritingNode.code(answer) == 0) {
        stored.add(WritingNode.receipt(answer).seq());
      } else {
        assertEquals(ErrorCode.GROUP_NOT_PERMITTED.number(), WritingNode.code(answer));
        refused.incrementAndGet();
      }
    }
    return null;
  }

  private static GroupTip tip(int code) {
    return new GroupTip("GROUPg", Json.object().put("OpType", code), true);
  }

  private long count(String sql) {
    return TestDatabase.region().read(connection -> GroupRows.number(connection, sql, group));
  }
}
