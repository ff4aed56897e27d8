package im.palisade.server.message;

import static im.palisade.server.message.WritingNode.code;
import static im.palisade.server.message.WritingNode.fromClient;
import static im.palisade.server.message.WritingNode.fromRest;
import static im.palisade.server.message.WritingNode.message;
import static im.palisade.server.message.WritingNode.receipt;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.message.OutgoingMessage.Door;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.testing.HookedDataSource;
import im.palisade.server.testing.LoggedErrors;
import im.palisade.server.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sequence and store under everything that can go wrong there, on the real database. */
class GroupCommitTest {
  private static final App APP = WritingNode.newApp(TestDatabase.dataSource());

  private final SettableClock clock = new SettableClock(Instant.now());
  private final HookedDataSource database = new HookedDataSource(TestDatabase.dataSource());
  private final WritingNode node = new WritingNode(database.dataSource(), clock, 1);
  private final String suffix = Long.toHexString(System.nanoTime());
  private final Account alice = node.account(APP, "alice" + suffix);
  private final Account bob = node.account(APP, "bob" + suffix);
  private final Account carol = node.account(APP, "carol" + suffix);
  private final CountDownLatch laneHeld = new CountDownLatch(1);
  private final CountDownLatch laneFree = new CountDownLatch(1);

  @AfterEach
  void end() {
    laneFree.countDown();
    database.behave();
    node.close();
  }

  @Test
  void whatQueuesUpBehindACommitIsOneBatch() {
    long conversation = node.conversation(APP, alice, bob);
    holdLane();
    List<CompletableFuture<Receipt>> answers = sendThree(alice, bob);
    laneFree.countDown();
    assertEquals(List.of(1L, 2L, 3L), seqs(answers));
    assertEquals(List.of(new CommitFeed.Range(conversation, 1, 3)), feed(conversation));
  }

  @Test
  void oneMessageTheDatabaseRefusesHarmsOnlyItself() {
    long conversation = node.conversation(APP, alice, bob);
    long other = node.conversation(APP, bob, carol);
    holdLane();
    var first = node.send(fromClient(APP, alice, bob, 1));
    var refused = node.send(message(APP, alice, bob, new Door.Client("s"), 2, -1));
    var second = node.send(fromClient(APP, alice, bob, 3));
    var elsewhere = node.send(fromClient(APP, carol, bob, 4));
    laneFree.countDown();
    assertEquals(1, receipt(first).seq());
    assertEquals(ErrorCode.MESSAGE_INTERNAL.number(), code(refused));
    assertEquals(2, receipt(second).seq());
    assertEquals(1, receipt(elsewhere).seq());
    assertEquals(List.of(1L, 3L), randoms(conversation));
    assertEquals(List.of(4L), randoms(other));
  }

  @Test
  void aFaultOfOursHarmsOnlyThatMessageAndNotTheLane() {
    LoggedErrors.expect("MessageWriter: 3 messages not stored");
    LoggedErrors.expect("MessageWriter: 1 messages not stored");
    long conversation = node.conversation(APP, alice, bob);
    holdLane();
    var first = node.send(fromClient(APP, alice, bob, 1));
    var broken = node.send(message(APP, alice, bob, new Door.Rest(1, null), 2, 0));
    var second = node.send(fromClient(APP, alice, bob, 3));
    laneFree.countDown();
    assertEquals(1, receipt(first).seq());
    assertEquals(ErrorCode.MESSAGE_FAILED.number(), code(broken));
    assertEquals(2, receipt(second).seq());
    assertEquals(List.of(1L, 3L), randoms(conversation));
  }

  @Test
  void aClientsRandomIsTakenOnceWithinABatchAndForFiveMinutes() {
    long conversation = node.conversation(APP, alice, bob);
    holdLane();
    var first = node.send(fromClient(APP, alice, bob, 7));
    var again = node.send(fromClient(APP, alice, bob, 7));
    var fromBob = node.send(fromClient(APP, bob, alice, 7));
    laneFree.countDown();
    assertFalse(receipt(first).duplicate());
    assertTrue(receipt(again).duplicate());
    assertEquals(receipt(first).key(), receipt(again).key());
    assertEquals(2, receipt(fromBob).seq(), "the other side's randoms are its own");
    clock.advance(Duration.ofMinutes(5));
    var late = receipt(node.send(fromClient(APP, alice, bob, 7)));
    assertTrue(late.duplicate());
    assertEquals(1, late.seq());
    clock.advance(Duration.ofSeconds(1));
    var tooLate = receipt(node.send(fromClient(APP, alice, bob, 7)));
    assertFalse(tooLate.duplicate());
    assertEquals(3, tooLate.seq());
    assertEquals(List.of(7L, 7L, 7L), randoms(conversation));
  }

  @Test
  void aRandomOverRestIsTakenOnceWithinABatchAndASecond() {
    long conversation = node.conversation(APP, alice, bob);
    holdLane();
    var first = node.send(fromRest(APP, alice, bob, 7));
    var again = node.send(fromRest(APP, alice, bob, 7));
    laneFree.countDown();
    assertFalse(receipt(first).duplicate());
    assertTrue(receipt(again).duplicate());
    assertEquals(receipt(first).key(), receipt(again).key());
    var later = receipt(node.send(fromRest(APP, alice, bob, 7)));
    assertTrue(later.duplicate());
    clock.advance(Duration.ofSeconds(1));
    var nextSecond = receipt(node.send(fromRest(APP, alice, bob, 7)));
    assertFalse(nextSecond.duplicate());
    assertEquals(2, nextSecond.seq());
    assertEquals(List.of(7L, 7L), randoms(conversation));
  }

  @Test
  void anAccountDeletedWhileItsMessageWaitsGetsNothing() {
    long conversation = node.conversation(APP, alice, bob);
    holdLane();
    var toBob = node.send(fromClient(APP, alice, bob, 1));
    var fromBob = node.send(fromClient(APP, bob, alice, 2));
    node.delete(APP, bob);
    laneFree.countDown();
    assertEquals(ErrorCode.MESSAGE_ACCOUNT_INVALID.number(), code(toBob));
    assertEquals(ErrorCode.MESSAGE_ACCOUNT_INVALID.number(), code(fromBob));
    assertEquals(List.of(), randoms(conversation));
  }

  @Test
  void anAccountDeletedAfterItWasLookedUpGetsNothingEvenInAConversationLookedUpLater() {
    long conversation = node.conversation(APP, alice, bob);
    node.delete(APP, bob);
    try (WritingNode cold = new WritingNode(TestDatabase.dataSource(), clock, 1)) {
      assertEquals(
          ErrorCode.MESSAGE_ACCOUNT_INVALID.number(),
          code(cold.send(fromClient(APP, alice, bob, 1))));
      assertEquals(
          ErrorCode.MESSAGE_ACCOUNT_INVALID.number(),
          code(cold.send(fromClient(APP, bob, bob, 2))),
          "nor in one that would be new");
    }
    assertEquals(List.of(), randoms(conversation));
    assertEquals(1, count("SELECT COUNT(*) FROM conversation WHERE account_2 = ?", bob.id()));
  }

  @Test
  void aMovedVersionDoesNotReorderWhatWaits() {
    long conversation = node.conversation(APP, alice, bob);
    holdLane();
    List<CompletableFuture<Receipt>> answers = new ArrayList<>();
    for (int random = 1; random <= 40; random++) {
      answers.add(node.send(fromClient(APP, alice, bob, random)));
    }
    moveVersion(conversation);
    laneFree.countDown();
    List<Long> expected = LongStream.rangeClosed(1, 40).boxed().toList();
    assertEquals(expected, seqs(answers));
    assertEquals(expected, randoms(conversation));
  }

  @Test
  void anAccountThatReturnsWritesInAConversationOfItsOwn() {
    long conversation = node.conversation(APP, alice, bob);
    receipt(node.send(fromClient(APP, alice, bob, 1)));
    node.delete(APP, bob);
    Account returned = node.account(APP, bob.userId());
    assertEquals(1, receipt(node.send(fromClient(APP, alice, returned, 2))).seq());
    assertEquals(List.of(1L), randoms(conversation));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCommitOfUnknownOutcomeIsToBeRetriedWhichYieldsOneMessage(boolean reallyCommitted) {
    long conversation = node.conversation(APP, alice, bob);
    holdLane();
    var client = node.send(fromClient(APP, alice, bob, 1));
    var rest = node.send(fromRest(APP, bob, alice, 2));
    breakNextCommit(reallyCommitted);
    laneFree.countDown();
    assertEquals(ErrorCode.MESSAGE_NETWORK.number(), code(client));
    assertEquals(ErrorCode.MESSAGE_RETRY.number(), code(rest));
    Receipt clientRetry = receipt(node.send(fromClient(APP, alice, bob, 1)));
    Receipt restRetry = receipt(node.send(fromRest(APP, bob, alice, 2)));
    assertEquals(reallyCommitted, clientRetry.duplicate());
    assertEquals(reallyCommitted, restRetry.duplicate());
    assertEquals(1, clientRetry.seq());
    assertEquals(2, restRetry.seq());
    assertEquals(List.of(1L, 2L), randoms(conversation));
  }

  @Test
  void aDatabaseThatIsAwayIsAskedOncePerBatchAndNotForEachMessage() {
    long conversation = node.conversation(APP, alice, bob);
    holdLane(HookedDataSource::loseAfterCommit);
    List<CompletableFuture<Receipt>> answers = sendThree(alice, bob);
    database.atConnect(
        real -> {
          throw new SQLTransientConnectionException("away");
        });
    int before = database.connects();
    laneFree.countDown();
    answers.forEach(answer -> assertEquals(ErrorCode.MESSAGE_INTERNAL.number(), code(answer)));
    assertEquals(1, database.connects() - before);
    assertEquals(
        ErrorCode.MESSAGE_INTERNAL.number(),
        code(node.send(fromClient(APP, alice, carol, 1))),
        "nor can a conversation be looked up");
    database.behave();
    assertEquals(List.of(1L, 2L, 3L), seqs(sendThree(alice, bob)));
    assertEquals(List.of(1L, 2L, 3L), randoms(conversation));
  }

  @Test
  void aConnectionLostBeforeTheCommitCostsTimeAndNoMessage() {
    long conversation = node.conversation(APP, alice, bob);
    AtomicInteger dead = new AtomicInteger(5);
    holdLane(HookedDataSource::loseAfterCommit);
    List<CompletableFuture<Receipt>> answers = sendThree(alice, bob);
    database.atConnect(
        real -> {
          Connection connection = real.getConnection();
          if (dead.getAndDecrement() > 0) {
            HookedDataSource.cut(connection);
          }
          return connection;
        });
    laneFree.countDown();
    assertEquals(List.of(1L, 2L, 3L), seqs(answers));
    assertEquals(List.of(1L, 2L, 3L), randoms(conversation));
    assertTrue(dead.get() < 0);
  }

  @Test
  void twoNodesGiveOneConversationUniqueGapFreeSequencesAndEachKeepsItsOrder() {
    long conversation = node.conversation(APP, alice, bob);
    int each = 400;
    List<CompletableFuture<Receipt>> here = new ArrayList<>();
    List<CompletableFuture<Receipt>> there = new ArrayList<>();
    try (WritingNode other = new WritingNode(TestDatabase.dataSource(), clock, 2)) {
      for (int i = 0; i < each; i++) {
        here.add(node.send(fromClient(APP, alice, bob, i)));
        there.add(other.send(fromClient(APP, bob, alice, i)));
      }
      List<Long> mine = seqs(here);
      List<Long> others = seqs(there);
      assertEquals(mine.stream().sorted().toList(), mine);
      assertEquals(others.stream().sorted().toList(), others);
      assertTrue(mine.getFirst() < others.getLast() && others.getFirst() < mine.getLast());
      List<Long> all = new ArrayList<>(mine);
      all.addAll(others);
      List<Long> expected = LongStream.rangeClosed(1, 2L * each).boxed().toList();
      assertEquals(expected, all.stream().sorted().toList());
      assertEquals(
          expected,
          feed(conversation).stream()
              .flatMap(range -> LongStream.rangeClosed(range.fromSeq(), range.toSeq()).boxed())
              .sorted()
              .toList(),
          "the feed names every message once");
    }
  }

  @Test
  void feedRowsGoAfterADayAndNotBefore() {
    long day = Duration.ofDays(1).toMillis();
    // No conversation has such an id; the shared database may hold other tests' rows.
    long conversation = 0x4000_0000_0000_0000L | System.nanoTime();
    var ranges = Map.of(conversation, new CommitFeed.Range(conversation, 1, 1));
    TestDatabase.region()
        .inUnitOfWork(
            unit -> {
              for (int i = 0; i < 600; i++) {
                CommitFeed.append(unit.connection(), 99, i, clock.millis() - day - 1 - i, ranges);
              }
              CommitFeed.append(unit.connection(), 99, 600, clock.millis() - day, ranges);
              CommitFeed.append(unit.connection(), 99, 601, clock.millis(), ranges);
              return null;
            });
    assertEquals(602, feed(conversation).size());
    new FeedRetention(node.regions(), clock).run();
    assertEquals(2, feed(conversation).size());
  }

  /** Lets the lane commit a message of its own and stop there until it is set free. */
  private void holdLane() {
    holdLane(Connection::commit);
  }

  private void holdLane(HookedDataSource.Committing end) {
    node.conversation(APP, carol, carol);
    database.atCommit(
        real -> {
          database.atCommit(Connection::commit);
          laneHeld.countDown();
          await(laneFree);
          end.commit(real);
        });
    var _ = node.send(fromClient(APP, carol, carol, 99));
    await(laneHeld);
  }

  /** As if something that permissions rest on had changed, and changed back. */
  private static void moveVersion(long conversation) {
    TestDatabase.region()
        .inUnitOfWork(
            unit -> {
              try (PreparedStatement update =
                  unit.connection()
                      .prepareStatement(
                          "UPDATE conversation SET version = version + 1 WHERE id = ?")) {
                update.setLong(1, conversation);
                return update.executeUpdate();
              }
            });
  }

  private void breakNextCommit(boolean reallyCommit) {
    database.atCommit(
        real -> {
          database.atCommit(Connection::commit);
          if (reallyCommit) {
            HookedDataSource.loseAfterCommit(real);
          } else {
            HookedDataSource.loseBeforeCommit(real);
          }
        });
  }

  private List<CompletableFuture<Receipt>> sendThree(Account from, Account to) {
    List<CompletableFuture<Receipt>> answers = new ArrayList<>();
    for (int random = 1; random <= 3; random++) {
      answers.add(node.send(fromClient(APP, from, to, random)));
    }
    return answers;
  }

  private static List<Long> seqs(List<CompletableFuture<Receipt>> answers) {
    return answers.stream().map(answer -> receipt(answer).seq()).toList();
  }

  private static List<CommitFeed.Range> feed(long conversation) {
    return TestDatabase.region().read(connection -> CommitFeed.since(connection, 0)).stream()
        .filter(range -> range.conversationId() == conversation)
        .toList();
  }

  /** The randoms of a conversation's messages, whose sequences must be 1, 2, 3… */
  private static List<Long> randoms(long conversation) {
    return TestDatabase.region()
        .read(
            connection -> {
              try (PreparedStatement select =
                  connection.prepareStatement(
                      "SELECT seq, random FROM message WHERE conversation_id = ? ORDER BY seq")) {
                select.setLong(1, conversation);
                List<Long> randoms = new ArrayList<>();
                try (ResultSet rows = select.executeQuery()) {
                  while (rows.next()) {
                    randoms.add(rows.getLong(2));
                    assertEquals(randoms.size(), rows.getLong(1));
                  }
                }
                return randoms;
              }
            });
  }

  private static long count(String sql, long parameter) {
    return TestDatabase.region()
        .read(
            connection -> {
              try (PreparedStatement select = connection.prepareStatement(sql)) {
                select.setLong(1, parameter);
                try (ResultSet rows = select.executeQuery()) {
                  rows.next();
                  return rows.getLong(1);
                }
              }
            });
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(20, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
