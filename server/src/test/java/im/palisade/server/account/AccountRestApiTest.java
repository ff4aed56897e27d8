package im.palisade.server.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** rest-accounts A1–A5, seen from an app's back end. */
class AccountRestApiTest {
  private final TestApp app = TestServer.shared().newApp();

  @Test
  void anImportedAccountExists() {
    assertOk(app.rest("im_open_login_svc/account_import", "{\"UserID\":\"mia\",\"Nick\":\"Mia\"}"));
    assertEquals("Imported", status("mia"));
    assertEquals("NotImported", status("ghost"));
  }

  @Test
  void theOldFieldNameStillImports() {
    assertOk(app.rest("im_open_login_svc/account_import", "{\"Identifier\":\"old\"}"));
    assertEquals("Imported", status("old"));
  }

  @Test
  void importingAgainKeepsTheAccountAndOverwritesOnlyWhatIsGiven() {
    app.rest(
        "im_open_login_svc/account_import",
        "{\"UserID\":\"mia\",\"Nick\":\"Mia\",\"FaceUrl\":\"http://f\"}");
    long first = app.server().accounts().find(app.app(), "mia").orElseThrow().id();
    app.rest("im_open_login_svc/account_import", "{\"UserID\":\"mia\",\"Nick\":\"\"}");
    Account again = app.server().accounts().find(app.app(), "mia").orElseThrow();
    assertEquals(first, again.id());
    assertEquals("", again.nick());
    assertEquals("http://f", again.faceUrl());
  }

  @Test
  void aDeletionThatIsRefusedForALaterItemDeletesNobody() {
    app.withUsers("u1");
    JsonNode reply =
        app.rest("im_open_login_svc/account_delete", "{\"DeleteItem\":[{\"UserID\":\"u1\"},{}]}");
    assertEquals(70402, reply.path("ErrorCode").asInt());
    JsonNode check =
        app.rest("im_open_login_svc/account_check", "{\"CheckItem\":[{\"UserID\":\"u1\"}]}");
    assertEquals("Imported", check.at("/ResultItem/0/AccountStatus").asText());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                            | 70402
          {"UserID":null}                               | 70402
          {"UserID":7}                                  | 70402
          {"UserID":""}                                 | 70402
          {"UserID":" a"}                               | 70402
          {"UserID":"@TGS#x"}                           | 70402
          {"UserID":"123456789012345678901234567890123"}| 70402
          {"UserID":"u","Nick":5}                       | 70402
          ["UserID"]                                    | 70402
          {"UserID":"u"                                 | 70402
          """)
  void aBadImportIsRefusedWithTheFamilysCode(String body, int code) {
    assertEquals(
        code, app.rest("im_open_login_svc/account_import", body).path("ErrorCode").asInt());
  }

  @Test
  void aNickOf501BytesIsTooLongAndNothingIsWritten() {
    String body = "{\"UserID\":\"long\",\"Nick\":\"" + "é".repeat(250) + "x\"}";
    assertEquals(
        40601, app.rest("im_open_login_svc/account_import", body).path("ErrorCode").asInt());
    assertEquals("NotImported", status("long"));
  }

  @Test
  void manyAccountsAreImportedAndTheMalformedOnesNamed() {
    JsonNode reply =
        app.rest(
            "im_open_login_svc/multiaccount_import",
            "{\"Accounts\":[\"a\",\"b\",\"a\",\"@RBT#x\",\"" + "x".repeat(33) + "\"]}");
    assertOk(reply);
    assertEquals(2, reply.path("FailAccounts").size());
    assertEquals("Imported", status("a"));
    assertEquals("Imported", status("b"));
  }

  @Test
  void theListFormBringsProfilesAlongAndWins() {
    assertOk(
        app.rest(
            "im_open_login_svc/multiaccount_import",
            "{\"Accounts\":[\"n\"],\"AccountList\":[{\"UserID\":\"u1\",\"Nick\":\"One\"}]}"));
    assertEquals("One", app.server().accounts().find(app.app(), "u1").orElseThrow().nick());
    assertEquals("NotImported", status("n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"Accounts\":[]}", "{\"Accounts\":\"a\"}", "{\"Accounts\":[1]}"})
  void aBadListIsRefused(String body) {
    assertEquals(
        70402, app.rest("im_open_login_svc/multiaccount_import", body).path("ErrorCode").asInt());
  }

  @Test
  void moreThanAHundredAccountsAreRefused() {
    String body = "{\"Accounts\":[" + "\"a\",".repeat(100) + "\"a\"]}";
    assertEquals(
        70402, app.rest("im_open_login_svc/multiaccount_import", body).path("ErrorCode").asInt());
  }

  @Test
  void deletingTellsPerItemWhatBecameOfIt() {
    app.withUsers("u1");
    JsonNode reply =
        app.rest(
            "im_open_login_svc/account_delete",
            "{\"DeleteItem\":[{\"UserID\":\"u1\"},{\"UserID\":\"ghost\"},"
                + "{\"UserID\":\"administrator\"}]}");
    assertOk(reply);
    assertEquals(0, reply.at("/ResultItem/0/ResultCode").asInt());
    assertEquals(70107, reply.at("/ResultItem/1/ResultCode").asInt());
    assertEquals(
        "Err_TLS_PT_Open_Login_Account_Not_Exist", reply.at("/ResultItem/1/ResultInfo").asText());
    assertEquals(70402, reply.at("/ResultItem/2/ResultCode").asInt());
    assertEquals("NotImported", status("u1"));
  }

  @Test
  void aDeletedUserIdThatReturnsIsAnotherAccount() {
    app.withUsers("u1");
    long first = app.server().accounts().find(app.app(), "u1").orElseThrow().id();
    app.rest("im_open_login_svc/account_delete", "{\"DeleteItem\":[{\"UserID\":\"u1\"}]}");
    app.withUsers("u1");
    assertTrue(app.server().accounts().find(app.app(), "u1").orElseThrow().id() > first);
  }

  @Test
  void deletionMayBeSwitchedOff() {
    TestApp closed = TestServer.shared().newApp(AppSettings.parse("{\"accountsDeletable\":false}"));
    closed.withUsers("u1");
    assertEquals(
        71000,
        closed
            .rest("im_open_login_svc/account_delete", "{\"DeleteItem\":[{\"UserID\":\"u1\"}]}")
            .path("ErrorCode")
            .asInt());
  }

  @Test
  void theAccountCapIsKept() {
    TestApp small = TestServer.shared().newApp(AppSettings.parse("{\"accountCap\":3}"));
    small.withUsers("u1", "u2");
    assertEquals(
        70398,
        small
            .rest("im_open_login_svc/account_import", "{\"UserID\":\"u3\"}")
            .path("ErrorCode")
            .asInt());
  }

  @Test
  void kickEndsSessionsAndMakesEarlierSignaturesInvalid() {
    app.withUsers("mia");
    String before = app.sig("mia");
    try (TestUser mia = app.login("mia")) {
      assertOk(app.rest("im_open_login_svc/kick", "{\"UserID\":\"mia\"}"));
      assertEquals("session.kicked{\"reason\":\"admin\"}", mia.nextEvent());
      assertEquals(4004, mia.closed().code());
    }
    JsonNode reply = app.call(app.query("mia", before), "im_open_login_svc/account_check", "{}");
    assertEquals(70001, reply.path("ErrorCode").asInt());
  }

  @Test
  void anAdministratorThatIsKickedNeedsANewSignatureToo() {
    String before = app.sig(app.administrator());
    assertOk(app.rest("im_open_login_svc/kick", "{\"UserID\":\"" + app.administrator() + "\"}"));
    JsonNode reply =
        app.call(
            app.query(app.administrator(), before),
            "im_open_login_svc/account_check",
            "{\"CheckItem\":[{\"UserID\":\"u\"}]}");
    assertEquals(70001, reply.path("ErrorCode").asInt(), reply::toString);
  }

  @Test
  void kickingNobodyIsAnError() {
    assertEquals(
        70107,
        app.rest("im_open_login_svc/kick", "{\"UserID\":\"ghost\"}").path("ErrorCode").asInt());
  }

  @Test
  void appsDoNotSeeEachOthersAccounts() {
    app.withUsers("mia");
    TestApp other = TestServer.shared().newApp();
    JsonNode reply =
        other.rest("im_open_login_svc/account_check", "{\"CheckItem\":[{\"UserID\":\"mia\"}]}");
    assertEquals("NotImported", reply.at("/ResultItem/0/AccountStatus").asText());
    assertFalse(other.server().accounts().find(other.app(), "mia").isPresent());
  }

  private String status(String userId) {
    JsonNode reply =
        app.rest(
            "im_open_login_svc/account_check", "{\"CheckItem\":[{\"UserID\":\"" + userId + "\"}]}");
    return reply.at("/ResultItem/0/AccountStatus").asText();
  }

  private static void assertOk(JsonNode reply) {
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
    assertEquals("OK", reply.path("ActionStatus").asText());
  }
}
