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
import im.palisade.server.testing.HookedDataSource;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestMySql;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
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

  private void holdDuplicateLookup(
      DataSource dataSource, App app, Account peer, WritingNode node, Account alice)
      throws SQLException {
    List<Submission> batch = new ArrayList<>();
    long id = node.conversation(app, alice, peer);
    for (long random = 1; random <= 4; random++) {
      batch.add(
          new Submission(
              fromClient(app, alice, peer, random),
              im.palisade.server.conversation.Conversation.pair(id, alice.id(), peer.id(), 0),
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
      List<String> plans = new ArrayList<>();
      Connection explaining = explaining(connection, index, plans);
      read.apply(explaining);
      assertEquals(1, plans.size());
      long before = rowsRead(connection);
      read.apply(connection);
      long touched = rowsRead(connection) - before;
      assertTrue(touched <= rows + SLACK, touched + " rows read by " + plans);
    }
  }

  /** A connection whose queries are explained before they are run. */
  private static Connection explaining(Connection real, String index, List<String> plans) {
    return HookedDataSource.proxy(
        Connection.class,
        (method, arguments) -> {
          if (!method.getName().equals("prepareStatement")) {
            return method.invoke(real, arguments);
          }
          String sql = (String) arguments[0];
          PreparedStatement statement = real.prepareStatement(sql);
          PreparedStatement explain = real.prepareStatement("EXPLAIN " + sql);
          return HookedDataSource.proxy(
              PreparedStatement.class,
              (call, values) -> {
                both(call, values, explain, index, plans);
                return call.invoke(statement, values);
              });
        });
  }

  private static void both(
      Method call, Object[] values, PreparedStatement explain, String index, List<String> plans)
      throws Throwable {
    switch (call.getName()) {
      case "executeQuery" -> {
        try (ResultSet plan = explain.executeQuery()) {
          while (plan.next()) {
            String text =
                "%s %s %s"
                    .formatted(
                        plan.getString("type"), plan.getString("key"), plan.getString("Extra"));
            plans.add(text);
            assertEquals(index, plan.getString("key"), text);
            assertTrue(List.of("range", "ref").contains(plan.getString("type")), text);
            assertFalse(("" + plan.getString("Extra")).contains("temporary"), text);
          }
        }
      }
      case "close" -> explain.close();
      default -> call.invoke(explain, values);
    }
  }

  private static long rowsRead(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SHOW SESSION STATUS LIKE 'Handler\\_read\\_%'")) {
      long read = 0;
      while (rows.next()) {
        // Reading the status itself scans a table of its own.
        if (!rows.getString(1).startsWith("Handler_read_rnd")) {
          read += rows.getLong(2);
        }
      }
      return read;
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
