package im.palisade.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.admin.door.ConsoleSettings.SecondFactor;
import im.palisade.server.admin.identity.Totp;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestConsole;
import im.palisade.server.testing.TestConsole.Answer;
import im.palisade.server.testing.TestServer;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Signing in to the console: passwords, codes, cookies, locks and the ends of sessions. */
class SignInTest {
  private static final String PASSWORD = TestConsole.PASSWORD;

  @Test
  void theFirstAdministratorComesByTheLinkAndTheLinkWorksOnce() {
    TestConsole first = TestConsole.superAdministrator();
    assertEquals("signed-in", first.get("/session").ok().body().path("state").asText());
    assertTrue(TestServer.shared().server().facts().firstAdministratorLink().isPresent());
    String link = TestServer.shared().server().facts().firstAdministratorLink().orElseThrow();
    String token = link.substring(link.indexOf("token=") + 6);
    String body =
        Json.object()
            .put("token", token)
            .put("name", TestConsole.newName())
            .put("displayName", "x")
            .put("password", PASSWORD)
            .toString();
    TestConsole.at(first.url()).post("/first-administrator", body).refused("forbidden");
  }

  @Test
  void aCookieIsForTheBrowserAloneAndForThisSiteAlone() {
    String name = administrator();
    TestConsole browser = shared();
    Answer answer =
        browser.post("/session", TestConsole.signInBody(name, PASSWORD, Optional.empty())).ok();
    String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
    assertTrue(cookie.contains("HttpOnly"), cookie);
    assertTrue(cookie.contains("SameSite=Strict"), cookie);
    assertTrue(cookie.contains("Path=/"), cookie);
    assertFalse(cookie.contains("Secure"), "the listener is not encrypted");
    assertFalse(cookie.contains("Expires"), "a session ends with the browser: " + cookie);
    assertFalse(answer.body().toString().contains(cookie.split("[=;]", -1)[1]), "token in body");
    assertEquals("no-store", answer.headers().firstValue("Cache-Control").orElseThrow());
    String policy = answer.headers().firstValue("Content-Security-Policy").orElseThrow();
    assertTrue(policy.contains("default-src 'none'") && !policy.contains("unsafe"), policy);
  }

  @Test
  void aCookieOfAnEncryptedConnectionIsForThisHostAlone() {
    String name = administrator();
    try (ConsoleUnderTest console = new ConsoleUnderTest(SecondFactor.OPTIONAL)) {
      TestConsole browser = console.browser();
      Answer answer =
          browser
              .send(
                  browser
                      .request("/session")
                      .header("Content-Type", "application/json")
                      .header("X-Forwarded-Proto", "https")
                      .POST(
                          BodyPublishers.ofString(
                              TestConsole.signInBody(name, PASSWORD, Optional.empty()))))
              .ok();
      String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
      assertTrue(cookie.startsWith("__Host-palisade-console="), cookie);
      assertTrue(cookie.contains("Secure"), cookie);
      assertTrue(answer.headers().firstValue("Strict-Transport-Security").isPresent());
      // In the clear the same cookie counts for nothing.
      browser.get("/account").refused("signed-out");
    }
  }

  @Test
  void anActWithoutItsTokenOrFromAnotherSiteIsRefused() {
    TestConsole browser = shared().signIn(administrator(), PASSWORD);
    String json = "application/json";
    browser
        .send(
            browser
                .request("/session/end")
                .header("Content-Type", json)
                .POST(BodyPublishers.ofString("{}")))
        .refused("forged");
    browser
        .send(
            browser
                .request("/session/end")
                .header("Content-Type", json)
                .header("X-Csrf-Token", browser.csrf() + "x")
                .POST(BodyPublishers.ofString("{}")))
        .refused("forged");
    browser
        .send(
            browser
                .request("/session/end")
                .header("Content-Type", json)
                .header("X-Csrf-Token", browser.csrf())
                .header("Sec-Fetch-Site", "cross-site")
                .POST(BodyPublishers.ofString("{}")))
        .refused("forged");
    browser
        .send(
            browser
                .request("/session/end")
                .header("Content-Type", "text/plain")
                .header("X-Csrf-Token", browser.csrf())
                .POST(BodyPublishers.ofString("{}")))
        .refused("not-json");
    assertEquals("signed-in", state(browser));
    browser.post("/session/end", "{}").ok();
    assertEquals("signed-out", state(browser));
  }

  @Test
  void aWrongPasswordAndAnUnknownNameAreAnsweredAlike() {
    Answer wrong = tried(shared(), administrator(), "x".repeat(12));
    Answer unknown = tried(shared(), TestConsole.newName(), "x".repeat(12));
    assertEquals(wrong.status(), unknown.status());
    assertEquals(wrong.error(), unknown.error());
    assertEquals("wrong-credentials", wrong.error());
    assertEquals(wrong.body().path("message"), unknown.body().path("message"));
  }

  @Test
  void failuresLockANameLongerAndLongerWhetherItIsKnownOrNot() {
    String name = administrator();
    try (ConsoleUnderTest console = new ConsoleUnderTest(SecondFactor.OPTIONAL)) {
      for (String each : new String[] {name, TestConsole.newName()}) {
        for (int i = 0; i < 5; i++) {
          tried(console.browser(), each, "wrong password").refused("wrong-credentials");
        }
        Answer locked = tried(console.browser(), each, PASSWORD).refused("locked");
        assertEquals(60, locked.body().path("retryAfter").asInt());
        assertEquals("60", locked.headers().firstValue("Retry-After").orElseThrow());
      }
      console.pass(Duration.ofSeconds(61));
      tried(console.browser(), name, "wrong password").refused("wrong-credentials");
      assertEquals(
          120,
          tried(console.browser(), name, PASSWORD)
              .refused("locked")
              .body()
              .path("retryAfter")
              .asInt());
      console.pass(Duration.ofSeconds(121));
      console.browser().signIn(name, PASSWORD);
      tried(console.browser(), name, "wrong password").refused("wrong-credentials");
      console.browser().signIn(name, PASSWORD);
    }
  }

  @Test
  void anAdministratorLiftsALock() {
    String name = administrator();
    for (int i = 0; i < 5; i++) {
      tried(shared(), name, "wrong password");
    }
    tried(shared(), name, PASSWORD).refused("locked");
    TestConsole first = TestConsole.superAdministrator();
    first.post("/administrators/" + id(first, name) + "/unlock", "{}").ok();
    shared().signIn(name, PASSWORD);
  }

  @Test
  void aSessionEndsWhenNothingIsDoneAndInTheEndInAnyCase() {
    String name = administrator();
    try (ConsoleUnderTest console = new ConsoleUnderTest(SecondFactor.OPTIONAL)) {
      TestConsole idle = console.browser().signIn(name, PASSWORD);
      TestConsole busy = console.browser().signIn(name, PASSWORD);
      for (int i = 0; i < 3; i++) {
        console.pass(Duration.ofMinutes(7));
        busy.get("/account").ok();
        // What a page asks by itself is no sign of somebody being there.
        idle.get("/session").ok();
      }
      idle.get("/account").refused("signed-out");
      for (int i = 0; i < 102; i++) {
        console.pass(Duration.ofMinutes(7));
        busy.get("/account");
      }
      busy.get("/account").refused("signed-out");
    }
  }

  @Test
  void aSweepEndsSessionsNobodyComesBackTo() {
    String name = administrator();
    // The server's own sweep may be quicker.
    long before = AuditLeaves.size(TestServer.shared().server());
    try (ConsoleUnderTest console = new ConsoleUnderTest(SecondFactor.OPTIONAL)) {
      // In the past, so that the sweep finds nobody else's.
      console.pass(Duration.ofHours(-13));
      TestConsole gone = console.browser().signIn(name, PASSWORD);
      console.pass(Duration.ofHours(13));
      TestConsole first = TestConsole.superAdministrator();
      long id = id(first, name);
      console.sweep();
      AuditLeaves.catchUp(TestServer.shared().server());
      assertTrue(
          AuditLeaves.from(TestServer.shared().server(), before).stream()
              .anyMatch(event -> event.path("type").asText().equals("auth.admin.session_expired")));
      // Only the one at which the password was changed is left in the store.
      JsonNode sessions = first.get("/administrators/" + id).ok().body().path("sessions");
      assertEquals(1, sessions.size(), sessions::toString);
      gone.get("/account").refused("signed-out");
    }
  }

  @Test
  void destructiveActsAskForThePasswordAgain() {
    try (ConsoleUnderTest console = new ConsoleUnderTest(SecondFactor.OPTIONAL)) {
      String name = administrator("super");
      TestConsole browser = console.browser().signIn(name, PASSWORD);
      String wanted = "{\"name\":\"" + TestConsole.newName() + "\",\"displayName\":\"d\"}";
      console.pass(Duration.ofMinutes(6));
      browser.post("/administrators", wanted).refused("confirmation-needed");
      browser.post("/session/confirm", "{\"password\":\"nonsense\"}").refused("wrong-credentials");
      browser.post("/administrators", wanted).refused("confirmation-needed");
      browser.post("/session/confirm", "{\"password\":\"" + PASSWORD + "\"}").ok();
      browser.post("/administrators", wanted).ok();
    }
  }

  @Test
  void aSecondFactorIsAskedForBeforeAnythingElseAndEachCodeCountsOnce() {
    String name = administrator("super");
    try (ConsoleUnderTest console = new ConsoleUnderTest(SecondFactor.REQUIRED)) {
      TestConsole browser = console.browser().signIn(name, PASSWORD);
      assertEquals("second-factor-missing", state(browser));
      browser.get("/administrators").refused("second-factor-missing");
      JsonNode enrolment = browser.post("/account/second-factor", "{}").ok().body();
      byte[] secret = base32(enrolment.path("secret").asText());
      assertTrue(enrolment.path("uri").asText().startsWith("otpauth://totp/Palisade:" + name));
      browser.post("/account/second-factor/finish", "{\"code\":\"000000\"}").refused("wrong-code");
      String code = Totp.code(secret, console.now());
      JsonNode recovery =
          browser
              .post("/account/second-factor/finish", "{\"code\":\"" + code + "\"}")
              .ok()
              .body()
              .path("codes");
      assertEquals(10, recovery.size());
      assertEquals("signed-in", state(browser));
      browser.get("/administrators").ok();

      tried(console.browser(), name, PASSWORD).refused("code-needed");
      tried(console.browser(), name, PASSWORD, code).refused("wrong-code");
      console.pass(Duration.ofSeconds(30));
      String next = Totp.code(secret, console.now());
      tried(console.browser(), name, PASSWORD, next).ok();
      tried(console.browser(), name, PASSWORD, next).refused("wrong-code");
      String spare = recovery.path(0).asText();
      tried(console.browser(), name, PASSWORD, spare.replace("-", "").toUpperCase(Locale.ROOT))
          .ok();
      tried(console.browser(), name, PASSWORD, spare).refused("wrong-code");
      browser.post("/account/second-factor/remove", "{}").refused("conflict");
    }
  }

  @Test
  void codesAreGuessedNoFasterThanPasswords() {
    String name = administrator();
    try (ConsoleUnderTest console = new ConsoleUnderTest(SecondFactor.OPTIONAL)) {
      TestConsole browser = console.browser().signIn(name, PASSWORD);
      byte[] secret =
          base32(browser.post("/account/second-factor", "{}").ok().body().path("secret").asText());
      String code = Totp.code(secret, console.now());
      browser.post("/account/second-factor/finish", "{\"code\":\"" + code + "\"}").ok();
      for (int i = 0; i < 5; i++) {
        // That the password alone is right takes no failed code back.
        tried(console.browser(), name, PASSWORD).refused("code-needed");
        tried(console.browser(), name, PASSWORD, "000000").refused("wrong-code");
      }
      tried(console.browser(), name, PASSWORD).refused("locked");
    }
  }

  @Test
  void aNewPasswordIsGoodAndTheOldOnesSessionsEnd() {
    String name = administrator();
    TestConsole here = shared().signIn(name, PASSWORD);
    TestConsole there = shared().signIn(name, PASSWORD);
    for (String bad : new String[] {"short", "a".repeat(12), "xx" + name + "12345678", PASSWORD}) {
      Answer refused =
          here.post(
              "/account/password",
              Json.object().put("current", PASSWORD).put("password", bad).toString());
      assertEquals("invalid", refused.error(), bad);
      assertEquals("password", refused.body().path("fields").path(0).path("field").asText());
    }
    here.post(
            "/account/password",
            Json.object()
                .put("current", "wrong password")
                .put("password", "new one 123456")
                .toString())
        .refused("wrong-credentials");
    here.changePassword(PASSWORD, "new one 123456");
    here.get("/account").ok();
    there.get("/account").refused("signed-out");
    tried(shared(), name, PASSWORD).refused("wrong-credentials");
  }

  @Test
  void aDisabledAdministratorIsOutAtOnce() {
    String name = administrator();
    TestConsole browser = shared().signIn(name, PASSWORD);
    TestConsole first = TestConsole.superAdministrator();
    long id = id(first, name);
    first.post("/administrators/" + id + "/disable", "{}").ok();
    browser.get("/account").refused("signed-out");
    tried(shared(), name, PASSWORD).refused("wrong-credentials");
    first.post("/administrators/" + id + "/enable", "{}").ok();
    shared().signIn(name, PASSWORD);
  }

  @Test
  void tokensThatAreNoneOpenNothing() {
    TestConsole browser = shared();
    for (String cookie :
        new String[] {"palisade-console=", "palisade-console=" + "A".repeat(43), "x"}) {
      browser
          .send(browser.request("/account").header("Cookie", cookie).GET())
          .refused("signed-out");
    }
    assertNotEquals(
        shared().signIn(administrator(), PASSWORD).csrf(),
        shared().signIn(administrator(), PASSWORD).csrf());
  }

  private static TestConsole shared() {
    return TestConsole.at(TestServer.shared().server().facts().consoleUrl());
  }

  private static String administrator() {
    return administrator("auditor");
  }

  private static String administrator(String role) {
    return TestConsole.with(role, 0).get("/account").ok().body().path("name").asText();
  }

  private static long id(TestConsole first, String name) {
    return first
        .get("/administrators")
        .ok()
        .body()
        .path("administrators")
        .valueStream()
        .filter(each -> each.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow()
        .path("id")
        .asLong();
  }

  private static Answer tried(TestConsole browser, String name, String password) {
    return browser.post("/session", TestConsole.signInBody(name, password, Optional.empty()));
  }

  private static Answer tried(TestConsole browser, String name, String password, String code) {
    return browser.post("/session", TestConsole.signInBody(name, password, Optional.of(code)));
  }

  private static String state(TestConsole browser) {
    return browser.get("/session").ok().body().path("state").asText();
  }

  private static byte[] base32(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int bits = 0;
    int held = 0;
    for (int i = 0; i < text.length(); i++) {
      held = held << 5 | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(text.charAt(i));
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes.write(held >> bits);
        held &= (1 << bits) - 1;
      }
    }
    return bytes.toByteArray();
  }
}
