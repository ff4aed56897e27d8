package im.palisade.server.message;

import static im.palisade.server.message.WritingNode.fromClient;
import static im.palisade.server.message.WritingNode.receipt;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.message.MessageStore.TimePosition;
import im.palisade.server.message.MessageStore.Visibility;
import im.palisade.server.store.DataDirectory;
import im.palisade.server.store.Database;
import im.palisade.server.store.SqlFunction;
import im.palisade.server.testing.Plans;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestMySql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What the store reads of a conversation is found by index, however long the conversation is. */
class MessagePlansTest {
  private static final int MESSAGES = 3000;
  private static final int SHORT = 12;
  private static final int PAGE = 20;

  /** What a page may read besides itself: ends of ranges, the statement's own bookkeeping. */
  private static final int SLACK = 10;

  private final MessageStore store = new MessageStore();

  @Test
  void onMariaDbEveryReadTakesItsIndexAndReadsOnlyItsPage() throws SQLException {
    holdPlans(TestDatabase.dataSource());
  }

  @Test
  @ResourceLock(TestMySql.SERVER)
  void onMySqlEveryReadTakesItsIndexAndReadsOnlyItsPage() throws SQLException {
    try (DataDirectory directory = DataDirectory.open(TestDatabase.newDirectory());
        Database database =
            Database.open(TestMySql.newDatabase("message_plans", Map.of()), directory)) {
      holdPlans(database.dataSource());
    }
  }

  private void holdPlans(DataSource dataSource) throws SQLException {
    App app = WritingNode.newApp(dataSource);
    // One message a second, so that a span of time holds few of them.
    SettableClock clock = new SettableClock(Instant.now().minusSeconds(MESSAGES));
    try (WritingNode node = new WritingNode(dataSource, clock, 2)) {
      String suffix = Long.toHexString(System.nanoTime());
      Account alice = node.account(app, "alice" + suffix);
      Account bob = node.account(app, "bob" + suffix);
      Account carol = node.account(app, "carol" + suffix);
      fill(node, app, alice, carol, SHORT);
      fill(node, app, alice, bob, MESSAGES);
      long shortOne = node.conversation(app, alice, carol);
      long longOne = node.conversation(app, alice, bob);
      spread(dataSource, longOne);
      for (long conversation : new long[] {longOne, shortOne}) {
        long last = conversation == longOne ? MESSAGES : SHORT;
        holdPages(dataSource, new Visibility(conversation, alice.id(), 0, 0), last);
        holdDuplicateLookup(dataSource, app, conversation == longOne ? bob : carol, node, alice);
      }
      holdExport(dataSource, app);
    }
  }

  private void holdPages(DataSource dataSource, Visibility view, long last) throws SQLException {
    long now = Clock.systemUTC().instant().getEpochSecond();
    hold(dataSource, "PRIMARY", PAGE, c -> store.before(c, view, Long.MAX_VALUE, 0, PAGE).size());
    hold(dataSource, "PRIMARY", PAGE, c -> store.before(c, view, last / 2, 0, PAGE).size());
    hold(dataSource, "PRIMARY", PAGE, c -> store.after(c, view, 0, Long.MAX_VALUE, PAGE).size());
    hold(
        dataSource,
        "PRIMARY",
        PAGE,
        c -> store.after(c, view, last / 2, Long.MAX_VALUE, PAGE).size());
    hold(
        dataSource,
        "message_time",
        PAGE,
        c -> store.byTime(c, view, 0, TimePosition.endOf(now), PAGE).size());
    hold(
        dataSource,
        "message_time",
        PAGE,
        c -> store.byTime(c, view, 0, TimePosition.endOf(now - MESSAGES / 2), PAGE).size());
    hold(
        dataSource,
        "message_time",
        1,
        c -> store.seqsOf(c, view.conversationId(), new MsgKey(5, 5, now)).size());
  }

  /** Of the whole app those of a minute: 60 of the long conversation, none of the short one. */
  private static void holdExport(DataSource dataSource, App app) throws SQLException {
    long until = Clock.systemUTC().instant().getEpochSecond() - MESSAGES / 2;
    // For each message its sender, its recipient and its conversation, for each conversation
    // itself.
    Plans.holdNoScan(
        dataSource,
        8 * 60,
        connection -> {
          new MessageExportStore()
              .<RuntimeException>each(connection, app.appId(), until - 60, until, message -> {});
          return null;
        });
  }

  private void holdDuplicateLookup(
      DataSource dataSource, App app, Account peer, WritingNode node, Account alice)
      throws SQLException {
    List<Submission> batch = new ArrayList<>();
    long id = node.conversation(app, alice, peer);
    for (long random = 1; random <= 4; random++) {
      batch.add(
          new Submission(
              fromClient(app, alice, peer, random),
              im.palisade.server.conversation.Conversation.pair(id, alice.id(), peer.id(), 0, 0),
              null,
              new byte[0],
              false,
              null));
    }
    hold(dataSource, "message_random", 4, c -> store.findEarlier(c, batch).size());
  }

  /** Runs a read of the store and holds its plan and the rows the engine touched for it. */
  private static void hold(
      DataSource dataSource, String index, int rows, SqlFunction<Connection, Integer> read)
      throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      List<Plans.Step> steps = Plans.of(connection, read);
      assertEquals(1, steps.size());
      String text = steps.getFirst().toString();
      assertEquals(index, steps.getFirst().key(), text);
      assertTrue(List.of("range", "ref").contains(steps.getFirst().type()), text);
      assertFalse(steps.getFirst().extra().contains("temporary"), text);
      long touched = Plans.rowsTouched(connection, read);
      assertTrue(touched <= rows + SLACK, touched + " rows read by " + text);
    }
  }

  private static void fill(WritingNode node, App app, Account from, Account to, int messages) {
    List<CompletableFuture<Receipt>> answers = new ArrayList<>();
    for (int i = 1; i <= messages; i++) {
      answers.add(node.send(fromClient(app, from, to, i)));
    }
    answers.forEach(WritingNode::receipt);
    assertEquals(messages, receipt(answers.getLast()).seq());
  }

  /** One message a second. */
  private static void spread(DataSource dataSource, long conversation) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "UPDATE message SET time = time + seq WHERE conversation_id = " + conversation);
    }
  }
}
