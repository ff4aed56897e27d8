package im.palisade.server.auditlog;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.log.AuditLog;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.jobs.Job;
import im.palisade.server.message.SequenceHeads;
import im.palisade.server.message.SequenceHeads.Head;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/**
 * Writes a digest of each hour that added to the log. Its facts commit to the messages that were
 * stored meanwhile: for each app their number, and by SHA-256 a file of the sequences that each
 * conversation got. A message has no event of its own; this is how a missing one is found.
 */
final class DigestWriting {
  private static final Duration EVERY = Duration.ofMinutes(1);

  /** A batch's time is that of its beginning; by then it is committed. */
  private static final Duration GRACE = Duration.ofMinutes(2);

  /** As long as the feed remembers, less than a day of safety. */
  private static final Duration REMEMBERED = Duration.ofHours(23);

  private final Regions regions;
  private final AuditLogFeature logs;
  private final SequenceHeads heads;
  private final Clock clock;

  DigestWriting(Regions regions, AuditLogFeature logs, SequenceHeads heads, Clock clock) {
    this.regions = regions;
    this.logs = logs;
    this.heads = heads;
    this.clock = clock;
  }

  Job job() {
    return new Job(
        "audit-digest",
        EVERY,
        AuditDeclaration.none("signs what the log holds already, and changes nothing of it"),
        this::run);
  }

  /** Writes every digest whose hour is over. */
  void run() {
    for (Region region : regions.all()) {
      Optional<AuditLog> log = logs.of(region).log();
      if (log.isPresent()) {
        try {
          write(region, log.get());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void write(Region region, AuditLog log) throws IOException {
    while (true) {
      Optional<AuditLog.Period> due = log.dueDigest();
      if (due.isEmpty()) {
        return;
      }
      Instant end = due.get().hour().plus(1, ChronoUnit.HOURS);
      Instant now = clock.instant();
      if (now.isBefore(end.plus(GRACE))) {
        return;
      }
      Instant begin =
          log.lastDigest().map(last -> last.plus(1, ChronoUnit.HOURS)).orElse(due.get().hour());
      Instant earliest = now.minus(REMEMBERED);
      Instant from = begin.isBefore(earliest) ? earliest : begin;
      Map<String, byte[]> objects = new HashMap<>();
      ObjectNode facts = facts(region, from, end, objects);
      log.writeDigest(due.get(), facts, objects);
    }
  }

  private ObjectNode facts(Region region, Instant from, Instant to, Map<String, byte[]> objects)
      throws IOException {
    ObjectNode facts = Json.object();
    facts.put("from", from.toString()).put("to", to.toString());
    ObjectNode apps = facts.putObject("apps");
    for (Map.Entry<Long, Collection<Head>> app : heads.within(region, from, to).entrySet()) {
      byte[] file = file(app.getValue());
      String name = HexFormat.of().formatHex(MerkleHash.sha256(file));
      objects.put(name, file);
      apps.putObject(Long.toString(app.getKey()))
          .put("conversations", app.getValue().size())
          .put("messages", app.getValue().stream().mapToLong(Head::messages).sum())
          .put("sequences", name);
    }
    return facts;
  }

  /** Gzipped lines of conversation, first and last sequence, in the order of conversations. */
  private static byte[] file(Collection<Head> heads) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      for (Head head : heads) {
        String line = head.conversationId() + " " + head.from() + " " + head.to() + "\n";
        out.write(line.getBytes(StandardCharsets.US_ASCII));
      }
    }
    return bytes.toByteArray();
  }
}
