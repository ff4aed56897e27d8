package im.palisade.server.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.app.Webhook;
import im.palisade.server.audit.Cause;
import im.palisade.server.message.CommitFeed.Range;
import im.palisade.server.message.CommitFeed.Told;
import im.palisade.server.store.Counts;
import im.palisade.server.testing.QuickReceiver;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Measures; run alone with {@code -Dpalisade.figures=true}. */
@EnabledIfSystemProperty(named = "palisade.figures", matches = "true")
class FeedFiguresTest {
  private static final String COMMAND = "C2C.CallbackAfterSendMsg";
  private static final int CONVERSATIONS = 100;
  private static final int MESSAGES = 5;

  /** Feed rows that name all those messages, as batches under load name a hundred. */
  private static final int ROWS = 60;

  private static final int WRITER = 200;

  @Test
  void afterWebhooksOfMessagesKeepUpWithFiveThousandASecond() throws IOException {
    TestApp app = TestServer.shared().newApp().withUsers("mia");
    for (int i = 0; i < CONVERSATIONS; i++) {
      app.withUsers("u" + i);
      for (int n = 1; n <= MESSAGES; n++) {
        send(app, i, n);
      }
    }
    Map<Long, Range> ranges = app.server().regions().of(app.app()).read(c -> ranges(c, app));
    assertEquals(CONVERSATIONS, ranges.size());
    try (QuickReceiver receiver = new QuickReceiver()) {
      configure(app, now -> now.to(receiver.url(), Set.of(COMMAND)));
      tell(app, ranges, 30, receiver);
      long begin = System.nanoTime();
      long told = tell(app, ranges, ROWS, receiver);
      double seconds = (System.nanoTime() - begin) / 1e9;
      System.out.printf("FIGURE message feed: %.0f webhooks/s%n", told / seconds);
      configure(app, now -> Webhook.NONE);
      assertTrue(told / seconds >= 5_000, told / seconds + "/s");
    }
  }

  private static void configure(TestApp app, UnaryOperator<Webhook> change) {
    app.server().webhooks().configure(app.appId(), change, Cause.system(Instant.now()));
  }

  private static void send(TestApp app, int to, int random) {
    String body =
        "{\"From_Account\":\"mia\",\"To_Account\":\"u"
            + to
            + "\",\"MsgRandom\":"
            + random
            + ",\"MsgBody\":[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"hello\"}}]}";
    assertEquals(0, app.rest("openim/sendmsg", body).path("ErrorCode").asInt());
  }

  private static long tell(TestApp app, Map<Long, Range> ranges, int rows, QuickReceiver receiver) {
    long before = receiver.taken();
    List<Told> told = new ArrayList<>();
    for (Range range : ranges.values()) {
      for (long seq = range.fromSeq(); seq <= range.toSeq(); seq++) {
        told.add(
            new Told(
                range.conversationId(), seq, true, 0, "RESTAPI", "127.0.0.1", "administrator"));
      }
    }
    for (int row = 0; row < rows; row++) {
      app.server()
          .regions()
          .of(app.app())
          .inUnitOfWork(
              unit -> {
                CommitFeed.append(
                    unit.connection(),
                    WRITER,
                    System.nanoTime(),
                    System.currentTimeMillis(),
                    ranges,
                    told,
                    new Counts());
                return null;
              });
    }
    long all = (long) rows * told.size();
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> receiver.taken() - before >= all);
    return all;
  }

  private static Map<Long, Range> ranges(Connection connection, TestApp app) throws SQLException {
    Map<Long, Range> ranges = new LinkedHashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT m.conversation_id, MIN(m.seq), MAX(m.seq) FROM message m
            JOIN account a ON a.id = m.sender_id WHERE a.app_id = ? GROUP BY m.conversation_id
            """)) {
      select.setLong(1, app.appId());
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          ranges.put(rows.getLong(1), new Range(rows.getLong(1), rows.getLong(2), rows.getLong(3)));
        }
      }
    }
    return ranges;
  }
}
