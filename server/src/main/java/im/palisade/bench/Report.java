package im.palisade.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects figures and faults, shows progress, prints the table and writes the JSON. */
final class Report {
  private final PrintWriter out;
  private final List<Figure> figures = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private long faultCount;

  Report(PrintWriter out) {
    this.out = out;
  }

  /** Says what is being done. */
  void progress(String what) {
    out.println("... " + what);
    out.flush();
  }

  /** Something the reader of the figures must know. */
  void note(String what) {
    notes.add(what);
    out.println(what);
    out.flush();
  }

  void add(Figure figure) {
    figures.add(figure);
  }

  void add(String subject, Faults found) {
    faultCount += found.count();
    found.first().forEach(fault -> faults.add(subject + ": " + fault));
  }

  boolean faultless() {
    return faultCount == 0;
  }

  void print() {
    out.println();
    String form = "%-16s %-36s %14s %-8s %14s  %s%n";
    out.printf(form, "what", "figure", "value", "unit", "target", "");
    String last = "";
    for (Figure figure : figures) {
      if (!figure.subject().equals(last)) {
        out.println();
      }
      out.printf(
          form,
          figure.subject().equals(last) ? "" : figure.subject(),
          figure.name(),
          figure.valueText(),
          figure.unit(),
          figure.targetText(),
          figure.met().map(met -> met ? "ok" : "MISSED").orElse(""));
      last = figure.subject();
    }
    out.println();
    if (faultless()) {
      out.println("Every message was acknowledged and delivered exactly once, in order.");
    } else {
      out.println(faultCount + " FAULTS, among them:");
      faults.forEach(fault -> out.println("  " + fault));
    }
    out.flush();
  }

  void writeJson(Path file) {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    notes.forEach(root.putArray("notes")::add);
    ArrayNode list = root.putArray("figures");
    for (Figure figure : figures) {
      ObjectNode node =
          list.addObject()
              .put("subject", figure.subject())
              .put("name", figure.name())
              .put("value", figure.value())
              .put("unit", figure.unit());
      Optional<Boolean> met = figure.met();
      if (met.isPresent()) {
        node.put("target", figure.targetText()).put("met", met.get());
      }
    }
    root.put("faultCount", faultCount);
    faults.forEach(root.putArray("faults")::add);
    try {
      mapper.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), root);
    } catch (IOException e) {
      throw new BenchException(file + " cannot be written: " + e.getMessage(), e);
    }
  }
}
