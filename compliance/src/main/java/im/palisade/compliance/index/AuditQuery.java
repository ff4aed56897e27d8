package im.palisade.compliance.index;

import im.palisade.compliance.merkle.MerkleHash;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is looked for. An entry must fit every field that is given, and one of the values of each
 * list that is not empty.
 *
 * @param types event types; one that ends with a dot means all that begin so
 * @param subject whoever acted or was acted upon
 * @param from earliest time of the event, inclusive
 * @param until latest time, exclusive
 */
public record AuditQuery(
    List<String> types,
    List<String> outcomes,
    List<String> severities,
    Optional<String> app,
    Optional<String> actor,
    Optional<String> targetKind,
    Optional<String> target,
    Optional<String> subject,
    Optional<String> channel,
    Optional<String> request,
    Optional<String> caseId,
    Optional<Instant> from,
    Optional<Instant> until) {

  /** Everything. */
  public static final AuditQuery ALL =
      new AuditQuery(
          List.of(),
          List.of(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  public AuditQuery {
    types = List.copyOf(types);
    outcomes = List.copyOf(outcomes);
    severities = List.copyOf(severities);
  }

  /** What is asked, by name, as it is recorded and shown; only what is given. */
  public Map<String, String> asked() {
    Map<String, String> asked = new TreeMap<>();
    put(asked, "types", types);
    put(asked, "outcomes", outcomes);
    put(asked, "severities", severities);
    app.ifPresent(value -> asked.put("app", value));
    actor.ifPresent(value -> asked.put("actor", value));
    targetKind.ifPresent(value -> asked.put("targetKind", value));
    target.ifPresent(value -> asked.put("target", value));
    subject.ifPresent(value -> asked.put("subject", value));
    channel.ifPresent(value -> asked.put("channel", value));
    request.ifPresent(value -> asked.put("request", value));
    caseId.ifPresent(value -> asked.put("case", value));
    from.ifPresent(value -> asked.put("from", value.toString()));
    until.ifPresent(value -> asked.put("until", value.toString()));
    return asked;
  }

  /** Tells queries apart; see {@link SearchCursor}. */
  long fingerprint() {
    byte[] hash = MerkleHash.sha256(asked().toString().getBytes(StandardCharsets.UTF_8));
    long print = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      print = (print << Byte.SIZE) | (hash[i] & 255);
    }
    return print;
  }

  private static void put(Map<String, String> asked, String name, List<String> values) {
    if (!values.isEmpty()) {
      asked.put(name, String.join(",", values));
    }
  }
}
