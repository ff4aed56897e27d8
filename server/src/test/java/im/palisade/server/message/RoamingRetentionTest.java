package im.palisade.server.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.audit.Cause;
import im.palisade.server.moderation.ReviewStore;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Region;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages past their app's retention are really deleted, and nothing else is. */
class RoamingRetentionTest {
  private static final long DAY = 86_400;

  private final TestServer server = TestServer.shared();
  private final TestApp app =
      server.newApp(AppSettings.parse("{\"historyDays\":0}")).withUsers("mia", "noah", "lea");
  private final StoredMessages messages = new StoredMessages(app);
  private final long now = Instant.now().getEpochSecond();

  @Test
  void whatIsPastItsTimeIsGoneForGoodInWhateverOrderItCame() {
    importText("mia", "noah", 50, "a");
    importText("mia", "noah", 1, "b");
    importText("mia", "noah", 40, "c");
    importText("mia", "noah", 2, "d");
    importText("mia", "lea", 40, "all");
    keepDays(30);
    assertEquals("d b", messages.texts("noah", "mia"));
    assertEquals(3, run());
    AuditLeaves.await(app, "retention.run", _ -> true);
    keepDays(0);
    assertEquals("d b", messages.texts("noah", "mia"));
    assertEquals("", messages.texts("lea", "mia"));
    assertEquals(0, run());
  }

  @Test
  void theConversationRemembersWhereItBeginsAndGoesOn() {
    importText("mia", "noah", 50, "a");
    importText("mia", "noah", 40, "b");
    importText("mia", "noah", 3, "c");
    keepDays(30);
    run();
    assertEquals(3, number("first_seq"));
    assertEquals(now - 3 * DAY, number("oldest_time"));
    keepDays(1);
    run();
    assertEquals(4, number("first_seq"));
    assertTrue(number("oldest_time") >= now);
    assertEquals(0, rows("message_removed"));
    messages.send("mia", "noah", "new");
    assertEquals("new", messages.texts("noah", "mia"));
    assertEquals(0, run());
    importText("mia", "noah", 0.5, "yesterday");
    assertEquals(now - DAY / 2, number("oldest_time"));
  }

  @Test
  void whatHangsOnAMessageGoesWithIt() {
    ObjectNode imported = importText("mia", "noah", 40, "a");
    String key =
        imported.path("MsgSeq").asLong()
            + "_"
            + imported.path("MsgRandom").asLong()
            + "_"
            + imported.path("MsgTimeStamp").asLong();
    ObjectNode recall = Json.object().put("From_Account", "mia").put("To_Account", "noah");
    assertEquals(0, messages.code("admin_msgwithdraw", recall.put("MsgKey", key)));
    importText("mia", "noah", 1, "b");
    assertEquals(1, rows("message_change"));
    keepDays(30);
    assertEquals(1, run());
    assertEquals(0, rows("message_change"));
    assertEquals(1, rows("message"));
  }

  @Test
  void unreadMessagesThatWentNoLongerCount() {
    importText("mia", "noah", 40, "a");
    importText("mia", "noah", 1, "b");
    assertEquals(2, messages.unread("noah", "mia"));
    keepDays(30);
    run();
    assertEquals(1, messages.unread("noah", "mia"));
  }

  @Test
  void anotherAppKeepsItsMessages() {
    importText("mia", "noah", 40, "theirs");
    TestApp other =
        server.newApp(AppSettings.parse("{\"historyDays\":1}")).withUsers("mia", "noah");
    new RoamingRetention(server.server().regions(), () -> List.of(other.app()), Clock.systemUTC())
        .run();
    assertEquals("theirs", messages.texts("noah", "mia"));
  }

  @Test
  void whatALiveRoomsMessageSaidIsKeptForReviewNoLongerThanMessages() {
    Region region = server.server().regions().of(app.app());
    long kept = said(region, 7, now - 29 * DAY);
    long gone = said(region, 8, now - 31 * DAY);
    keepDays(30);
    run();
    ReviewStore reviews = new ReviewStore();
    assertTrue(region.read(c -> reviews.said(c, kept)).isPresent());
    assertTrue(region.read(c -> reviews.said(c, gone)).isEmpty());
  }

  private long said(Region region, long seq, long time) {
    // No conversation of a test has a number like that.
    long conversation = (1L << 40) + app.appId();
    return region.inUnitOfWork(
        unit -> {
          new ReviewStore()
              .insert(
                  unit.connection(),
                  new ReviewStore.Marked(app.appId(), conversation, seq, 1),
                  seq + "_1_" + time,
                  time,
                  new byte[] {2, 0, 'x'},
                  Instant.now());
          return GroupRows.number(
              unit.connection(),
              "SELECT id FROM moderation_review WHERE conversation_id = ? AND seq = ?",
              conversation,
              seq);
        });
  }

  @Test
  void aRunThatIsOutOfTimeLeavesTheRestToTheNext() {
    importText("mia", "noah", 40, "a");
    keepDays(30);
    RoamingRetention job = job();
    assertEquals(0, job.run(app.app(), Instant.EPOCH));
    assertEquals(1, job.run(app.app(), Instant.MAX));
  }

  private ObjectNode importText(String from, String to, double daysBack, String text) {
    ObjectNode body =
        StoredMessages.message(from, to, text)
            .put("SyncFromOldSystem", 5)
            .put("MsgTimeStamp", now - (long) (daysBack * DAY));
    assertEquals(0, messages.code("importmsg", body));
    return body;
  }

  private void keepDays(int days) {
    server
        .server()
        .apps()
        .changeSettings(
            app.appId(),
            settings -> AppSettings.parse("{\"historyDays\":" + days + "}"),
            Cause.system(Instant.now()));
  }

  private long run() {
    return job().run(app.app(), Instant.MAX);
  }

  private RoamingRetention job() {
    return new RoamingRetention(
        server.server().regions(), () -> List.of(app.app()), Clock.systemUTC());
  }

  private long number(String column) {
    return ask("SELECT " + column + " FROM conversation WHERE app_id = ?");
  }

  private long rows(String table) {
    return ask(
        "SELECT COUNT(*) FROM "
            + table
            + " WHERE conversation_id IN (SELECT id FROM conversation WHERE app_id = ?)");
  }

  private long ask(String question) {
    return server
        .server()
        .regions()
        .of(app.app())
        .read(
            connection -> {
              try (PreparedStatement select = connection.prepareStatement(question)) {
                select.setLong(1, app.appId());
                try (ResultSet rows = select.executeQuery()) {
                  rows.next();
                  return rows.getLong(1);
                }
              }
            });
  }
}
