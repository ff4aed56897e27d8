package im.palisade.compliance.export;

/**
 * {@code {"epoch":1,"event":…,"index":7,"leaf":"…","origin":"…"}}: {@code event} is the entry byte
 * for byte, and the line as a whole is canonical JSON as the entry is, so that the leaf hash can be
 * computed from either.
 */
final class JsonLines {
  private JsonLines() {}

  static String line(PlacedEntry entry) {
    // An origin is ASCII without quotes, see docs/audit-log-format.md.
    return "{\"epoch\":%d,\"event\":%s,\"index\":%d,\"leaf\":\"%s\",\"origin\":\"%s\"}"
        .formatted(entry.epoch(), entry.text(), entry.index(), entry.leafHash(), entry.origin());
  }
}
