package im.palisade.server.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.callback.Failure.Reason;
import im.palisade.server.protocol.Origin;
import im.palisade.server.protocol.Platform;
import im.palisade.server.security.AddressBlock;
import im.palisade.server.security.CallbackSignature;
import im.palisade.server.security.Certificates;
import im.palisade.server.security.OutgoingTls;
import im.palisade.server.testing.TestReceiver;
import im.palisade.server.testing.TestReceiver.Received;
import im.palisade.server.testing.TestReceiver.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is sent to a receiver and what is made of its answer, over real sockets. */
class ReceiverTest {
  private static final CallbackSettings LOCAL =
      new CallbackSettings(
          List.of(AddressBlock.parse("127.0.0.0/8"), AddressBlock.parse("::1")), List.of(), true);
  private static final Callback CALLBACK =
      new Callback(
          "C2C.CallbackBeforeSendMsg",
          Origin.client("mia", "198.51.100.7", Platform.ANDROID),
          "{\"CallbackCommand\":\"C2C.CallbackBeforeSendMsg\"}");
  private static final Duration BUDGET = Duration.ofSeconds(2);

  @TempDir private Path folder;

  @Test
  void aRequestCarriesWhatTheSpecificationSays() {
    try (TestReceiver server = TestReceiver.plain();
        Receiver receiver = receiver(server.url() + "?tenant=a%20b", Optional.of("xxxxyyyy"))) {
      assertInstanceOf(Answer.Given.class, receiver.post(CALLBACK, BUDGET));
      Received request = server.next();
      assertEquals("/hooks", request.path());
      assertEquals("a b", request.query().get("tenant"));
      assertEquals("1400000001", request.query().get("SdkAppid"));
      assertEquals("C2C.CallbackBeforeSendMsg", request.command());
      assertEquals("json", request.query().get("contenttype"));
      assertEquals("198.51.100.7", request.query().get("ClientIP"));
      assertEquals("Android", request.query().get("OptPlatform"));
      long time = Long.parseLong(request.query().get("RequestTime"));
      assertTrue(Math.abs(time - Clock.systemUTC().instant().getEpochSecond()) < 20);
      assertEquals(CallbackSignature.of("xxxxyyyy", time), request.query().get("Sign"));
      assertTrue(request.headers().get("Content-type").equals("application/json"));
      assertEquals("1", request.headers().get("X-callback-depth"));
    }
  }

  @Test
  void withoutATokenNothingIsSigned() {
    try (TestReceiver server = TestReceiver.plain();
        Receiver receiver = receiver(server.url(), Optional.empty())) {
      receiver.post(CALLBACK, BUDGET);
      Received request = server.next();
      assertFalse(request.query().containsKey("Sign"));
      assertFalse(request.query().containsKey("RequestTime"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "xxxxyyyy,1669872112,17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061",
    "palisade-demo-token,1790000000,25e3460e1ce90077d9336d883180d025906e85eaa2eec3f7e4ac0f0dcb36e532"
  })
  void signaturesAreThoseOfThePublishedVectors(String token, long time, String sign) {
    assertEquals(sign, CallbackSignature.of(token, time));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | {\"ActionStatus\":\"OK\",\"ErrorCode\":0}          | 0",
        "200 | {\"ErrorCode\":\"120005\",\"Unknown\":{\"a\":[1]}} | 120005",
        "200 | {\"ErrorCode\":2}                                  | 2",
        "200 | {\"ActionStatus\":\"OK\"}                          | MALFORMED",
        "200 | {\"ErrorCode\":null}                               | MALFORMED",
        "200 | {\"ErrorCode\":1.5}                                | MALFORMED",
        "200 | {\"ErrorCode\":true}                               | MALFORMED",
        "200 | {\"ErrorCode\":\"yes\"}                            | MALFORMED",
        "200 | []                                                 | MALFORMED",
        "200 | {\"ErrorCode\":0                                   | MALFORMED",
        "200 | <html>                                             | MALFORMED",
        "200 | ''                                                 | MALFORMED",
        "204 | ''                                                 | STATUS",
        "301 | {\"ErrorCode\":0}                                  | STATUS",
        "404 | {\"ErrorCode\":0}                                  | STATUS",
        "500 | {\"ErrorCode\":0}                                  | STATUS"
      })
  void anAnswerIsTakenAsSpecified(int status, String body, String expected) {
    try (TestReceiver server = TestReceiver.plain();
        Receiver receiver = receiver(server.url(), Optional.empty())) {
      server.answering(request -> new Reply(status, body));
      assertEquals(expected, outcome(receiver.post(CALLBACK, BUDGET)));
    }
  }

  @Test
  void aByteOrderMarkIsSkipped() {
    try (TestReceiver server = TestReceiver.plain();
        Receiver receiver = receiver(server.url(), Optional.empty())) {
      server.answering("\uFEFF{\"ErrorCode\":0}");
      assertEquals("0", outcome(receiver.post(CALLBACK, BUDGET)));
    }
  }

  @Test
  void anAnswerOfUpTo64KibibytesIsRead() {
    String head = "{\"ErrorCode\":0,\"x\":\"";
    String exact = head + "a".repeat(Receiver.MAX_ANSWER - head.length() - 2) + "\"}";
    try (TestReceiver server = TestReceiver.plain();
        Receiver receiver = receiver(server.url(), Optional.empty())) {
      server.answering(exact);
      assertEquals("0", outcome(receiver.post(CALLBACK, BUDGET)));
      server.answering(exact + " ");
      assertEquals("MALFORMED", outcome(receiver.post(CALLBACK, BUDGET)));
      server.answering("{\"ErrorCode\":0}");
      assertEquals("0", outcome(receiver.post(CALLBACK, BUDGET)));
    }
  }

  @Test
  void aRedirectIsNotFollowed() throws IOException {
    try (TestReceiver other = TestReceiver.plain();
        RawServer server =
            new RawServer(
                socket ->
                    answer(
                        socket,
                        "HTTP/1.1 302 Found\r\nLocation: "
                            + other.url()
                            + "?a=b\r\n"
                            + "Content-Length: 0\r\n\r\n"));
        Receiver receiver = receiver(server.url(), Optional.empty())) {
      assertEquals("STATUS", outcome(receiver.post(CALLBACK, BUDGET)));
      assertEquals(0, other.waiting());
    }
  }

  @Test
  void anAnswerThatNeverEndsIsGivenUpInTime() throws IOException {
    try (RawServer server =
            new RawServer(
                socket -> {
                  answer(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                  while (true) {
                    answer(socket, "1\r\n \r\n");
                    // A trickle that no single read would call a timeout.
                    socket.setSoTimeout(50);
                    try {
                      socket.getInputStream().read();
                    } catch (SocketTimeoutException e) {
                      // The client has nothing more to say.
                    }
                  }
                });
        Receiver receiver = receiver(server.url(), Optional.empty())) {
      long begin = System.nanoTime();
      assertEquals("UNREACHABLE", outcome(receiver.post(CALLBACK, Duration.ofMillis(700))));
      long millis = (System.nanoTime() - begin) / 1_000_000;
      assertTrue(millis >= 600 && millis < 1_900, millis + " ms");
    }
  }

  @Test
  void aReceiverThatSaysNothingIsGivenUpInTime() throws IOException {
    try (RawServer server = new RawServer(socket -> socket.getInputStream().readAllBytes());
        Receiver receiver = receiver(server.url(), Optional.empty())) {
      long begin = System.nanoTime();
      assertEquals("UNREACHABLE", outcome(receiver.post(CALLBACK, Duration.ofMillis(500))));
      assertTrue(System.nanoTime() - begin < 1_700_000_000L);
    }
  }

  @Test
  void aConnectionThatBreaksIsToldApartFromOneThatIsRefused() throws IOException {
    try (RawServer server =
            new RawServer(
                socket -> {
                  socket.getInputStream().read();
                  socket.setSoLinger(true, 0);
                });
        Receiver receiver = receiver(server.url(), Optional.empty())) {
      assertEquals("RESET", outcome(receiver.post(CALLBACK, BUDGET)));
    }
    // Bound and not listening: nobody else can take the port meanwhile.
    try (Socket holder = new Socket()) {
      holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      String deaf = "http://127.0.0.1:" + holder.getLocalPort() + "/";
      try (Receiver receiver = receiver(deaf, Optional.empty())) {
        assertEquals("REFUSED", outcome(receiver.post(CALLBACK, BUDGET)));
      }
    }
    try (Receiver receiver = receiver("http://no-such-host.invalid/", Optional.empty())) {
      assertEquals("UNREACHABLE", outcome(receiver.post(CALLBACK, BUDGET)));
    }
  }

  @Test
  void aKeptConnectionThatWasClosedMeanwhileIsReplaced() throws IOException {
    try (RawServer server =
            new RawServer(
                socket -> {
                  readRequest(socket);
                  answer(socket, "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"ErrorCode\":0}");
                });
        Receiver receiver = receiver(server.url(), Optional.empty())) {
      for (int i = 0; i < 5; i++) {
        assertEquals("0", outcome(receiver.post(CALLBACK, BUDGET)));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:9/",
    "http://localhost:9/",
    "http://[::1]:9/",
    "http://[::ffff:127.0.0.1]:9/",
    "http://[64:ff9b::7f00:1]:9/",
    "http://[2002:7f00:1::]:9/",
    "http://169.254.169.254/",
    "http://100.100.100.200/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://0.0.0.0:9/",
    "http://0.1.2.3:9/",
    "http://224.0.0.1/",
    "http://2130706433/"
  })
  void thisMachineAndItsSurroundingsAreRefusedUnlessAllowed(String url) {
    CallbackSettings strict = new CallbackSettings(List.of(), List.of(), true);
    try (Receiver receiver =
        new Receiver(1, url, Optional.empty(), CallbackSecrets.NONE, strict, Clock.systemUTC())) {
      String outcome = outcome(receiver.post(CALLBACK, BUDGET));
      assertTrue(
          outcome.equals("DENIED") || (url.contains("2130706433") && !outcome.equals("REFUSED")),
          outcome);
    }
  }

  @Test
  void aDeniedNetworkIsRefusedEvenIfAllowed() {
    CallbackSettings both =
        new CallbackSettings(
            List.of(AddressBlock.parse("127.0.0.0/8"), AddressBlock.parse("::1")),
            List.of(AddressBlock.parse("127.0.0.0/8"), AddressBlock.parse("::1")),
            true);
    try (TestReceiver server = TestReceiver.plain();
        Receiver receiver =
            new Receiver(
                1, server.url(), Optional.empty(), CallbackSecrets.NONE, both, Clock.systemUTC())) {
      assertEquals("DENIED", outcome(receiver.post(CALLBACK, BUDGET)));
      assertEquals(0, server.waiting());
    }
  }

  @Test
  void aCertificateMustBeTrusted() throws IOException {
    try (TestReceiver server = TestReceiver.tls(serverContext(Certificates.ec()), false)) {
      try (Receiver receiver = receiver(server.url(), CallbackSecrets.NONE, LOCAL)) {
        assertEquals("CERTIFICATE", outcome(receiver.post(CALLBACK, BUDGET)));
      }
      CallbackSecrets trusting =
          new CallbackSecrets(
              Optional.empty(), Optional.of(certificate(Certificates.ec())), Optional.empty());
      try (Receiver receiver = receiver(server.url(), trusting, LOCAL)) {
        assertEquals("0", outcome(receiver.post(CALLBACK, BUDGET)));
      }
      CallbackSettings blind = new CallbackSettings(LOCAL.allowed(), List.of(), false);
      try (Receiver receiver = receiver(server.url(), CallbackSecrets.NONE, blind)) {
        assertEquals("0", outcome(receiver.post(CALLBACK, BUDGET)));
      }
    }
  }

  @Test
  void anExpiredCertificateIsRefusedAlthoughItsIssuerIsTrusted() throws IOException {
    CallbackSecrets trusting =
        new CallbackSecrets(
            Optional.empty(), Optional.of(certificate(Certificates.expired())), Optional.empty());
    try (TestReceiver server = TestReceiver.tls(serverContext(Certificates.expired()), false);
        Receiver receiver = receiver(server.url(), trusting, LOCAL)) {
      assertEquals("CERTIFICATE", outcome(receiver.post(CALLBACK, BUDGET)));
    }
  }

  @Test
  void aCertificateOfAnotherNameIsRefused() throws IOException {
    CallbackSecrets trusting =
        new CallbackSecrets(
            Optional.empty(), Optional.of(certificate(Certificates.ec())), Optional.empty());
    try (TestReceiver server = TestReceiver.tls(serverContext(Certificates.ec()), false);
        Receiver receiver =
            receiver(server.url().replace("localhost", "127.0.0.2"), trusting, LOCAL)) {
      String outcome = outcome(receiver.post(CALLBACK, BUDGET));
      // Where the test's server listens on 127.0.0.1 alone there is nobody to show a certificate.
      assertTrue(outcome.equals("CERTIFICATE") || outcome.equals("REFUSED"), outcome);
    }
  }

  @Test
  void aReceiverMayAskForOurCertificate() throws IOException {
    Certificates.Identity server = Certificates.ec();
    Certificates.Identity client = Certificates.otherEc();
    SSLContext context =
        OutgoingTls.context(
            Optional.of(certificate(client)),
            Optional.of(identity(server)),
            OutgoingTls.Verification.ON);
    Optional<String> trust = Optional.of(certificate(server));
    try (TestReceiver asking = TestReceiver.tls(context, true)) {
      CallbackSecrets none = new CallbackSecrets(Optional.empty(), trust, Optional.empty());
      try (Receiver receiver = receiver(asking.url(), none, LOCAL)) {
        String outcome = outcome(receiver.post(CALLBACK, BUDGET));
        // The JDK's server may cut the connection before its alert is read.
        assertTrue(outcome.equals("CLIENT_CERTIFICATE") || outcome.equals("RESET"), outcome);
        assertEquals(0, asking.waiting());
      }
      CallbackSecrets own =
          new CallbackSecrets(Optional.empty(), trust, Optional.of(identity(client)));
      try (Receiver receiver = receiver(asking.url(), own, LOCAL)) {
        assertEquals("0", outcome(receiver.post(CALLBACK, BUDGET)));
      }
    }
  }

  private static String outcome(Answer answer) {
    return switch (answer) {
      case Answer.Given given -> Long.toString(given.errorCode());
      case Answer.Failed(Failure(Reason reason, String _)) -> reason.name();
    };
  }

  private static Receiver receiver(String url, Optional<String> token) {
    return new Receiver(1_400_000_001L, url, token, CallbackSecrets.NONE, LOCAL, Clock.systemUTC());
  }

  private static Receiver receiver(String url, CallbackSecrets secrets, CallbackSettings settings) {
    return new Receiver(1, url, Optional.empty(), secrets, settings, Clock.systemUTC());
  }

  private SSLContext serverContext(Certificates.Identity identity) throws IOException {
    return OutgoingTls.context(
        Optional.empty(), Optional.of(identity(identity)), OutgoingTls.Verification.ON);
  }

  private String certificate(Certificates.Identity identity) throws IOException {
    return pem(identity)[0];
  }

  private String identity(Certificates.Identity identity) throws IOException {
    String[] both = pem(identity);
    return both[0] + both[1];
  }

  private String[] pem(Certificates.Identity identity) throws IOException {
    Path certificate = folder.resolve("c.pem");
    Path key = folder.resolve("k.pem");
    identity.write(certificate, key);
    return new String[] {Files.readString(certificate), Files.readString(key)};
  }

  private static void readRequest(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        return;
      }
      head.append((char) next);
    }
    int at = head.indexOf("Content-Length: ");
    int length = Integer.parseInt(head.substring(at + 16, head.indexOf("\r", at)));
    socket.getInputStream().readNBytes(length);
  }

  private static void answer(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  /** Serves each connection by hand and closes it. */
  private static final class RawServer implements AutoCloseable {
    private final ServerSocket socket;

    interface Service {
      void serve(Socket connection) throws IOException;
    }

    RawServer(Service service) throws IOException {
      socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread.startVirtualThread(
          () -> {
            while (!socket.isClosed()) {
              try {
                Socket connection = socket.accept();
                Thread.startVirtualThread(() -> serve(service, connection));
              } catch (IOException e) {
                return;
              }
            }
          });
    }

    private static void serve(Service service, Socket connection) {
      try (connection) {
        service.serve(connection);
      } catch (IOException e) {
        // The other side has had enough.
      }
    }

    String url() {
      return "http://127.0.0.1:" + socket.getLocalPort() + "/";
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
