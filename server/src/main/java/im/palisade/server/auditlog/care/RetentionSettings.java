package im.palisade.server.auditlog.care;

import im.palisade.compliance.audit.AuditEventCatalogue;
import im.palisade.compliance.audit.AuditEventType;
import im.palisade.server.config.Setting;
import im.palisade.server.config.SettingException;
import im.palisade.server.config.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How long entries of the audit log and what is kept beside them stay, and how often the log is
 * verified.
 *
 * @param keep empty: nothing is ever removed
 * @param groups periods of groups of event types that differ from it
 * @param approvers two persons who decided so
 * @param held ids whose entries stay whatever their age
 * @param keepSide how long personal values beside the entries stay; empty: until they are erased
 * @param verifyEvery empty: the server does not verify its log by itself
 */
public record RetentionSettings(
    Optional<Duration> keep,
    Map<String, Duration> groups,
    List<String> approvers,
    Set<String> held,
    Optional<Duration> keepSide,
    Optional<Duration> verifyEvery) {

  /** Six months, which is the longest of the shortest periods that laws ask for everywhere. */
  static final Duration LEAST = Duration.ofDays(183);

  private static final Setting<Optional<Duration>> KEEP =
      orNever(
          "audit.retention.keep",
          "never",
          "How long entries of the audit log are kept, 183d or more; then whole bundles of them"
              + " are removed, on record, and every proof still holds. never: all of them stay.");
  private static final Setting<List<String>> GROUPS =
      Setting.list(
          "audit.retention.groups",
          "",
          "Groups of event types that are kept for another time, as in content=3650d,audit=3650d;"
              + " groups are "
              + String.join(", ", groupNames())
              + ".");
  private static final Setting<List<String>> APPROVERS =
      Setting.list(
          "audit.retention.approved-by",
          "",
          "The two persons who decided that entries may go; stands in the record of each removal.");
  private static final Setting<List<String>> HELD =
      Setting.list(
          "audit.retention.hold",
          "",
          "SDKAppIDs, pseudonyms and other ids under legal hold: bundles with an entry that names"
              + " one stay, and so does all that is kept beside the entries.");
  private static final Setting<Optional<Duration>> KEEP_SIDE =
      orNever(
          "audit.retention.keep-aside",
          "never",
          "How long personal values that are kept beside the entries (addresses) stay, 183d or"
              + " more; no proof depends on them. never: until their person is erased.");
  private static final Setting<Optional<Duration>> VERIFY_EVERY =
      orNever(
          "audit.verify-every",
          "1d",
          "How often the server verifies its audit log from the first entry to the last; what comes"
              + " of it is on record. never: only who asks for it.");

  /** Every setting of retention, in the order of the reference. */
  public static final List<Setting<?>> SETTINGS =
      List.of(KEEP, GROUPS, APPROVERS, HELD, KEEP_SIDE, VERIFY_EVERY);

  /**
   * Takes these values out of the settings.
   *
   * @throws SettingException when a period is too short or not two persons approved
   */
  public static RetentionSettings from(Settings settings) {
    Optional<Duration> keep = longEnough(KEEP, settings.get(KEEP));
    List<String> approvers = settings.get(APPROVERS);
    if (keep.isPresent()
        && (approvers.size() < 2 || Set.copyOf(approvers).size() < approvers.size())) {
      throw new SettingException(
          APPROVERS.key(), "must name two different persons when " + KEEP.key() + " is set");
    }
    return new RetentionSettings(
        keep,
        groups(settings.get(GROUPS)),
        approvers,
        Set.copyOf(settings.get(HELD)),
        longEnough(KEEP_SIDE, settings.get(KEEP_SIDE)),
        settings.get(VERIFY_EVERY));
  }

  /** How long entries of that type stay. */
  Duration of(String type) {
    return groups.getOrDefault(
        AuditEventCatalogue.shipped().type(type).group(), keep.orElseThrow());
  }

  private static Map<String, Duration> groups(List<String> texts) {
    Map<String, Duration> periods = new HashMap<>();
    for (String text : texts) {
      String[] parts = text.split("=", -1);
      if (parts.length != 2 || !groupNames().contains(parts[0].strip())) {
        throw new SettingException(
            GROUPS.key(), "'" + text + "' is not a group of event types and a period");
      }
      try {
        Duration period = Setting.duration("", "", "").reader().apply(parts[1].strip());
        periods.put(parts[0].strip(), longEnough(GROUPS, Optional.of(period)).orElseThrow());
      } catch (IllegalArgumentException e) {
        throw new SettingException(GROUPS.key(), e.getMessage(), e);
      }
    }
    return Map.copyOf(periods);
  }

  private static Optional<Duration> longEnough(Setting<?> setting, Optional<Duration> period) {
    if (period.isPresent() && period.get().compareTo(LEAST) < 0) {
      throw new SettingException(setting.key(), "must be 183d or more");
    }
    return period;
  }

  private static List<String> groupNames() {
    return AuditEventCatalogue.shipped().all().stream()
        .map(AuditEventType::group)
        .distinct()
        .collect(Collectors.toList());
  }

  private static Setting<Optional<Duration>> orNever(
      String key, String defaultText, String meaning) {
    return new Setting<>(
        key,
        "e.g. 1095d, or never",
        defaultText,
        meaning,
        text ->
            text.strip().equals("never")
                ? Optional.empty()
                : Optional.of(Setting.duration("", "", "").reader().apply(text)));
  }
}
