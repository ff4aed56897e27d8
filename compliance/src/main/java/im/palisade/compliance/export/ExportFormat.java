package im.palisade.compliance.export;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The forms in which entries leave the log. One entry is one line, whatever it holds. */
public enum ExportFormat {
  /** The entry as it was hashed, with its place: the reference copy. */
  JSONL("jsonl", "application/x-ndjson", ""),
  /** RFC 4180, safe to open in a spreadsheet. */
  CSV("csv", "text/csv", CsvFormat.HEADER),
  /** ArcSight Common Event Format, version 0. */
  CEF("cef", "text/plain", ""),
  /** RFC 5424. */
  SYSLOG("log", "text/plain", ""),
  /** Open Cybersecurity Schema Framework 1.8.0. */
  OCSF("ocsf.jsonl", "application/x-ndjson", ""),
  /** Elastic Common Schema 9.4. */
  ECS("ecs.jsonl", "application/x-ndjson", "");

  /**
   * Version of the mappings: it stands where a format wants the version of the product, so that a
   * line does not change with every release.
   */
  static final String VERSION = "1";

  private final String extension;
  private final String mediaType;
  private final String header;

  ExportFormat(String extension, String mediaType, String header) {
    this.extension = extension;
    this.mediaType = mediaType;
    this.header = header;
  }

  /**
   * The format of that name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static ExportFormat of(String word) {
    return Arrays.stream(values())
        .filter(format -> format.word().equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such format: " + word));
  }

  /** Names of all. */
  public static List<String> words() {
    return Arrays.stream(values()).map(ExportFormat::word).toList();
  }

  /** Its name in settings and calls. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What a file's name ends with. */
  public String extension() {
    return extension;
  }

  /** Its media type; always in UTF-8. */
  public String mediaType() {
    return mediaType;
  }

  /** The first line of a file without its end; empty when there is none. */
  public String header() {
    return header;
  }

  /** What ends a line. */
  public String lineEnd() {
    return this == CSV ? "\r\n" : "\n";
  }

  /** The entry on one line, without its end. */
  public String line(PlacedEntry entry) {
    return switch (this) {
      case JSONL -> JsonLines.line(entry);
      case CSV -> CsvFormat.line(entry);
      case CEF -> CefFormat.line(entry);
      case SYSLOG -> SyslogFormat.line(entry);
      case OCSF -> OcsfFormat.line(entry);
      case ECS -> EcsFormat.line(entry);
    };
  }
}
