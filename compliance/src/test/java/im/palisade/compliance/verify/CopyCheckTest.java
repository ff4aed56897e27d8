package im.palisade.compliance.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.export.ExportFormat;
import im.palisade.compliance.export.PlacedEntry;
import im.palisade.compliance.file.DiskFiles;
import im.palisade.compliance.file.ReadOnlyDisk;
import im.palisade.compliance.log.AuditLog;
import im.palisade.compliance.log.Events;
import im.palisade.compliance.log.LogReader;
import im.palisade.compliance.verify.Finding.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A copy in another system is held against the log, by both implementations. */
class CopyCheckTest {
  private static final Ed25519Signer KEY = Ed25519Signer.generate("test.palisade/eu-1/1");

  @TempDir private Path folder;
  private Path log;

  @BeforeEach
  void write() throws IOException {
    log = Files.createDirectory(folder.resolve("log"));
    try (AuditLog open = Events.open(new DiskFiles(log), KEY)) {
      Events.fill(open, 300);
    }
  }

  private List<String> copy(ExportFormat format) throws IOException {
    LogReader reader = LogReader.newest(new ReadOnlyDisk(log));
    List<String> lines = new ArrayList<>();
    reader.entries(
        0,
        reader.size(),
        (index, entry) ->
            lines.add(format.line(new PlacedEntry(reader.head().origin(), 1, index, entry))));
    return lines;
  }

  private VerifyReport check(ExportFormat format, List<String> lines, boolean filtered)
      throws IOException {
    Path file = folder.resolve("copy." + format.extension());
    StringBuilder text = new StringBuilder();
    if (!format.header().isEmpty()) {
      text.append(format.header()).append(format.lineEnd());
    }
    lines.forEach(line -> text.append(line).append(format.lineEnd()));
    Files.writeString(file, text);
    return CopyCheck.check(file, log, filtered, VerifyOptions.trusting(List.of(KEY.verifierKey())));
  }

  private static boolean has(VerifyReport report, Kind kind) {
    return report.findings().stream().anyMatch(finding -> finding.kind() == kind);
  }

  @ParameterizedTest
  @EnumSource
  void aWholeCopyIsGoodAlsoWithRepetitionsAndInAnyOrder(ExportFormat format)
      throws IOException, InterruptedException {
    List<String> lines = copy(format);
    lines.addAll(lines.subList(100, 150));
    Collections.shuffle(lines, new Random(1));
    VerifyReport report = check(format, lines, false);
    assertEquals(0, report.exitCode(), report::text);
    assertEquals(0, python(format));
  }

  @ParameterizedTest
  @EnumSource
  void aChangedLineIsNamed(ExportFormat format) throws IOException, InterruptedException {
    List<String> lines = copy(format);
    lines.set(
        7,
        format == ExportFormat.CSV || format == ExportFormat.CEF
            ? lines.get(7).replace("usr_", "usr-")
            : lines.get(7).replace("user.delete", "user.enable"));
    VerifyReport report = check(format, lines, false);
    assertEquals(1, report.exitCode());
    Finding finding =
        report.findings().stream()
            .filter(each -> each.kind() == Kind.COPY_CHANGED)
            .findFirst()
            .orElseThrow();
    assertEquals(7, finding.span().orElseThrow().from());
    boolean carriesEntries = format != ExportFormat.CSV && format != ExportFormat.CEF;
    assertEquals(carriesEntries ? 1 : 0, python(format));
  }

  @Test
  void aGapIsNamedUnlessTheCopyIsASelection() throws IOException {
    List<String> lines = copy(ExportFormat.JSONL);
    lines.subList(20, 30).clear();
    VerifyReport report = check(ExportFormat.JSONL, lines, false);
    assertEquals(2, report.exitCode());
    assertTrue(has(report, Kind.COPY_GAP), report::text);
    assertEquals(0, check(ExportFormat.JSONL, lines, true).exitCode());
  }

  @ParameterizedTest
  @EnumSource
  void aPlaceThatTheLogDoesNotHaveIsNamed(ExportFormat format)
      throws IOException, InterruptedException {
    LogReader reader = LogReader.newest(new ReadOnlyDisk(log));
    byte[] entry = reader.entry(5).orElseThrow();
    PlacedEntry beyond = new PlacedEntry(reader.head().origin(), 1, 9_999, entry);
    VerifyReport report = check(format, List.of(format.line(beyond)), true);
    assertTrue(has(report, Kind.COPY_UNKNOWN), report::text);
    assertEquals(1, python(format));
    assertTrue(has(check(format, List.of("some words"), true), Kind.COPY_UNKNOWN));
    assertEquals(1, python(format));
  }

  /** The second implementation over the copy checked last. */
  private int python(ExportFormat format) throws IOException, InterruptedException {
    Path key = folder.resolve("key");
    Files.writeString(key, KEY.verifierKey().line() + "\n");
    Process process =
        new ProcessBuilder(
                "python3",
                script().toString(),
                "copy",
                folder.resolve("copy." + format.extension()).toString(),
                log.toString(),
                "--key",
                key.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    assertTrue(output.contains("lines"), output);
    return code;
  }

  private static Path script() {
    Path here = Path.of("verify", "palisade_verify.py");
    return Files.exists(here) ? here : Path.of("..", "compliance").resolve(here);
  }
}
