package im.palisade.server.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.ImMessage;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** rest-messages B3 (importmsg). */
class ImportMessageRestTest {
  private final TestApp app = TestServer.shared().newApp().withUsers("mia", "noah");
  private final StoredMessages messages = new StoredMessages(app);
  private final long now = Instant.now().getEpochSecond();

  @Test
  void anImportedMessageStandsInBothHistoriesAtItsOwnTime() {
    assertEquals(0, importText(2, 12, 9001, now - 100, "old"));
    for (String[] view : new String[][] {{"mia", "noah"}, {"noah", "mia"}}) {
      JsonNode stored = messages.history(view[0], view[1]).path(0);
      assertEquals("12_9001_" + (now - 100), stored.path("MsgKey").asText());
      assertEquals("mia", stored.path("From_Account").asText());
      assertEquals("old", stored.at("/MsgBody/0/MsgContent/Text").asText());
    }
  }

  @Test
  void theReplyIsTheEnvelopeAlone() {
    assertEquals(
        "{\"ActionStatus\":\"OK\",\"ErrorCode\":0,\"ErrorInfo\":\"\"}",
        messages.call("importmsg", body(2, 1, 1, now, "x")).toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 1})
  void aRealTimeImportReachesBothSidesDevicesAndCounts(int mode) {
    try (TestUser mia = app.login("mia");
        TestUser noah = app.login("noah")) {
      assertEquals(0, importText(mode, 7, 8, now - 5, "live"));
      ImMessage arrived = noah.nextMessage();
      assertEquals("C2Cmia", arrived.conversation());
      assertEquals("7_8_" + (now - 5), arrived.msgKey());
      assertEquals("C2Cnoah", mia.nextMessage().conversation());
    }
    assertEquals(1, messages.unread("noah", "mia"));
    assertEquals(0, messages.unread("mia", "noah"));
  }

  @Test
  void anImportOfHistoryIsReadAndNotDelivered() {
    try (TestUser noah = app.login("noah")) {
      assertEquals(0, importText(2, 7, 8, now - 5, "old"));
      assertFalse(noah.settle().hasMessage());
    }
    assertEquals(0, messages.unread("noah", "mia"));
  }

  @Test
  void theSameKeyIsImportedOnceWhateverDirectionOrContent() {
    assertEquals(0, importText(5, 3, 4, now - 50, "first"));
    assertEquals(0, importText(5, 3, 4, now - 50, "again"));
    ObjectNode other = body(5, 3, 4, now - 50, "other way");
    other.put("From_Account", "noah").put("To_Account", "mia");
    assertEquals(0, messages.code("importmsg", other));
    assertEquals("first", messages.texts("noah", "mia"));
    assertEquals(1, messages.unread("noah", "mia"));
    assertEquals(0, messages.unread("mia", "noah"));
  }

  @Test
  void anyOtherNumberMakesAnotherMessage() {
    importText(2, 3, 4, now - 50, "a");
    importText(2, 4, 4, now - 50, "b");
    importText(2, 3, 5, now - 50, "c");
    importText(2, 3, 4, now - 49, "d");
    assertEquals(4, messages.history("noah", "mia").size());
  }

  @Test
  void withoutAMsgSeqEveryImportIsAnother() {
    for (int i = 0; i < 3; i++) {
      ObjectNode body = body(2, 0, 4, now - 50, "x");
      body.remove("MsgSeq");
      assertEquals(0, messages.code("importmsg", body));
    }
    assertEquals(3, messages.history("noah", "mia").size());
  }

  @Test
  void whatComesOutOfOrderStandsInOrderOfItsTime() {
    importText(2, 1, 1, now - 10, "third");
    importText(2, 2, 1, now - 30, "first");
    importText(2, 3, 1, now - 20, "second");
    assertEquals("first second third", messages.texts("noah", "mia"));
  }

  @Test
  void anImportDoesNotMakeAClientsSendADuplicate() {
    try (TestUser mia = app.login("mia")) {
      importText(2, 900, 77, now, "imported");
      mia.send("noah", 77, "sent");
    }
    assertEquals(2, messages.history("noah", "mia").size());
  }

  @Test
  void whatIsPastRetentionIsAcceptedAndGone() {
    assertEquals(0, importText(5, 1, 1, now - 31L * 86_400, "ancient"));
    assertEquals(0, messages.history("noah", "mia").size());
    assertEquals(0, messages.unread("noah", "mia"));
  }

  @ParameterizedTest
  @CsvSource({"86340, 0", "86520, 90006"})
  void aTimeIsAtMostADayAhead(long ahead, int code) {
    assertEquals(code, importText(2, 1, 1, Instant.now().getEpochSecond() + ahead, "x"));
  }

  @Test
  void oldElementsWithoutAddressesComeBackAsTheyCame() throws Exception {
    String old =
        "[{\"MsgType\":\"TIMSoundElem\",\"MsgContent\":{\"UUID\":\"u\",\"Size\":1,\"Second\":2}}]";
    ObjectNode body = body(2, 1, 1, now, "");
    body.set("MsgBody", Json.mapper().readTree(old));
    assertEquals(0, messages.code("importmsg", body));
    assertEquals(old, messages.history("noah", "mia").at("/0/MsgBody").toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          SyncFromOldSystem|null|90030
          SyncFromOldSystem|"2"|90030
          SyncFromOldSystem|3|90030
          From_Account|null|90008
          From_Account|5|90008
          From_Account|"ghost"|90048
          To_Account|null|90003
          To_Account|5|90003
          To_Account|"ghost"|90012
          MsgRandom|null|90005
          MsgRandom|"1"|90005
          MsgTimeStamp|null|90006
          MsgTimeStamp|"1"|90006
          MsgTimeStamp|0|90006
          MsgTimeStamp|-1|90006
          MsgBody|null|90002
          MsgBody|{}|90007
          MsgBody|[]|90002
          MsgBody|[{"MsgType":"TIMNoElem","MsgContent":{}}]|90010
          """)
  void aBadFieldIsRefusedWithItsCodeAndNothingIsStored(String field, String value, int code)
      throws Exception {
    ObjectNode body = body(5, 1, 2, now, "x");
    body.set(field, Json.mapper().readTree(value));
    assertEquals(code, messages.code("importmsg", body));
    assertEquals(0, messages.history("noah", "mia").size());
  }

  private int importText(int mode, long seq, long random, long time, String text) {
    return messages.code("importmsg", body(mode, seq, random, time, text));
  }

  private static ObjectNode body(int mode, long seq, long random, long time, String text) {
    return StoredMessages.message("mia", "noah", text)
        .put("SyncFromOldSystem", mode)
        .put("MsgSeq", seq)
        .put("MsgRandom", random)
        .put("MsgTimeStamp", time);
  }
}
