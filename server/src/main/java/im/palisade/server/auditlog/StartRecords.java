package im.palisade.server.auditlog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.server.audit.Cause;
import im.palisade.server.config.DurableFiles;
import im.palisade.server.config.StartException;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.AuditTrail;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Puts on record what an operator changed while the server did not run: its version, its settings,
 * its tables. What was seen last stands in a file of the data directory.
 */
public final class StartRecords {
  private static final Pattern SECRET = Pattern.compile("(?i).*(password|secret|token).*");

  /** Settings that have an event type of their own, by how their keys begin. */
  private static final Map<String, String> TYPES =
      new TreeMap<>(
          Map.of(
              "audit.", "config.audit.set",
              "tls.", "config.tls.set",
              "limits.", "config.ratelimit.set",
              "webhook.", "config.callback.set",
              "console.idle-timeout", "config.authpolicy.set",
              "console.session-lifetime", "config.authpolicy.set",
              "console.confirm-for", "config.authpolicy.set",
              "console.second-factor", "config.authpolicy.set",
              "metrics.allowed-addresses", "config.allowlist.set",
              "rest.trusted-proxies", "config.allowlist.set"));

  private final Path file;
  private final AuditTrail trail;
  private final Clock clock;

  /** Remembers in that file. */
  public StartRecords(Path file, AuditTrail trail, Clock clock) {
    this.file = file;
    this.trail = trail;
    this.clock = clock;
  }

  /**
   * Records what differs from the last start.
   *
   * @param settings texts of the settings that were given
   * @throws im.palisade.server.store.AuditUnavailableException when that cannot be recorded
   */
  public void started(String version, boolean migrated, Map<String, String> settings) {
    try {
      JsonNode last = Files.exists(file) ? Json.mapper().readTree(file.toFile()) : Json.object();
      Cause cause = Cause.system(clock.instant());
      List<AuditEvent> events = new ArrayList<>();
      String before = last.path("version").asText();
      if (!before.equals(version)) {
        events.add(
            cause
                .event("software.install", new Target("software", "palisade"))
                .withBefore(before.isEmpty() ? Map.of() : Map.of("version", before))
                .withChange(Map.of("version", version)));
      }
      if (migrated) {
        events.add(cause.event("migration.run", new Target("database", "home")));
      }
      Map<String, String> now = new TreeMap<>();
      settings.forEach((key, value) -> now.put(key, shown(key, value)));
      events.addAll(changes(cause, last.path("settings"), now));
      events.add(cause.event("node.join", new Target("node", "self")));
      trail.append(events);
      ObjectNode seen = Json.object().put("version", version);
      now.forEach(seen.putObject("settings")::put);
      DurableFiles.write(file, seen.toString(), "rw-------");
    } catch (IOException e) {
      throw new StartException(file + " cannot be kept: " + e.getMessage(), e);
    }
  }

  /** Records that the node stops. */
  public void stopping() {
    trail.offer(Cause.system(clock.instant()).event("node.leave", new Target("node", "self")));
  }

  private static List<AuditEvent> changes(Cause cause, JsonNode before, Map<String, String> now) {
    TreeSet<String> keys = new TreeSet<>(now.keySet());
    before.fieldNames().forEachRemaining(keys::add);
    List<AuditEvent> events = new ArrayList<>();
    for (String key : keys) {
      Map<String, Object> old =
          before.has(key) ? Map.of("value", before.path(key).asText()) : Map.of();
      Map<String, Object> fresh = now.containsKey(key) ? Map.of("value", now.get(key)) : Map.of();
      if (!old.equals(fresh)) {
        events.add(
            cause
                .event(type(key), Outcome.SUCCESS, List.of(new Target("setting", key)))
                .withBefore(old)
                .withChange(fresh.isEmpty() ? Map.of("value", "") : fresh));
      }
    }
    return events;
  }

  private static String type(String key) {
    return TYPES.entrySet().stream()
        .filter(type -> key.startsWith(type.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("config.change");
  }

  /** Secrets appear as fingerprints. */
  private static String shown(String key, String value) {
    String text = value.length() > 500 ? value.substring(0, 500) : value;
    return SECRET.matcher(key).matches()
        ? "sha256:"
            + HexFormat.of()
                .formatHex(MerkleHash.sha256(value.getBytes(StandardCharsets.UTF_8)))
                .substring(0, 16)
        : text;
  }
}
