package im.palisade.server.auditlog;

import im.palisade.compliance.audit.AuditEventCatalogue;
import im.palisade.compliance.audit.AuditEventType;
import im.palisade.server.config.Setting;
import im.palisade.server.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How the audit log is kept.
 *
 * @param deployment first part of the log's name; empty to draw one at the first start
 * @param directory where logs are; empty for {@code audit} in the data directory
 * @param spillDirectory where events wait while the log cannot be written; empty for {@code
 *     audit-spill} in the data directory
 * @param spillMax how long acts go on that way
 * @param spillBytes most bytes that wait
 * @param optional types that are recorded though they need not be
 * @param eraseDeleted how long after its deletion an account's side records become unreadable;
 *     empty: they are kept
 */
public record AuditLogSettings(
    Optional<String> deployment,
    Optional<Path> directory,
    Optional<Path> spillDirectory,
    Duration spillMax,
    long spillBytes,
    Set<String> optional,
    Optional<Duration> eraseDeleted) {

  private static final Setting<Optional<String>> DEPLOYMENT =
      new Setting<>(
          "audit.deployment",
          "letters, digits and hyphens",
          "",
          "Name of this installation in its audit log (NAME.palisade/REGION/EPOCH); can't be"
              + " changed later. Empty: one is drawn at the first start.",
          text -> {
            if (text.isBlank()) {
              return Optional.empty();
            }
            if (!text.strip().matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")) {
              throw new IllegalArgumentException("'" + text + "' is not such a name");
            }
            return Optional.of(text.strip());
          });
  private static final Setting<Optional<Path>> DIRECTORY =
      Setting.path(
          "audit.directory", "Where the audit log is kept. Empty: audit/ of the data directory.");
  private static final Setting<Optional<Path>> SPILL_DIRECTORY =
      Setting.path(
          "audit.spill.directory",
          "Where events wait, encrypted, while the audit log cannot be written; best on another"
              + " disk. Empty: audit-spill/ of the data directory.");
  private static final Setting<Duration> SPILL_MAX =
      Setting.duration(
          "audit.spill.max",
          "15m",
          "How long acts that must be on record go on while the audit log cannot be written;"
              + " then they are refused.");
  private static final Setting<Long> SPILL_BYTES =
      Setting.size(
          "audit.spill.max-size", "256MiB", "Most bytes of events that wait that way; see before.");
  private static final Setting<Set<String>> OPTIONAL =
      new Setting<>(
          "audit.optional",
          "event types separated by commas",
          optionalTypes().stream()
              .filter(AuditEventType::onByDefault)
              .map(AuditEventType::id)
              .collect(Collectors.joining(",")),
          "Optional event types that are recorded, of: "
              + optionalTypes().stream().map(AuditEventType::id).collect(Collectors.joining(", "))
              + ". All others always are. rest.ratelimited and message.blocked are counts of a"
              + " minute.",
          AuditLogSettings::types);
  private static final Setting<Optional<Duration>> ERASE_DELETED =
      new Setting<>(
          "audit.erase-deleted-after",
          "e.g. 1m, 180d, or never",
          "1m",
          "How long after the deletion of an account the personal values kept beside its audit"
              + " events (addresses) are made unreadable. Where a law asks to keep them, say so"
              + " here.",
          text ->
              text.strip().equals("never")
                  ? Optional.empty()
                  : Optional.of(Setting.duration("", "", "").reader().apply(text)));

  /** Every setting of this feature, in the order of the reference. */
  public static final List<Setting<?>> SETTINGS =
      List.of(
          DEPLOYMENT, DIRECTORY, SPILL_DIRECTORY, SPILL_MAX, SPILL_BYTES, OPTIONAL, ERASE_DELETED);

  /** Takes this feature's values out of the settings. */
  public static AuditLogSettings from(Settings settings) {
    return new AuditLogSettings(
        settings.get(DEPLOYMENT),
        settings.get(DIRECTORY),
        settings.get(SPILL_DIRECTORY),
        settings.get(SPILL_MAX),
        settings.get(SPILL_BYTES),
        settings.get(OPTIONAL),
        settings.get(ERASE_DELETED));
  }

  private static List<AuditEventType> optionalTypes() {
    return AuditEventCatalogue.shipped().all().stream().filter(type -> !type.mandatory()).toList();
  }

  private static Set<String> types(String text) {
    Set<String> known =
        optionalTypes().stream().map(AuditEventType::id).collect(Collectors.toSet());
    Set<String> named =
        Arrays.stream(text.split(",", -1))
            .map(String::strip)
            .filter(id -> !id.isEmpty())
            .collect(Collectors.toUnmodifiableSet());
    for (String id : named) {
      if (!known.contains(id)) {
        throw new IllegalArgumentException("'" + id + "' is not an optional event type");
      }
    }
    return named;
  }
}
