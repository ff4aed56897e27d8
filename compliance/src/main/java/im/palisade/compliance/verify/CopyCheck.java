package im.palisade.compliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import im.palisade.compliance.export.ExportFormat;
import im.palisade.compliance.export.PlacedEntry;
import im.palisade.compliance.file.ReadOnlyDisk;
import im.palisade.compliance.log.LogReader;
import im.palisade.compliance.verify.Finding.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks a copy of events that left the log, as an export or in another system, against the log:
 * each line says where its event stands, and is made anew from what stands there.
 */
public final class CopyCheck {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Pattern CEF =
      Pattern.compile(" cs6=[^ ]*/([0-9]+) cs6Label=origin cn1=([0-9]+) ");
  private static final Pattern SYSLOG = Pattern.compile(" epoch=\"([0-9]+)\" idx=\"([0-9]+)\" ");
  private static final Pattern CSV = Pattern.compile("^\"[^\"]*\",([0-9]+),([0-9]+),");

  private final Path log;
  private final Findings findings = new Findings();
  private final Map<Integer, VerifyReport.Part> parts = new HashMap<>();
  private final Map<Integer, LogReader> readers = new HashMap<>();
  private final TreeMap<Integer, TreeSet<Long>> seen = new TreeMap<>();

  private CopyCheck(Path log) {
    this.log = log;
  }

  /**
   * Verifies the log, then the copy against it.
   *
   * @param filtered whether the copy was never meant to hold everything
   */
  public static VerifyReport check(Path copy, Path log, boolean filtered, VerifyOptions options)
      throws IOException {
    VerifyReport whole = LogVerifier.verify(log, options);
    CopyCheck check = new CopyCheck(log);
    whole.findings().forEach(check.findings::add);
    for (VerifyReport.Part part : whole.parts()) {
      String origin = part.origin();
      if (!origin.isEmpty()) {
        int epoch = Integer.parseInt(origin.substring(origin.lastIndexOf('/') + 1));
        check.parts.put(epoch, part);
      }
    }
    try (BufferedReader lines = Files.newBufferedReader(copy, StandardCharsets.UTF_8)) {
      long number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        boolean isHeader = number == 1 && line.equals(ExportFormat.CSV.header());
        if (!line.isEmpty() && !isHeader) {
          check.line(copy.toString(), number, line);
        }
      }
    }
    if (!filtered) {
      check.gaps(copy.toString());
    }
    return new VerifyReport(copy + " against " + log, whole.parts(), check.findings.all());
  }

  private record Place(ExportFormat format, int epoch, long index) {}

  private void line(String copy, long number, String line) throws IOException {
    Optional<Place> said = place(line);
    if (said.isEmpty()) {
      findings.add(Kind.COPY_UNKNOWN, copy, "line " + number + " does not say where it stands");
      return;
    }
    Place place = said.get();
    Span at = Span.at(place.index());
    VerifyReport.Part part = parts.get(place.epoch());
    if (part == null || place.index() >= part.size()) {
      findings.add(Kind.COPY_UNKNOWN, copy, at, "line " + number + ", epoch " + place.epoch());
      return;
    }
    seen.computeIfAbsent(place.epoch(), _ -> new TreeSet<>()).add(place.index());
    Optional<byte[]> entry = reader(place.epoch()).entry(place.index());
    boolean isProved =
        part.trustworthy().stream()
            .anyMatch(span -> span.from() <= place.index() && place.index() < span.to());
    if (entry.isEmpty() || !isProved) {
      findings.add(Kind.COPY_UNPROVED, copy, at, "line " + number + ", epoch " + place.epoch());
      return;
    }
    PlacedEntry placed = new PlacedEntry(part.origin(), place.epoch(), place.index(), entry.get());
    if (!place.format().line(placed).equals(line)) {
      findings.add(Kind.COPY_CHANGED, copy, at, "line " + number + ", epoch " + place.epoch());
    }
  }

  private LogReader reader(int epoch) throws IOException {
    LogReader known = readers.get(epoch);
    if (known == null) {
      known = LogReader.open(new ReadOnlyDisk(log), epoch);
      readers.put(epoch, known);
    }
    return known;
  }

  private void gaps(String copy) {
    seen.forEach(
        (epoch, indexes) -> {
          long next = indexes.first();
          for (long index : indexes) {
            if (index > next) {
              findings.add(Kind.COPY_GAP, copy, new Span(next, index), "epoch " + epoch);
            }
            next = index + 1;
          }
        });
  }

  private static Optional<Place> place(String line) {
    if (line.startsWith("CEF:")) {
      return matched(ExportFormat.CEF, CEF.matcher(line));
    }
    if (line.startsWith("<")) {
      return matched(ExportFormat.SYSLOG, SYSLOG.matcher(line));
    }
    if (!line.startsWith("{")) {
      return matched(ExportFormat.CSV, CSV.matcher(line));
    }
    try {
      return json(MAPPER.readTree(line));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<Place> matched(ExportFormat format, Matcher place) {
    if (!place.find() || place.group(1).length() > 6 || place.group(2).length() > 12) {
      return Optional.empty();
    }
    return Optional.of(
        new Place(format, Integer.parseInt(place.group(1)), Long.parseLong(place.group(2))));
  }

  private static Optional<Place> json(JsonNode line) {
    ExportFormat format = ExportFormat.JSONL;
    JsonNode epoch = line.path("epoch");
    JsonNode index = line.path("index");
    if (line.has("raw_data")) {
      format = ExportFormat.OCSF;
      epoch = line.at("/unmapped/palisade/epoch");
      index = line.at("/unmapped/palisade/leaf_index");
    } else if (line.has("@timestamp")) {
      format = ExportFormat.ECS;
      epoch = line.at("/labels/palisade_epoch");
      index = line.at("/event/sequence");
    }
    Place place = new Place(format, epoch.asInt(), index.asLong(-1));
    return Optional.of(place).filter(each -> each.epoch() > 0 && each.index() >= 0);
  }
}
