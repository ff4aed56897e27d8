package im.palisade.compliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.LogKey;
import im.palisade.compliance.verify.Finding.Kind;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The keys of an epoch: which of them somebody trusted vouches for, and what they signed. */
final class EpochKeys {
  private static final Duration OVERLAP = Duration.ofDays(1);

  private final EpochFiles epoch;
  private final String origin;
  private final Set<String> trusted;
  private final Findings findings;
  private final Map<String, LogKey> files = new LinkedHashMap<>();
  private final Map<String, LogKey> recorded = new LinkedHashMap<>();
  private final Set<String> vouched = new TreeSet<>();
  private final IdentityHashMap<SignedNote, List<String>> signers = new IdentityHashMap<>();
  private boolean damaged;

  /**
   * The keys of an epoch.
   *
   * @param trusted raw keys in hexadecimal; those that prove to be endorsed are added
   */
  EpochKeys(EpochFiles epoch, String origin, Set<String> trusted, Findings findings) {
    this.epoch = epoch;
    this.origin = origin;
    this.trusted = trusted;
    this.findings = findings;
  }

  void read() throws IOException {
    for (String name : epoch.list("keys")) {
      String path = epoch.path("keys/" + name);
      String text = epoch.text("keys/" + name).orElse("");
      try {
        LogKey key = LogKey.parse(text);
        if (!key.file().equals(text)
            || !key.key().idHex().equals(name)
            || !key.key().name().equals(origin)) {
          throw new IllegalArgumentException("not as it is written by the log");
        }
        files.put(name, key);
      } catch (IllegalArgumentException e) {
        damaged = true;
        findings.add(Kind.KEY_CHANGED, path, String.valueOf(e.getMessage()));
      }
    }
  }

  /** Without a key by another path the first keys are taken at their word. */
  void takeFirstOnTrust() {
    files.values().stream()
        .filter(key -> key.endorsement().isEmpty())
        .forEach(key -> trusted.add(hex(key.key())));
  }

  /** What the log itself records of its keys. */
  void learnStart(JsonNode after) {
    for (JsonNode key : after.path("epoch").path("keys")) {
      learn(key.path("key").asText(), key.path("validFrom").asText(), Optional.empty());
    }
  }

  void learnRotation(JsonNode after) {
    learn(
        after.path("key").asText(),
        after.path("validFrom").asText(),
        Optional.of(after.path("endorsedBy").asText() + " " + after.path("endorsement").asText()));
  }

  private void learn(String line, String from, Optional<String> endorsement) {
    try {
      VerifierKey key = VerifierKey.parse(line);
      recorded.put(
          key.idHex(), new LogKey(key, Instant.parse(from), Optional.empty(), endorsement));
    } catch (IllegalArgumentException | DateTimeException e) {
      findings.add(Kind.NOT_AN_EVENT, "", "a key record that names no key");
    }
  }

  /** Finds out whom somebody trusted vouches for. */
  void settle() {
    Map<String, LogKey> all = new LinkedHashMap<>(recorded);
    all.putAll(files);
    boolean more = true;
    while (more) {
      more = false;
      for (LogKey key : all.values()) {
        if (!vouched.contains(key.key().idHex())
            && (trusted.contains(hex(key.key())) || endorsed(key, all))) {
          vouched.add(key.key().idHex());
          trusted.add(hex(key.key()));
          more = true;
        }
      }
    }
  }

  private boolean endorsed(LogKey key, Map<String, LogKey> all) {
    return all.values().stream()
        .anyMatch(
            old ->
                vouched.contains(old.key().idHex())
                    && old.isValid(key.from())
                    && key.isEndorsedBy(old.key()));
  }

  /** Holds the files against the records; {@code complete} says that no record was pruned. */
  void compare(boolean complete) {
    for (LogKey key : files.values()) {
      String path = epoch.path("keys/" + key.key().idHex());
      LogKey record = recorded.get(key.key().idHex());
      if (!vouched.contains(key.key().idHex())) {
        findings.add(Kind.KEY_UNTRUSTED, path, key.key().line());
      }
      if (record == null) {
        if (complete) {
          findings.add(Kind.KEY_UNRECORDED, path, key.key().line());
        }
      } else if (!record.from().equals(key.from())
          || !record.endorsement().equals(key.endorsement())) {
        findings.add(Kind.KEY_CHANGED, path, "the log records another validity or endorsement");
      }
      Optional<Instant> end = recordedEnd(key);
      if (!end.equals(key.until()) && (complete || end.isPresent())) {
        findings.add(
            key.until().isEmpty() ? Kind.KEY_FILE_MISSING : Kind.KEY_CHANGED,
            path,
            "by the log's records it is valid until " + end.map(Instant::toString).orElse("now"));
      }
    }
    for (LogKey key : recorded.values()) {
      if (!files.containsKey(key.key().idHex()) && !damaged) {
        findings.add(
            Kind.KEY_FILE_MISSING, epoch.path("keys/" + key.key().idHex()), key.key().line());
      }
    }
  }

  /** A key's time ends a day after the next one came into use. */
  private Optional<Instant> recordedEnd(LogKey key) {
    boolean later = !recorded.containsKey(key.key().idHex());
    for (LogKey next : recorded.values()) {
      if (next.key().equals(key.key())) {
        later = true;
      } else if (later && next.endorsement().isPresent()) {
        return Optional.of(next.from().plus(OVERLAP));
      }
    }
    return Optional.empty();
  }

  /**
   * Ids of the vouched-for keys that signed a note, unless one of its lines is wrong. To be asked
   * when all keys are settled.
   */
  List<String> signers(SignedNote note) {
    return signers.computeIfAbsent(note, this::findSigners);
  }

  private List<String> findSigners(SignedNote note) {
    List<String> signers = new ArrayList<>();
    for (LogKey key : known()) {
      boolean named = note.signatures().stream().anyMatch(line -> isOf(line, key.key()));
      if (named) {
        if (!note.isSignedBy(key.key())) {
          return List.of();
        }
        if (vouched.contains(key.key().idHex())) {
          signers.add(key.key().idHex());
        }
      }
    }
    return signers;
  }

  /** Whether a line claims to be the log's and is of no key of it. */
  boolean hasStrangeLine(SignedNote note) {
    return note.signatures().stream()
        .filter(line -> line.name().equals(origin))
        .anyMatch(line -> known().stream().noneMatch(key -> isOf(line, key.key())));
  }

  /** Whether one of these keys could sign when the newest entry was written. */
  boolean couldSign(List<String> ids, Instant newest) {
    return known().stream()
        .filter(key -> ids.contains(key.key().idHex()))
        .anyMatch(key -> recordedEnd(key).or(key::until).map(newest::isBefore).orElse(true));
  }

  private List<LogKey> known() {
    Map<String, LogKey> all = new LinkedHashMap<>(recorded);
    all.putAll(files);
    for (String raw : trusted) {
      VerifierKey key = VerifierKey.of(origin, VerifierKey.ED25519, HexFormat.of().parseHex(raw));
      if (all.putIfAbsent(
              key.idHex(), new LogKey(key, Instant.EPOCH, Optional.empty(), Optional.empty()))
          == null) {
        vouched.add(key.idHex());
      }
    }
    return List.copyOf(all.values());
  }

  /** All keys that somebody trusted vouches for, as this epoch names them. */
  List<VerifierKey> vouchedFor() {
    return known().stream().map(LogKey::key).filter(key -> vouched.contains(key.idHex())).toList();
  }

  private static boolean isOf(SignedNote.Line line, VerifierKey key) {
    return line.name().equals(key.name()) && line.keyId() == key.id();
  }

  static String hex(VerifierKey key) {
    return HexFormat.of().formatHex(key.raw());
  }
}
