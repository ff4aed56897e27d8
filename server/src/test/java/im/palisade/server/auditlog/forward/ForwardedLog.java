package im.palisade.server.auditlog.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.event.CanonicalJson;
import im.palisade.compliance.export.ExportFormat;
import im.palisade.compliance.index.EntryPosition;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.server.auditlog.SampleLog;
import im.palisade.server.protocol.Json;
import im.palisade.server.security.Certificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** A log without a server, and forwarders of it. */
final class ForwardedLog implements AutoCloseable {
  static final Forwarder.Pace QUICK =
      new Forwarder.Pace(Duration.ofMillis(50), Duration.ofMillis(20), Duration.ofMillis(100));

  static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Pattern PLACE = Pattern.compile(" idx=\"([0-9]+)\" leaf=\"([^\"]+)\"");

  private final Path folder;
  private final SampleLog sample;

  ForwardedLog(Path folder) throws IOException {
    this.folder = folder;
    this.sample = new SampleLog(folder.resolve("log"));
  }

  void append(int count) {
    sample.append(count);
  }

  long size() {
    return sample.log().size();
  }

  /** Where a forwarder to that kind of receiver keeps its position. */
  Path position(String receiver) {
    return folder.resolve(receiver + ".json");
  }

  Forwarder forwarder(Receiver receiver) throws IOException {
    return forwarder(receiver, QUICK);
  }

  Forwarder forwarder(Receiver receiver, Forwarder.Pace pace) throws IOException {
    Forwarder forwarder =
        new Forwarder(
            "eu-1",
            sample.entries(),
            receiver,
            position(receiver.name()),
            EntryPosition.START,
            pace,
            Clock.systemUTC());
    forwarder.start();
    return forwarder;
  }

  static Receiver syslog(SyslogCollector collector) throws IOException {
    return new SyslogReceiver(
        "localhost", collector.port(), ReceiverTls.client(Certificates.ec(), Optional.empty()));
  }

  static Receiver web(WebCollector collector) throws IOException {
    return new WebReceiver(
        collector.url(),
        ExportFormat.JSONL,
        Optional.of("secret-token"),
        ReceiverTls.client(Certificates.ec(), Optional.empty()));
  }

  static void awaitAll(Forwarder forwarder) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> forwarder.state().behind() == 0);
  }

  /** The leaf index that a message of syslog says, which is that of the entry it carries. */
  static long indexOfMessage(String message) {
    Matcher place = PLACE.matcher(message);
    assertTrue(place.find(), message);
    byte[] entry = message.substring(message.indexOf("] {") + 2).getBytes(StandardCharsets.UTF_8);
    assertEquals(leaf(entry), place.group(2), message);
    return Long.parseLong(place.group(1));
  }

  /** The same of a line of JSON. */
  static long indexOfLine(String line) {
    try {
      JsonNode copy = Json.mapper().readTree(line);
      byte[] entry = CanonicalJson.bytes(copy.get("event"));
      assertEquals(leaf(entry), copy.path("leaf").asText());
      return copy.path("index").asLong();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String leaf(byte[] entry) {
    return Base64.getEncoder().encodeToString(MerkleHash.leaf(entry));
  }

  @Override
  public void close() {
    sample.close();
  }
}
