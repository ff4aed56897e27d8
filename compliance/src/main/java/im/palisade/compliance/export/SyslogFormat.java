package im.palisade.compliance.export;

import im.palisade.compliance.export.PlacedEntry.Event;

/**
 * RFC 5424. The message is the entry as it was hashed, without a byte order mark: JSON has no raw
 * line breaks, and its bytes are what the leaf hash is computed from.
 */
final class SyslogFormat {
  /** Log audit. */
  private static final int FACILITY = 13;

  /** The number that RFC 5612 keeps for examples: the project has none of its own. */
  private static final String STRUCTURE = "palisade@32473";

  private static final int MOST_HOST = 255;
  private static final int MOST_ID = 32;

  private SyslogFormat() {}

  static String line(PlacedEntry entry) {
    Event event = entry.event();
    StringBuilder out = new StringBuilder(entry.entry().length + 400);
    out.append('<').append(FACILITY * 8 + severity(event.text("/severity"))).append(">1 ");
    out.append(event.text("/time")).append(' ');
    out.append(printable(event.text("/node/id"), MOST_HOST)).append(" palisade - ");
    out.append(printable(event.type(), MOST_ID)).append(" [").append(STRUCTURE);
    parameter(out, "origin", entry.origin());
    parameter(out, "epoch", Integer.toString(entry.epoch()));
    parameter(out, "idx", Long.toString(entry.index()));
    parameter(out, "leaf", entry.leafHash());
    parameter(out, "id", event.text("/id"));
    parameter(out, "app", event.text("/app"));
    parameter(out, "actor", event.text("/actor/ref"));
    parameter(out, "outcome", event.text("/outcome/result"));
    parameter(out, "case", event.text("/context/case"));
    return out.append("] ").append(entry.text()).toString();
  }

  private static void parameter(StringBuilder out, String name, String value) {
    if (!value.isEmpty()) {
      out.append(' ').append(name).append("=\"").append(escaped(value)).append('"');
    }
  }

  /** RFC 5424 section 6.3.3: quote, backslash and closing bracket. */
  static String escaped(String value) {
    return PlainText.of(value).replace("\\", "\\\\").replace("\"", "\\\"").replace("]", "\\]");
  }

  static String printable(String text, int most) {
    String ascii = text.replaceAll("[^\\x21-\\x7E]", "_");
    return ascii.isEmpty() ? "-" : ascii.substring(0, Math.min(most, ascii.length()));
  }

  private static int severity(String word) {
    return switch (word) {
      case "critical" -> 2;
      case "high" -> 3;
      case "medium" -> 4;
      case "low" -> 5;
      default -> 6;
    };
  }
}
