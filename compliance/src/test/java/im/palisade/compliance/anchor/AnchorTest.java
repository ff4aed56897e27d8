package im.palisade.compliance.anchor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.DecodeHintType;
import com.google.zxing.LuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.file.DiskFiles;
import im.palisade.compliance.log.AuditLog;
import im.palisade.compliance.log.Events;
import im.palisade.compliance.verify.Finding;
import im.palisade.compliance.verify.Finding.Kind;
import im.palisade.compliance.verify.LogVerifier;
import im.palisade.compliance.verify.VerifyOptions;
import im.palisade.compliance.verify.VerifyReport;
import im.palisade.compliance.witness.Witness;
import im.palisade.compliance.witness.WitnessServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampResponseGenerator;
import org.bouncycastle.tsp.TimeStampTokenGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Anchors against real counterparts on loopback. */
class AnchorTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final InstantSource CLOCK = InstantSource.fixed(Events.NOW);

  private final Ed25519Signer signer = Ed25519Signer.generate("test.palisade/eu-1/1");
  private final VerifyOptions options = VerifyOptions.trusting(List.of(signer.verifierKey()));
  @TempDir Path folder;

  @Test
  void aWitnessCosignsWhatContinuesAndTheVerifierCountsIt() throws Exception {
    Ed25519Signer key = Ed25519Signer.generate("auditor.example/w1");
    Path log = folder.resolve("log");
    try (WitnessServer server = witness(key);
        AuditLog writer = Events.open(new DiskFiles(log), signer)) {
      WitnessAnchor anchor = anchor(server, key);
      Events.fill(writer, 10);
      assertEquals(11, writer.anchor(anchor));
      Events.fill(writer, 300);
      writer.anchor(anchor);
      // Another client knows nothing of what the witness saw; it learns and goes on.
      writer.anchor(anchor(server, key));
    }
    VerifyOptions with = options.withWitnesses(List.of(witnessKey(key)));
    VerifyReport report = LogVerifier.verify(log, with);
    assertEquals("good", report.result(), report.text());
    assertEquals(2, report.parts().getFirst().cosignedBy().size(), report.text());
    assertEquals(2, LogVerifier.verify(log, options).exitCode(), "unchecked is not good");

    Path receipt = log.resolve("1/anchors/311/witness");
    byte[] bytes = Files.readAllBytes(receipt);
    bytes[bytes.length - 10] ^= 2;
    Files.write(receipt, bytes);
    report = LogVerifier.verify(log, with);
    assertEquals(1, report.exitCode(), report.text());
    assertEquals("1/anchors/311/witness", report.findings().getFirst().file(), report.text());
  }

  @Test
  void aWitnessRefusesAForkAndARollBackAlsoAfterItsRestart() throws Exception {
    Ed25519Signer key = Ed25519Signer.generate("auditor.example/w1");
    Path log = folder.resolve("log");
    try (AuditLog writer = Events.open(new DiskFiles(log), signer)) {
      try (WitnessServer server = witness(key)) {
        Events.fill(writer, 20);
        writer.anchor(anchor(server, key));
      }
      try (WitnessServer server = witness(key);
          AuditLog fork = Events.open(new DiskFiles(folder.resolve("fork")), signer)) {
        Events.fill(fork, 10);
        IOException rolledBack =
            assertThrows(IOException.class, () -> fork.anchor(anchor(server, key)));
        assertTrue(String.valueOf(rolledBack.getMessage()).contains("rolled back"));
        Events.fill(fork, 10);
        assertTrue(
            String.valueOf(
                    assertThrows(IOException.class, () -> fork.anchor(anchor(server, key)))
                        .getMessage())
                .contains("409"));
        Events.fill(fork, 10);
        assertTrue(
            String.valueOf(
                    assertThrows(IOException.class, () -> fork.anchor(anchor(server, key)))
                        .getMessage())
                .contains("422"));
        Events.fill(writer, 5);
        assertEquals(26, writer.anchor(anchor(server, key)));
      }
    }
    try (var files = Files.list(folder.resolve("witness"))) {
      assertEquals(
          2,
          files.filter(file -> file.getFileName().toString().startsWith("refused-")).count(),
          "it keeps both histories as proof");
    }
  }

  @Test
  void aWitnessAnswersAsTheSpecificationSays() throws Exception {
    Witness witness =
        new Witness(
            folder.resolve("witness"),
            "w/1",
            Ed25519Signer.generate("w/1"),
            List.of(signer.verifierKey()),
            CLOCK);
    String text = "test.palisade/eu-1/1\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    SignedNote good = SignedNote.sign(text, List.of(signer));
    assertEquals(400, status(witness, "nonsense"));
    assertEquals(400, status(witness, "old 05\n\n" + good));
    assertEquals(400, status(witness, "old 0\nAAAA\n\n" + good));
    assertEquals(400, status(witness, "old 6\n\n" + good));
    assertEquals(400, status(witness, "old 0\n" + "x".repeat(70_000)));
    Ed25519Signer stranger = Ed25519Signer.generate("other/1");
    assertEquals(
        404,
        status(
            witness,
            "old 0\n\n" + SignedNote.sign(text.replace("test", "tost"), List.of(stranger))));
    assertEquals(
        403,
        status(
            witness,
            "old 0\n\n" + SignedNote.sign(text, List.of(stranger.named("test.palisade/eu-1/1")))));
    assertEquals(409, status(witness, "old 3\n\n" + good));
    assertEquals(200, status(witness, "old 0\n\n" + good));
    assertEquals(409, status(witness, "old 0\n\n" + good));
    assertEquals(200, status(witness, "old 5\n\n" + good));
    SignedNote bigger = SignedNote.sign(text.replace("\n5\n", "\n6\n"), List.of(signer));
    assertEquals(422, status(witness, "old 5\n\n" + bigger));
  }

  @Test
  void aTimeStampProvesTheTimeAndContradictsAClockThatRunsAhead() throws Exception {
    KeyPair keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
    X509Certificate certificate = tsaCertificate(keys);
    Path log = folder.resolve("log");
    HttpServer tsa = serve(exchange -> stamp(exchange, keys, certificate, Events.NOW));
    try (AuditLog writer = Events.open(new DiskFiles(log), signer)) {
      Events.fill(writer, 20);
      writer.anchor(new TimestampAnchor("rfc3161", uri(tsa), List.of(certificate)));
    } finally {
      tsa.stop(0);
    }
    VerifyOptions with = options.withAuthorities(List.of(certificate));
    VerifyReport report = LogVerifier.verify(log, with);
    assertEquals("good", report.result(), report.text());
    assertTrue(report.text().contains("CN=TSA of the test"), report.text());
    X509Certificate other = tsaCertificate(KeyPairGenerator.getInstance("EC").generateKeyPair());
    report = LogVerifier.verify(log, options.withAuthorities(List.of(other)));
    assertTrue(kinds(report).contains(Kind.ANCHOR_CHANGED), report.text());

    // The same for a log whose clock is a day ahead of the authority's.
    Path ahead = folder.resolve("ahead");
    HttpServer late = serve(e -> stamp(e, keys, certificate, Events.NOW.minus(Duration.ofDays(1))));
    try (AuditLog writer = Events.open(new DiskFiles(ahead), signer)) {
      writer.anchor(new TimestampAnchor("rfc3161", uri(late), List.of()));
    } finally {
      late.stop(0);
    }
    report = LogVerifier.verify(ahead, with);
    assertEquals(List.of(Kind.CLOCK_CONTRADICTED), kinds(report), report.text());
  }

  @Test
  void aFolderIsWrittenOnceAndTellsARestoredLogWhatItLost() throws Exception {
    FolderAnchor anchor = new FolderAnchor("folder", folder.resolve("worm"), CLOCK);
    Path log = folder.resolve("log");
    try (AuditLog writer = Events.open(new DiskFiles(log), signer)) {
      Events.fill(writer, 20);
      writer.anchor(anchor);
    }
    assertEquals("good", LogVerifier.verify(log, options).result());
    List<SignedNote> known = anchor.newest("test.palisade/eu-1/1");
    assertEquals(1, known.size());
    try (AuditLog fork = Events.open(new DiskFiles(folder.resolve("fork")), signer)) {
      Events.fill(fork, 20);
      assertThrows(IOException.class, () -> fork.anchor(anchor));
    }
    VerifyReport report = LogVerifier.verify(folder.resolve("fork"), options.withKnown(known));
    assertTrue(kinds(report).contains(Kind.FORKED), report.text());
    Path receipt = log.resolve("1/anchors/21/folder");
    Files.writeString(receipt, Files.readString(receipt).replace("worm", "warm"));
    assertTrue(kinds(LogVerifier.verify(log, options)).contains(Kind.ANCHOR_CHANGED));
  }

  @Test
  void aCopyThatWasCutOffHidesNoneBeforeIt() throws Exception {
    FolderAnchor anchor = new FolderAnchor("folder", folder.resolve("worm"), CLOCK);
    try (AuditLog writer = Events.open(new DiskFiles(folder.resolve("log")), signer)) {
      Events.fill(writer, 20);
      writer.anchor(anchor);
    }
    String known = anchor.newest("test.palisade/eu-1/1").toString();
    Path copies = folder.resolve("worm/test.palisade_eu-1/1");
    String whole = Files.readString(copies.resolve("%018d".formatted(21)));
    Files.writeString(copies.resolve("%018d".formatted(22)), "");
    Files.writeString(copies.resolve("%018d".formatted(23)), whole.substring(0, 40));
    Files.write(copies.resolve("%018d".formatted(24)), new byte[] {-1, -2, 0, 0});
    assertEquals(known, anchor.newest("test.palisade/eu-1/1").toString());
  }

  @Test
  void anObjectStoreLocksTheCheckpointWhenTheSignatureIsRight() throws Exception {
    SigV4 credentials = new SigV4("AKID", "secret", "eu-1");
    Map<String, byte[]> objects = new TreeMap<>();
    HttpServer store = serve(exchange -> store(exchange, credentials, objects));
    Path log = folder.resolve("log");
    try (AuditLog writer = Events.open(new DiskFiles(log), signer)) {
      writer.anchor(bucket(store, credentials, PATIENCE));
      SigV4 wrong = new SigV4("AKID", "guessed", "eu-1");
      assertThrows(IOException.class, () -> writer.anchor(bucket(store, wrong, PATIENCE)));
      assertTrue(
          Arrays.equals(
              writer.keep().toString().getBytes(StandardCharsets.UTF_8),
              objects.get("/audit/test.palisade/eu-1/1/1")));
    } finally {
      store.stop(0);
    }
    assertEquals("good", LogVerifier.verify(log, options).result());
  }

  @Test
  void aPlaceThatNeverAnswersOrNeverEndsItsAnswerIsGivenUp() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    HttpServer silent = serve(_ -> end.await());
    HttpServer endless =
        serve(
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              exchange.getResponseBody().write('a');
              exchange.getResponseBody().flush();
              end.await();
            });
    try (AuditLog writer = Events.open(new DiskFiles(folder.resolve("log")), signer)) {
      for (HttpServer place : List.of(silent, endless)) {
        Anchor anchor = bucket(place, new SigV4("AKID", "secret", "eu-1"), Duration.ofMillis(200));
        IOException failed = assertThrows(IOException.class, () -> writer.anchor(anchor));
        assertTrue(failed.getMessage().contains("no answer within"), failed::toString);
      }
    } finally {
      end.countDown();
      silent.stop(0);
      endless.stop(0);
    }
    assertFalse(Files.exists(folder.resolve("log/1/anchors")));
  }

  private static ObjectLockAnchor bucket(HttpServer store, SigV4 credentials, Duration patience)
      throws Exception {
    return new ObjectLockAnchor(
        "object-lock",
        URI.create(uri(store) + "/audit"),
        Duration.ofDays(400),
        credentials,
        SSLContext.getDefault(),
        CLOCK,
        patience);
  }

  /** The example "GET Object" of the documentation of Signature Version 4 for S3. */
  @Test
  void aRequestIsSignedAsTheServicesDocumentationDoes() {
    SigV4 signer =
        new SigV4("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1");
    Map<String, String> headers =
        signer.headers(
            "GET",
            URI.create("https://examplebucket.s3.amazonaws.com/test.txt"),
            Map.of("range", "bytes=0-9"),
            new byte[0],
            Instant.parse("2013-05-24T00:00:00Z"));
    assertTrue(
        String.valueOf(headers.get("authorization"))
            .endsWith(
                "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"));
  }

  @Test
  void aPrintedPageHoldsTheCheckpointInItsSquare() throws Exception {
    SignedNote note =
        SignedNote.sign(
            "test.palisade/eu-1/1\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
            List.of(signer));
    String page = PaperPage.html(note, Events.NOW);
    assertEquals(note.toString(), scan(page));
    assertFalse(page.contains("<script") || page.contains("src="), page);
    assertTrue(
        Receipt.parse(PaperPage.receipt(note, "safe 3", Events.NOW))
            .isOf(note.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private static String scan(String page) throws Exception {
    Matcher box = Pattern.compile("viewBox=\"0 0 ([0-9]+) ").matcher(page);
    assertTrue(box.find());
    int size = Integer.parseInt(box.group(1));
    int scale = 4;
    byte[] light = new byte[size * size * scale * scale];
    Arrays.fill(light, (byte) 255);
    Matcher dots = Pattern.compile("M([0-9]+) ([0-9]+)h1").matcher(page);
    while (dots.find()) {
      for (int y = 0; y < scale; y++) {
        int row = Integer.parseInt(dots.group(2)) * scale + y;
        int from = row * size * scale + Integer.parseInt(dots.group(1)) * scale;
        Arrays.fill(light, from, from + scale, (byte) 0);
      }
    }
    LuminanceSource source =
        new LuminanceSource(size * scale, size * scale) {
          @Override
          public byte[] getRow(int y, byte[] row) {
            return Arrays.copyOfRange(light, y * getWidth(), (y + 1) * getWidth());
          }

          @Override
          public byte[] getMatrix() {
            return light;
          }
        };
    // The picture is exact: nothing has to be searched for in it, which goes wrong now and then.
    return new QRCodeReader()
        .decode(
            new BinaryBitmap(new HybridBinarizer(source)),
            Map.of(DecodeHintType.PURE_BARCODE, true))
        .getText();
  }

  private WitnessServer witness(Ed25519Signer key) throws IOException {
    return new WitnessServer(
        new Witness(
            folder.resolve("witness"),
            "auditor.example/w1",
            key,
            List.of(signer.verifierKey()),
            CLOCK),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private static WitnessAnchor anchor(WitnessServer server, Ed25519Signer key) {
    return new WitnessAnchor(
        "witness", URI.create("http://127.0.0.1:" + server.port()), witnessKey(key));
  }

  private static im.palisade.compliance.checkpoint.VerifierKey witnessKey(Ed25519Signer key) {
    return im.palisade.compliance.checkpoint.VerifierKey.of(
        "auditor.example/w1",
        im.palisade.compliance.checkpoint.VerifierKey.COSIGNATURE,
        key.verifierKey().raw());
  }

  private static int status(Witness witness, String body) throws IOException {
    return witness.addCheckpoint(body.getBytes(StandardCharsets.UTF_8)).status();
  }

  private static List<Kind> kinds(VerifyReport report) {
    return report.findings().stream().map(Finding::kind).distinct().toList();
  }

  private interface Handler {
    void handle(HttpExchange exchange) throws Exception;
  }

  private static HttpServer serve(Handler handler) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            handler.handle(exchange);
          } catch (Exception e) {
            throw new IOException(e);
          }
        });
    server.start();
    return server;
  }

  private static URI uri(HttpServer server) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private static X509Certificate tsaCertificate(KeyPair keys) throws Exception {
    X500Name name = new X500Name("CN=TSA of the test");
    var builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.TEN,
            Date.from(Events.NOW.minus(Duration.ofDays(10))),
            Date.from(Events.NOW.plus(Duration.ofDays(10))),
            name,
            keys.getPublic());
    builder.addExtension(
        Extension.extendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_timeStamping));
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }

  private static void stamp(
      HttpExchange exchange, KeyPair keys, X509Certificate certificate, Instant now)
      throws Exception {
    TimeStampRequest request = new TimeStampRequest(exchange.getRequestBody().readAllBytes());
    var generator =
        new TimeStampTokenGenerator(
            new JcaSimpleSignerInfoGeneratorBuilder()
                .build("SHA256withECDSA", keys.getPrivate(), certificate),
            new JcaDigestCalculatorProviderBuilder()
                .build()
                .get(
                    new org.bouncycastle.asn1.x509.AlgorithmIdentifier(
                        org.bouncycastle.asn1.oiw.OIWObjectIdentifiers.idSHA1)),
            new org.bouncycastle.asn1.ASN1ObjectIdentifier("1.2.3.4"));
    generator.addCertificates(new JcaCertStore(List.of(certificate)));
    byte[] answer =
        new TimeStampResponseGenerator(generator, TSPAlgorithms.ALLOWED)
            .generate(request, BigInteger.ONE, Date.from(now))
            .getEncoded();
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
  }

  /** Takes an object as S3 does, and gives it back: the signature is made anew from what came. */
  private static void store(HttpExchange exchange, SigV4 credentials, Map<String, byte[]> objects)
      throws Exception {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String authorization = exchange.getRequestHeaders().getFirst("authorization");
    Matcher names = Pattern.compile("SignedHeaders=([^,]+),").matcher(authorization);
    assertTrue(names.find());
    Map<String, String> signed = new TreeMap<>();
    for (String name : names.group(1).split(";", -1)) {
      if (!name.equals("host") && !name.equals("x-amz-date") && !name.endsWith("sha256")) {
        signed.put(name, exchange.getRequestHeaders().getFirst(name));
      }
    }
    URI uri =
        URI.create(
            "http://" + exchange.getRequestHeaders().getFirst("host") + exchange.getRequestURI());
    String method = exchange.getRequestMethod();
    String expected =
        credentials.headers(method, uri, signed, body, Events.NOW).get("authorization");
    if (!authorization.equals(expected)) {
      exchange.sendResponseHeaders(403, -1);
    } else if (method.equals("PUT")) {
      assertEquals("COMPLIANCE", signed.get("x-amz-object-lock-mode"));
      assertEquals(
          "2027-12-28T", signed.get("x-amz-object-lock-retain-until-date").substring(0, 11));
      objects.put(uri.getPath(), body);
      exchange.getResponseHeaders().set("x-amz-version-id", "v1");
      exchange.sendResponseHeaders(200, -1);
    } else {
      assertEquals("versionId=v1", uri.getQuery());
      byte[] object = objects.get(uri.getPath());
      exchange.getResponseHeaders().set("x-amz-object-lock-mode", "COMPLIANCE");
      exchange
          .getResponseHeaders()
          .set(
              "x-amz-object-lock-retain-until-date",
              Events.NOW.plus(Duration.ofDays(400)).toString());
      exchange.sendResponseHeaders(200, object.length);
      exchange.getResponseBody().write(object);
    }
  }
}
