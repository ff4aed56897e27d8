package im.palisade.server.rest;

import static im.palisade.server.rest.RestFixture.path;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no client should send, and some really do: over raw sockets. */
class RestBadInputTest {
  private static final String HEAD = " HTTP/1.1\r\nHost: x\r\n";
  private final RestFixture rest = new RestFixture();

  @AfterEach
  void stop() {
    rest.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "openim/echo | `{` | 90001",
        "openim/echo | [] | 90001",
        "openim/echo | \"x\" | 90001",
        "openim/echo | null | 90001",
        "openim/echo | 1 | 90001",
        "openim/echo | {} {} | 90001",
        "openim/echo | {\"Text\":\"x\",} | 90001",
        "openim/echo | {\"Text\":\"x\"}// | 90001",
        "openim/echo | {'Text':'x'} | 90001",
        "openim/echo | ` ` | 90001",
        "openim/echo | `` | 60003",
        "im_open_login_svc/check | [] | 70402",
        "im_open_login_svc/check | `` | 60003",
        "profile/broken | [] | 40001",
      })
  void aBodyThatIsNoJsonObjectGetsTheFamilysCode(String command, String body, int code)
      throws IOException {
    assertEquals(code, Http.post(rest.port, path(command), body).code());
  }

  @ParameterizedTest
  @CsvSource({
    // Overlong forms, beyond the last code point, half of a pair, UTF-16 with and without a mark.
    "7B2254657874223A22C0AF227D",
    "7B2254657874223A22E080AF227D",
    "7B2254657874223A22F4908080227D",
    "7B2254657874223A22EDA080227D",
    "7B00220054006500780074002200",
    "007B007D",
    "FEFF007B007D",
    "FFFE7B007D00",
    "7B0000007D000000",
  })
  void onlyUtf8IsRead(String hex) throws IOException {
    byte[] body = HexFormat.of().parseHex(hex);
    try (Http http = new Http(rest.port)) {
      http.send(
          "POST " + path("openim/echo") + HEAD + "Content-Length: " + body.length + "\r\n\r\n");
      http.send(body);
      assertEquals(90001, http.answer().code());
    }
  }

  @Test
  void aBodyThatIsNotUtf8IsNoJson() throws IOException {
    try (Http http = new Http(rest.port)) {
      http.send("POST " + path("openim/echo") + HEAD + "Content-Length: 12\r\n\r\n{\"Text\":\"");
      http.send(new byte[] {(byte) 0xC3, '"', '}'});
      assertEquals(90001, http.answer().code());
    }
  }

  @Test
  void noBodyAtAllIsAnEmptyBody() throws IOException {
    try (Http http = new Http(rest.port)) {
      http.send("POST " + path("openim/echo") + HEAD + "\r\n");
      assertEquals(60003, http.answer().code());
      http.send("POST " + path("openim/echo") + HEAD + chunked() + "0\r\n\r\n");
      assertEquals(60003, http.answer().code());
    }
  }

  @ParameterizedTest
  @CsvSource({"63, 0", "64, 90001", "100000, 90001"})
  void nestingIsBounded(int depth, int code) throws IOException {
    String body = "{\"Text\":\"x\",\"A\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
    assertEquals(code, Http.post(rest.port, path("openim/echo"), body).code());
  }

  @Test
  void aBodyOfOneMiBPassesAndOneByteMoreDoesNot() throws IOException {
    assertEquals(0, Http.post(rest.port, path("openim/echo"), body(1 << 20)).code());
    assertEquals(60002, Http.post(rest.port, path("openim/echo"), body((1 << 20) + 1)).code());
  }

  @Test
  void aChunkedBodyOfOneMiBPassesAndOneByteMoreDoesNot() throws IOException {
    assertEquals(0, postChunked(body(1 << 20), 64 << 10).code());
    assertEquals(60002, postChunked(body((1 << 20) + 1), 64 << 10).code());
  }

  @Test
  void aBodyThatIsRefusedForItsSizeIsReadToItsEnd() throws IOException {
    try (Http http = new Http(rest.port)) {
      assertEquals(60002, http.post(path("openim/echo"), body(6 << 20)).code());
      assertEquals(60009, http.post("/v4/openim/nothing", body(6 << 20)).code());
      assertEquals(0, http.post(path("openim/echo"), "{\"Text\":\"x\"}").code());
    }
  }

  @Test
  void aLengthThatIsAnnouncedButTooLargeIsRefusedBeforeItIsSent() throws IOException {
    try (Http http = new Http(rest.port)) {
      http.send(
          "POST " + path("openim/echo") + HEAD + "Content-Length: 99999999999\r\n\r\n{\"Text\":");
      assertEquals(60002, http.answer().code());
      assertTrue(http.isClosedByServer());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /v4/openim/echo?sdkappid=%zz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        "POST /v4/openim/echo?identifier=%ff HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        "POST /v4/openim/echo?identifier=% HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        "POST /v4/%zz/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        "POST  /v4/openim/echo HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /v4/openim/echo HTTP/3.7\r\nHost: x\r\n\r\n",
        "POST /v4/openim/echo HTTP/1.1\r\n\r\n",
        "POST /v4/openim/echo HTTP/1.1\r\nHost x\r\n\r\n",
        "POST /v4/openim/echo HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        "POST /v4/openim/echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "nonsense\r\n\r\n",
      })
  void whatIsNoRequestIsAnsweredInJson(String request) throws IOException {
    try (Http http = new Http(rest.port)) {
      http.send(request);
      Http.Answer answer = http.answer();
      assertTrue(List.of(60002, 60009).contains(answer.code()), answer.text());
      assertEquals(200, answer.status());
      assertEquals("application/json; charset=utf-8", answer.headers().get("content-type"));
    }
  }

  @Test
  void lengthAndChunksTogetherAreRefused() throws IOException {
    try (Http http = new Http(rest.port)) {
      http.send(
          "POST " + path("openim/echo") + HEAD + "Content-Length: 2\r\n" + chunked() + "0\r\n\r\n");
      assertEquals(60002, http.answer().code());
      assertTrue(http.isClosedByServer());
    }
  }

  @Test
  void aChunkThatIsNoneIsRefused() throws IOException {
    try (Http http = new Http(rest.port)) {
      http.send("POST " + path("openim/echo") + HEAD + chunked() + "zz\r\n{}\r\n0\r\n\r\n");
      assertEquals(60002, http.answer().code());
      assertTrue(http.isClosedByServer());
    }
  }

  @Test
  void aRequestLineOrHeadersWithoutEndAreRefused() throws IOException {
    try (Http http = new Http(rest.port)) {
      http.send("POST /v4/openim/echo?x=" + "x".repeat(30 << 10) + HEAD + "\r\n");
      assertEquals(60002, http.answer().code());
    }
    try (Http http = new Http(rest.port)) {
      http.send("POST /v4/openim/echo" + HEAD + "X: " + "x".repeat(20 << 10) + "\r\n\r\n");
      assertEquals(60002, http.answer().code());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "POST /v4/openim/ec",
        "POST /v4/openim/echo HTTP/1.1\r\nHost: x\r\nConte",
        "POST /v4/openim/nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
        "BODY HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
        "BODY HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{",
      })
  void aRequestThatNeverEndsIsGivenUp(String begun) throws IOException {
    try (var impatient =
            new RestFixture(
                new RestSettings(
                    "127.0.0.1",
                    0,
                    100,
                    100,
                    Duration.ofMillis(300),
                    List.of(),
                    List.of(),
                    true,
                    List.of()));
        Http http = new Http(impatient.port)) {
      http.send(begun.replace("BODY", "POST " + path("openim/echo")));
      assertTrue(http.isClosedByServerAfterAnyAnswer());
    }
  }

  @Test
  void anyContentTypeWillDo() throws IOException {
    for (String type :
        List.of(
            "text/plain", "weird", "application/x-www-form-urlencoded", "multipart/form-data")) {
      try (Http http = new Http(rest.port)) {
        http.send(
            Http.request(path("openim/echo"), "{\"Text\":\"x\"}")
                .replace("application/json", type));
        assertEquals(0, http.answer().code(), type);
      }
    }
  }

  @Test
  void aConnectionServesManyCallsAlsoWhenTheyComeAtOnce() throws IOException {
    try (Http http = new Http(rest.port)) {
      String good = Http.request(path("openim/echo"), "{\"Text\":\"x\"}");
      String refused = Http.request("/v4/openim/nothing", "{\"a body\":\"nobody reads\"}");
      String empty = Http.request(path("openim/echo"), "");
      http.send(List.of(good, refused, empty, good).stream().collect(Collectors.joining()));
      assertEquals(0, http.answer().code());
      assertEquals(60009, http.answer().code());
      assertEquals(60003, http.answer().code());
      assertEquals(0, http.answer().code());
      assertEquals(0, http.post(path("openim/echo"), "{\"Text\":\"y\"}").code());
    }
  }

  @Test
  void aConnectionIsClosedWhenTheClientAsks() throws IOException {
    try (Http http = new Http(rest.port)) {
      http.send(
          Http.request(path("openim/echo"), "{\"Text\":\"x\"}")
              .replace("Host: x", "Host: x\r\nConnection: close"));
      assertEquals(0, http.answer().code());
      assertTrue(http.isClosedByServer());
    }
    try (Http http = new Http(rest.port)) {
      http.send("GET /healthz/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertEquals(200, http.answer().status());
      assertTrue(http.isClosedByServer());
    }
  }

  @Test
  void aClientThatWaitsForContinueGetsIt() throws IOException {
    try (Http http = new Http(rest.port)) {
      http.send(
          "POST "
              + path("openim/echo")
              + HEAD
              + "Expect: 100-continue\r\nContent-Length: 12\r\n\r\n");
      assertEquals(100, http.answer().status());
      http.send("{\"Text\":\"x\"}");
      assertEquals(0, http.answer().code());
    }
  }

  private Http.Answer postChunked(String body, int size) throws IOException {
    try (Http http = new Http(rest.port)) {
      http.send("POST " + path("openim/echo") + HEAD + chunked());
      for (int from = 0; from < body.length(); from += size) {
        String chunk = body.substring(from, Math.min(from + size, body.length()));
        http.send(Integer.toHexString(chunk.length()) + "\r\n" + chunk + "\r\n");
      }
      http.send("0\r\n\r\n");
      return http.answer();
    }
  }

  private static String chunked() {
    return "Transfer-Encoding: chunked\r\n\r\n";
  }

  /** An object of exactly so many bytes. */
  private static String body(int bytes) {
    String empty = "{\"Text\":\"x\",\"P\":\"\"}";
    String body = "{\"Text\":\"x\",\"P\":\"" + "p".repeat(bytes - empty.length()) + "\"}";
    assertEquals(bytes, body.getBytes(StandardCharsets.UTF_8).length);
    return body;
  }
}
