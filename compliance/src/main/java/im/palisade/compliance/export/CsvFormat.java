package im.palisade.compliance.export;

import im.palisade.compliance.export.PlacedEntry.Event;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * RFC 4180: a header row, every text quoted, quotes doubled, CRLF. A text that a spreadsheet could
 * take for a formula gets an apostrophe in front.
 */
final class CsvFormat {
  private static final List<String> COLUMNS =
      List.of(
          "origin",
          "epoch",
          "index",
          "leaf_hash",
          "id",
          "time",
          "node",
          "node_n",
          "region",
          "app",
          "type",
          "severity",
          "outcome",
          "code",
          "actor_kind",
          "actor_ref",
          "actor_roles",
          "on_behalf_of",
          "channel",
          "net",
          "targets",
          "count",
          "request",
          "case",
          "approval",
          "change");

  static final String HEADER =
      COLUMNS.stream().map(name -> '"' + name + '"').collect(Collectors.joining(","));

  /** With their full-width forms. */
  private static final String FORMULA = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";

  private CsvFormat() {}

  static String line(PlacedEntry entry) {
    Event event = entry.event();
    return Stream.of(
            text(entry.origin()),
            Integer.toString(entry.epoch()),
            Long.toString(entry.index()),
            text(entry.leafHash()),
            text(event.text("/id")),
            text(event.text("/time")),
            text(event.text("/node/id")),
            number(event.text("/node/n")),
            text(event.text("/region")),
            text(event.text("/app")),
            text(event.type()),
            text(event.text("/severity")),
            text(event.text("/outcome/result")),
            number(event.text("/outcome/code")),
            text(event.text("/actor/kind")),
            text(event.text("/actor/ref")),
            text(String.join(" ", event.list("/actor/roles"))),
            text(event.text("/actor/on_behalf_of")),
            text(event.text("/source/channel")),
            text(event.text("/source/net")),
            text(String.join(" ", event.targets())),
            number(event.text("/count")),
            text(event.text("/context/request")),
            text(event.text("/context/case")),
            text(event.text("/context/approval")),
            text(event.json().has("change") ? event.json().get("change").toString() : ""))
        .collect(Collectors.joining(","));
  }

  static String text(String value) {
    String plain = PlainText.of(value);
    String guarded = isFormula(value) ? "'" + plain : plain;
    return '"' + guarded.replace("\"", "\"\"") + '"';
  }

  /** Also behind spaces of any kind and characters that nobody sees. */
  private static boolean isFormula(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (FORMULA.indexOf(c) >= 0) {
        return true;
      }
      boolean unseen =
          Character.isWhitespace(c)
              || Character.isSpaceChar(c)
              || Character.isISOControl(c)
              || Character.getType(c) == Character.FORMAT;
      if (!unseen) {
        return false;
      }
    }
    return false;
  }

  private static String number(String value) {
    return value.matches("-?[0-9]{1,19}") ? value : text(value);
  }
}
