package im.palisade.server.rest;

import static im.palisade.server.rest.RestFixture.path;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.ActorKind;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.app.App;
import im.palisade.server.app.AppSettings;
import im.palisade.server.app.Principal;
import im.palisade.server.audit.Cause;
import im.palisade.server.config.SettingException;
import im.palisade.server.config.Settings;
import im.palisade.server.protocol.Json;
import im.palisade.server.security.AddressBlock;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Probes, metrics, load limits, stopping, settings. */
class RestOperationsTest {
  private final RestFixture rest = new RestFixture();

  @AfterEach
  void stop() {
    rest.close();
  }

  @Test
  void theServerIsLiveAndReadyWithEveryCheckNamed() throws IOException {
    assertEquals("{\"status\":\"up\"}", Http.get(rest.port, "/healthz/live").text());
    Http.Answer ready = Http.get(rest.port, "/healthz/ready");
    assertEquals(200, ready.status());
    assertEquals(
        "{\"status\":\"up\",\"checks\":[{\"name\":\"database\",\"ok\":true}]}", ready.text());
  }

  @Test
  void itIsNotReadyWhenOneCheckFailsAndSaysWhy() throws IOException {
    rest.checks =
        List.of(Readiness.Check.ok("gateway"), Readiness.Check.failed("database", "no answer"));
    Http.Answer ready = Http.get(rest.port, "/healthz/ready");
    assertEquals(503, ready.status());
    assertEquals("down", ready.json().path("status").asText());
    assertEquals("no answer", ready.json().at("/checks/1/reason").asText());
    assertEquals(200, Http.get(rest.port, "/healthz/live").status());
  }

  @Test
  void metricsCountCallsByCommandAndCode() throws IOException {
    Http.post(rest.port, path("old_svc/echo"), "{\"Text\":\"x\"}");
    Http.post(rest.port, path("openim/verdict"), "{}");
    Http.post(rest.port, "/v4/made/up", "{}");
    Http.Answer metrics = Http.get(rest.port, "/metrics");
    assertEquals(200, metrics.status());
    assertTrue(metrics.headers().get("content-type").startsWith("text/plain; version=0.0.4"));
    for (String line :
        List.of(
            "palisade_rest_requests_total{command=\"openim/echo\",code=\"0\",} 1.0",
            "palisade_rest_requests_total{command=\"openim/verdict\",code=\"app\",} 1.0",
            "palisade_rest_requests_total{command=\"unknown\",code=\"60009\",} 1.0",
            "palisade_rest_seconds_count{command=\"openim/echo\",} 1.0",
            "palisade_rest_in_flight 0.0",
            "# TYPE jvm_memory_bytes_used gauge")) {
      assertTrue(metrics.text().contains(line), line);
    }
  }

  @Test
  void metricsAreForAllowedAddressesOnly() throws IOException {
    try (var closed =
        new RestFixture(proxied(List.of(), List.of(AddressBlock.parse("10.0.0.0/8"))))) {
      Http.Answer metrics = Http.get(closed.port, "/metrics");
      assertEquals(403, metrics.status());
      assertEquals("", metrics.text());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "192.0.2.7 | 192.0.2.7",
        "2001:db8::7 | 2001:db8::7",
        "198.51.100.1, 192.0.2.7 | 192.0.2.7",
        "192.0.2.7, 127.0.0.5 | 192.0.2.7",
        "192.0.2.7, evil | 127.0.0.1",
        "unknown | 127.0.0.1",
      })
  void behindATrustedProxyTheCallerIsWhomItSaw(String header, String caller) throws IOException {
    List<AddressBlock> loopback = List.of(AddressBlock.parse("127.0.0.0/8"));
    try (var behind = new RestFixture(proxied(loopback, loopback))) {
      assertEquals(caller, from(behind.port, header));
      assertEquals(
          caller.equals("127.0.0.1") ? 200 : 403, get(behind.port, "/metrics", header).status());
    }
    assertEquals("127.0.0.1", from(rest.port, header), "nobody is trusted here");
  }

  @Test
  void callsBeyondTheMostAtOnceAreToBeRetried() throws Exception {
    var settings =
        new RestSettings(
            "127.0.0.1", 0, 1, 100, Duration.ofSeconds(30), List.of(), List.of(), true, List.of());
    try (var narrow = new RestFixture(settings)) {
      var first = background(narrow, "openim/wait");
      narrow.waiting.await();
      assertEquals(60018, Http.post(narrow.port, path("im_open_login_svc/check"), "{}").code());
      narrow.released.countDown();
      assertEquals(0, first.get().code());
      // The place is free a moment after its answer is on the wire.
      Awaitility.await()
          .until(
              () -> Http.post(narrow.port, path("im_open_login_svc/check"), "{}").code(),
              code -> code == 0);
    }
  }

  @Test
  void callRatesCanBeSwitchedOff() throws IOException {
    var settings =
        new RestSettings(
            "127.0.0.1", 0, 9, 100, Duration.ofSeconds(30), List.of(), List.of(), false, List.of());
    try (var free = new RestFixture(settings)) {
      for (int i = 0; i < 10; i++) {
        assertEquals(0, Http.post(free.port, path("openim/rare"), "{}").code());
      }
    }
  }

  @Test
  void stoppingEndsTheCallsUnderWayAndIsNotReadyMeanwhile() throws Exception {
    var call = background(rest, "openim/wait");
    rest.waiting.await();
    try (Http kept = new Http(rest.port)) {
      assertEquals(0, kept.post(path("im_open_login_svc/check"), "{}").code());
      var stopped = CompletableFuture.runAsync(() -> rest.server.stop(Duration.ofSeconds(20)));
      await()
          .atMost(Duration.ofSeconds(5))
          .until(() -> Http.get(rest.port, "/healthz/ready").status() == 503);
      assertEquals(0, kept.post(path("im_open_login_svc/check"), "{}").code());
      assertTrue(kept.isClosedByServer());
      assertFalse(stopped.isDone());
      rest.released.countDown();
      assertEquals(0, call.get().code());
      stopped.get();
    }
    assertThrows(ConnectException.class, () -> Http.get(rest.port, "/healthz/live"));
  }

  @Test
  void aPortThatIsTakenIsNamed() {
    var taken =
        new RestSettings(
            "127.0.0.1",
            rest.port,
            9,
            9,
            Duration.ofSeconds(30),
            List.of(),
            List.of(),
            true,
            List.of());
    var refusal = assertThrows(SettingException.class, () -> new RestFixture(taken).close());
    String message = "rest.port: cannot listen on 127.0.0.1:" + rest.port;
    assertTrue(refusal.getMessage().startsWith(message), refusal.getMessage());
  }

  @Test
  void settingsHaveSafeDefaultsAndAreCheckedByName() {
    RestSettings defaults = RestSettings.from(read(Map.of()));
    assertEquals("127.0.0.1", defaults.host());
    assertEquals(7080, defaults.port());
    assertTrue(defaults.callRates());
    assertTrue(Addresses.within("127.0.0.1", defaults.metricsAllowed()));
    assertTrue(Addresses.within("::1", defaults.metricsAllowed()));
    assertFalse(Addresses.within("192.0.2.1", defaults.metricsAllowed()));
    var refusal =
        assertThrows(
            SettingException.class, () -> read(Map.of("metrics.allowed-addresses", "10.0.0.0/33")));
    assertTrue(refusal.getMessage().startsWith("metrics.allowed-addresses: "));
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, 10.1.2.3, true",
    "10.1.2.3, 10.1.2.4, false",
    "10.1.2.128/25, 10.1.2.128, true",
    "10.1.2.128/25, 10.1.2.127, false",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, ::1, false",
    "fd00::/8, fdff::1, true",
    "fd00::/8, fe00::1, false",
    "2001:db8:0:8000::/49, 2001:db8:0:ffff::1, true",
    "2001:db8:0:8000::/49, 2001:db8:0:7fff::1, false",
    "10.0.0.0/8, ::ffff:10.1.2.3, true",
  })
  void addressBlocksHoldTheirAddresses(String block, String address, boolean within) {
    assertEquals(within, Addresses.within(address, List.of(AddressBlock.parse(block))));
  }

  @Test
  void anEventSaysWhoFromWhereButNoMoreThanTheNetwork() {
    var app =
        new App(
            5, "t", App.Status.ACTIVE, "default", AppSettings.DEFAULT, List.of(), Set.of("adm"));
    AuditEvent event =
        new RestCall(
                new Principal(app, 7, "adm", "usr_x", 0, 0),
                "req_1",
                "203.0.113.77",
                Instant.EPOCH,
                new Fields(Json.object(), List.of(), Family.LOGIN))
            .cause()
            .event("user.import", new Target("usr", "usr_y"));
    assertEquals("5", event.app());
    assertEquals(new AuditEvent.Actor(ActorKind.ADMIN, "usr_x"), event.actor());
    assertEquals(new AuditEvent.Source(Channel.REST, "203.0.113.0/24"), event.source());
    assertEquals("req_1", event.request());
    assertEquals("2001:db8:5::/48", Cause.networkOf("2001:db8:5:6::7"));
  }

  private static Settings read(Map<String, String> overrides) {
    return Settings.read(RestSettings.SETTINGS, Path.of("nowhere.yaml"), Map.of(), overrides);
  }

  private static RestSettings proxied(List<AddressBlock> proxies, List<AddressBlock> metrics) {
    return new RestSettings(
        "127.0.0.1", 0, 100, 100, Duration.ofSeconds(30), proxies, metrics, true, List.of());
  }

  private static String from(int port, String forwardedFor) throws IOException {
    try (Http http = new Http(port)) {
      http.send(
          Http.request(path("openim/echo"), "{\"Text\":\"x\"}")
              .replace("Host: x", "Host: x\r\nX-Forwarded-For: " + forwardedFor));
      return http.answer().json().path("From").asText();
    }
  }

  private static Http.Answer get(int port, String path, String forwardedFor) throws IOException {
    try (Http http = new Http(port)) {
      String head = "GET " + path + " HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ";
      http.send(head + forwardedFor + "\r\n\r\n");
      return http.answer();
    }
  }

  private static CompletableFuture<Http.Answer> background(RestFixture rest, String command) {
    var answer = new CompletableFuture<Http.Answer>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                answer.complete(Http.post(rest.port, path(command), "{}"));
              } catch (IOException e) {
                answer.completeExceptionally(e);
              }
            });
    return answer;
  }
}
