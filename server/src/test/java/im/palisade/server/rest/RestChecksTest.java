package im.palisade.server.rest;

import static im.palisade.server.rest.RestFixture.APP;
import static im.palisade.server.rest.RestFixture.SIG;
import static im.palisade.server.rest.RestFixture.path;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.app.AppSettings;
import im.palisade.server.app.Principal;
import im.palisade.server.protocol.Json;
import java.io.IOException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The checks of rest-conventions §2, their order, and the envelope of §3. */
class RestChecksTest {
  private final RestFixture rest = new RestFixture();

  @AfterEach
  void stop() {
    rest.close();
  }

  @Test
  void whatTheChecksOfTheCallerRefuseIsOnRecord() throws IOException {
    String known = "/v4/openim/echo?sdkappid=" + APP;
    code(60009, "POST", "/v4/openim/nothing", "");
    code(60006, "POST", "/v4/openim/echo?sdkappid=1", "");
    code(60004, "POST", known, "");
    code(70009, "POST", known + "&identifier=nobody&usersig=bad", "");
    code(60010, "POST", known + "&identifier=nobody&usersig=" + SIG, "");
    code(90001, "POST", path("openim/echo"), "{");
    assertEquals(
        "60006 false - -, 60004 true app -, 70009 true app -, 60010 false app usr_6",
        rest.refusals.stream()
            .map(
                call ->
                    call.code()
                        + (call.isAboutCredential() ? " true " : " false ")
                        + (call.app().isPresent() ? "app " : "- ")
                        + call.caller().map(Principal::subjectRef).orElse("-"))
            .collect(Collectors.joining(", ")));
  }

  @Test
  void everyCheckAnswersBeforeTheOnesAfterIt() throws IOException {
    // Each request repairs the first fault of the one before and keeps the rest.
    String admin = "&identifier=administrator";
    rest.put(settings("{\"allowedAddresses\":[\"10.0.0.0/8\"]}"), App.Status.DISABLED);
    code(60009, "GET", "/v4/openim/nothing?%zz", "");
    code(60002, "GET", "/v4/openim/echo?contenttype=xml", "");
    code(60002, "POST", "/v4/openim/echo?sdkappid=%zz", "");
    code(60002, "POST", "/v4/openim/echo?contenttype=xml", "");
    code(60012, "POST", "/v4/openim/echo?contenttype=json", "");
    code(60012, "POST", "/v4/openim/echo?sdkappid=", "");
    code(60006, "POST", "/v4/openim/echo?sdkappid=x", "");
    code(60006, "POST", "/v4/openim/echo?sdkappid=1", "");
    code(60006, "POST", "/v4/openim/echo?sdkappid=%2B" + APP, "");
    code(60006, "POST", "/v4/openim/echo?sdkappid=%D9%A1" + APP % 1_000_000_000, "");
    code(60006, "POST", "/v4/openim/echo?sdkappid=99999999999999999999", "");
    String known = "/v4/openim/rare?sdkappid=" + APP;
    code(60016, "POST", known, "");
    rest.put(
        settings("{\"allowedAddresses\":[\"10.0.0.0/8\"],\"disabledCommands\":[\"openim/rare\"]}"));
    code(60017, "POST", known, "");
    rest.put(settings("{\"allowedAddresses\":[\"10.0.0.0/8\"]}"));
    code(60021, "POST", known, "");
    rest.put(AppSettings.DEFAULT);
    code(60004, "POST", known, "");
    code(60004, "POST", known + "&identifier=%20x", "");
    code(60004, "POST", known + "&identifier=nobody", "");
    code(60004, "POST", known + "&identifier=nobody&usersig=", "");
    code(70009, "POST", known + "&identifier=nobody&usersig=bad", "");
    code(60010, "POST", known + "&identifier=nobody&usersig=" + SIG, "");
    String good = known + admin + "&usersig=" + SIG;
    code(60003, "POST", good, "");
    code(90001, "POST", good, "{");
    code(70114, "POST", good, "");
    rest.nanos.addAndGet(500_000_000);
    code(0, "POST", good, "{}");
  }

  @ParameterizedTest
  @CsvSource({
    "/, 60009",
    "/v4, 60009",
    "/v4/, 60009",
    "/v4/openim, 60009",
    "/v4/openim/, 60009",
    "/v4/openim/Echo, 60009",
    "/v4/openim/echo/, 60009",
    "/v4/openim/echo/more, 60009",
    "/V4/openim/echo, 60009",
    "/v5/openim/echo, 60009",
    "/v4/nothing/echo, 60009",
    "/v4/registration_service/register_account_v1, 60009",
    "/v4/group_open_http_svc/nothing, 10003",
    "/metricsx, 60009",
  })
  void anUnknownPathIsAnsweredInJson(String path, int code) throws IOException {
    code(code, "POST", path, "{}");
  }

  @Test
  void anAliasIsTheSameCommand() throws IOException {
    assertEquals("x", ok("old_svc/echo", "{\"Text\":\"x\"}").path("Text").asText());
  }

  @Test
  void aDisabledCommandIsDisabledByEveryName() throws IOException {
    rest.put(settings("{\"disabledCommands\":[\"openim/echo\"]}"));
    code(60017, "POST", path("old_svc/echo"), "{}");
  }

  @Test
  void theEnvelopeHasItsThreeFieldsAndHeaders() throws IOException {
    Http.Answer answer = Http.post(rest.port, path("im_open_login_svc/check"), "{}");
    assertEquals(200, answer.status());
    assertEquals("{\"ActionStatus\":\"OK\",\"ErrorCode\":0,\"ErrorInfo\":\"\"}", answer.text());
    assertEquals("application/json; charset=utf-8", answer.headers().get("content-type"));
    assertEquals("*", answer.headers().get("access-control-allow-origin"));
    assertEquals("X-Requested-With", answer.headers().get("access-control-allow-headers"));
    assertEquals("POST", answer.headers().get("access-control-allow-methods"));
    assertTrue(answer.headers().get("x-request-id").startsWith("req_"));
  }

  @Test
  void aCommandMaySayAnotherStatusOrText() throws IOException {
    assertEquals("succeed", ok("openim/succeed", "{}").path("ErrorInfo").asText());
    ObjectNode some = Http.post(rest.port, path("openim/some"), "{}").json();
    assertEquals("SomeError", some.path("ActionStatus").asText());
  }

  @Test
  void anAppsOwnVerdictPassesThrough() throws IOException {
    ObjectNode refused = Http.post(rest.port, path("openim/verdict"), "{}").json();
    assertEquals(120077, refused.path("ErrorCode").asInt());
    assertEquals("the app says no", refused.path("ErrorInfo").asText());
    assertEquals("FAIL", refused.path("ActionStatus").asText());
  }

  @Test
  void whatFailsInsideGetsTheFamilysCodeAndTellsNothing() throws IOException {
    Http.Answer answer = Http.post(rest.port, path("profile/broken"), "{}");
    assertEquals(200, answer.status());
    assertEquals(40006, answer.code());
    assertEquals("", answer.json().path("ErrorDisplay").asText("absent"));
    assertFalse(answer.text().contains("secret"), answer.text());
    assertFalse(answer.text().contains("Exception"), answer.text());
  }

  @Test
  void anUnknownOutcomeOfTheStoreIsToBeRetried() throws IOException {
    code(90992, "POST", path("openim/unknown_outcome"), "{}");
  }

  @Test
  void parametersMayComeInAnyOrderWithStrangersAndWithoutRandomAndContentType() throws IOException {
    String query =
        "/v4/openim/echo?apn=1&usersig=%65Jw%2Agood-sig_&x&=&&identifier=administrator&ver=v4&sdkappid="
            + APP;
    code(0, "POST", query, "{\"Text\":\"x\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "administrator, administrator",
    "admin%5F2, admin_2",
    "%E7%AE%A1%E7%90%86%20%E5%91%98%2B, 管理 员+",
    "%E7%AE%A1%E7%90%86%20%E5%91%98+, 管理 员+",
  })
  void theIdentifierMayBeEncodedOrNot(String sent, String meant) throws IOException {
    String query = path("openim/echo").replace("identifier=administrator", "identifier=" + sent);
    assertEquals(meant, Http.post(rest.port, query, "{\"Text\":\"x\"}").json().path("By").asText());
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 0",
    "127.0.0.0/8, 0",
    "10.0.0.0/8, 60021",
    "::1, 60021",
    "not an address, 60021",
  })
  void onlyAllowedAddressesMayCall(String block, int code) throws IOException {
    rest.put(settings("{\"allowedAddresses\":[\"" + block + "\"]}"));
    code(code, "POST", path("im_open_login_svc/check"), "{}");
  }

  @Test
  void aCallBeyondTheRateIsRefusedUntilTheAllowanceGrows() throws IOException {
    code(0, "POST", path("openim/rare"), "{}");
    code(0, "POST", path("openim/rare"), "{}");
    code(70114, "POST", path("openim/rare"), "{}");
    rest.nanos.addAndGet(499_999_999);
    code(70114, "POST", path("openim/rare"), "{}");
    rest.nanos.addAndGet(1);
    code(0, "POST", path("openim/rare"), "{}");
    code(70114, "POST", path("openim/rare"), "{}");
  }

  @Test
  void anAppMaySetRatesAndAllOfThemTogether() throws IOException {
    rest.put(settings("{\"callsPerSecond\":{\"openim/rare\":0},\"appCallsPerSecond\":4}"));
    for (int i = 0; i < 4; i++) {
      code(0, "POST", path("openim/rare"), "{}");
    }
    code(60011, "POST", path("openim/rare"), "{}");
    code(60011, "POST", path("im_open_login_svc/check"), "{}");
    rest.nanos.addAndGet(1_000_000_000);
    rest.put(settings("{\"callsPerSecond\":{\"im_open_login_svc/check\":1}}"));
    code(0, "POST", path("im_open_login_svc/check"), "{}");
    code(60007, "POST", path("im_open_login_svc/check"), "{}");
  }

  private void code(int expected, String method, String path, String body) throws IOException {
    try (Http http = new Http(rest.port)) {
      http.send(Http.request(path, body).replaceFirst("POST", method));
      Http.Answer answer = http.answer();
      assertEquals(expected, answer.code(), answer.text());
      assertEquals(200, answer.status());
      String status = answer.json().path("ActionStatus").asText();
      assertEquals(expected == 0 ? "OK" : "FAIL", status);
      assertEquals(expected == 0, answer.json().path("ErrorInfo").asText().isEmpty());
    }
  }

  private ObjectNode ok(String command, String body) throws IOException {
    ObjectNode answer = Http.post(rest.port, path(command), body).json();
    assertEquals(0, answer.path("ErrorCode").asInt(), answer.toString());
    return answer;
  }

  private static AppSettings settings(String json) {
    try {
      return Json.mapper().readValue(json, AppSettings.class);
    } catch (IOException e) {
      throw new AssertionError(json, e);
    }
  }
}
