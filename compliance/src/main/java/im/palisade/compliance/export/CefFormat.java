package im.palisade.compliance.export;

import im.palisade.compliance.export.PlacedEntry.Event;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code CEF:0|Palisade|Palisade|<version>|<type>|<title>|<0..10>|<extension>}. */
final class CefFormat {
  private CefFormat() {}

  static String line(PlacedEntry entry) {
    Event event = entry.event();
    return "CEF:0|Palisade|Palisade|"
        + ExportFormat.VERSION
        + "|"
        + header(event.type())
        + "|"
        + header(event.catalogued().title())
        + "|"
        + severity(event.text("/severity"))
        + "|"
        + extension(entry, event).entrySet().stream()
            .filter(field -> !field.getValue().isEmpty())
            .map(field -> field.getKey() + "=" + value(field.getValue()))
            .collect(Collectors.joining(" "));
  }

  private static Map<String, String> extension(PlacedEntry entry, Event event) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("rt", Long.toString(event.millis()));
    fields.put("externalId", event.text("/id"));
    fields.put("suid", event.text("/actor/ref"));
    fields.put("spriv", String.join(",", event.list("/actor/roles")));
    fields.put("dvchost", event.text("/node/id"));
    fields.put("outcome", event.text("/outcome/result"));
    fields.put("reason", event.text("/outcome/code"));
    fields.put("act", event.type().substring(event.type().lastIndexOf('.') + 1));
    fields.put("cnt", event.text("/count"));
    fields.put("duid", event.persons().stream().findFirst().orElse(""));
    labelled(fields, "cs1", "app", event.text("/app"));
    labelled(fields, "cs2", "case", event.text("/context/case"));
    labelled(fields, "cs3", "approval", event.text("/context/approval"));
    labelled(fields, "cs4", "target", String.join(" ", event.targets()));
    labelled(fields, "cs5", "leafHash", entry.leafHash());
    labelled(fields, "cs6", "origin", entry.origin());
    labelled(fields, "cn1", "leafIndex", Long.toString(entry.index()));
    labelled(fields, "cn2", "epoch", Integer.toString(entry.epoch()));
    return fields;
  }

  private static void labelled(Map<String, String> fields, String key, String label, String value) {
    if (!value.isEmpty()) {
      fields.put(key, value);
      fields.put(key + "Label", label);
    }
  }

  private static int severity(String word) {
    return switch (word) {
      case "critical" -> 10;
      case "high" -> 8;
      case "medium" -> 5;
      case "low" -> 3;
      default -> 1;
    };
  }

  static String header(String text) {
    return PlainText.of(text).replace("\\", "\\\\").replace("|", "\\|");
  }

  static String value(String text) {
    StringBuilder out = new StringBuilder(text.length());
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\r') {
        out.append(part(text.substring(start, i))).append(c == '\n' ? "\\n" : "\\r");
        start = i + 1;
      }
    }
    return out.append(part(text.substring(start))).toString();
  }

  private static String part(String text) {
    return PlainText.of(text).replace("\\", "\\\\").replace("=", "\\=");
  }
}
