package im.palisade.compliance.log;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/** A clock that a test moves, and the digests of the hours that are over then. */
public final class MovedClock implements InstantSource {
  private volatile Instant now = Events.NOW;

  @Override
  public Instant instant() {
    return now;
  }

  /** Lets an hour pass and an event come, and writes the digest that is due. */
  public void hourPasses(AuditLog log, byte[] object) throws IOException {
    now = now.plus(Duration.ofHours(1));
    log.append(Events.draft(0));
    String name = HexFormat.of().formatHex(im.palisade.compliance.merkle.MerkleHash.sha256(object));
    Optional<AuditLog.Period> due = log.dueDigest();
    log.writeDigest(
        due.orElseThrow(),
        JsonNodeFactory.instance.objectNode().put("messages", 5).put("sequences", name),
        Map.of(name, object));
  }

  /** The same with some object. */
  public void hourPasses(AuditLog log) throws IOException {
    hourPasses(log, "1 1 5\n".getBytes(StandardCharsets.UTF_8));
  }
}
