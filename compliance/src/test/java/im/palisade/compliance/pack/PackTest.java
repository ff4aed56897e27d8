package im.palisade.compliance.pack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.cli.VerifyMain;
import im.palisade.compliance.event.DraftEntry;
import im.palisade.compliance.event.EventEncoder;
import im.palisade.compliance.event.Ulid;
import im.palisade.compliance.file.DiskFiles;
import im.palisade.compliance.log.AuditLog;
import im.palisade.compliance.log.Events;
import im.palisade.compliance.log.LogReader;
import im.palisade.compliance.pack.PackManifest.Request;
import im.palisade.compliance.pack.PackManifest.Selection;
import im.palisade.compliance.verify.Finding;
import im.palisade.compliance.verify.Finding.Kind;
import im.palisade.compliance.verify.PackDiff;
import im.palisade.compliance.verify.PackVerifier;
import im.palisade.compliance.verify.VerifyOptions;
import im.palisade.compliance.verify.VerifyReport;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PackTest {
  private final Ed25519Signer signer = Ed25519Signer.generate("test.palisade/eu-1/1");
  private final Ed25519Signer exporter = Ed25519Signer.generate("test.palisade/export");
  private final VerifyOptions options = VerifyOptions.trusting(List.of(signer.verifierKey()));
  private @TempDir Path folder;
  private Path log;
  private SignedNote before;
  private long recorded;

  @BeforeEach
  void fill() throws IOException {
    log = folder.resolve("log");
    try (AuditLog writer = Events.open(new DiskFiles(log), signer)) {
      recorded = writer.append(exportKey()).index();
      Events.fill(writer, 300);
      before = writer.keep();
      Events.fill(writer, 400);
    }
  }

  @Test
  void aRangeIsProvedToBeWholeAndAFilterIsNot() throws IOException {
    VerifyReport range = PackVerifier.verify(pack(new Selection.Range(250, 600)), options);
    assertEquals("good", range.result(), range.text());
    assertEquals(350, range.parts().getFirst().checked());
    assertTrue(range.text().contains("trustworthy: indexes 250 to 599"), range.text());

    VerifyReport filter =
        PackVerifier.verify(
            pack(new Selection.Filtered("type = user.delete", List.of(3L, 255L, 256L, 701L))),
            options);
    assertEquals("good", filter.result(), filter.text());
    assertEquals(Set.of(Kind.COMPLETENESS_UNPROVED), kinds(filter));
  }

  @Test
  void everyChangeInAPackIsNamed() throws IOException {
    Path range = pack(new Selection.Range(250, 600));
    assertChange(range, "events.jsonl", text -> text.replaceFirst("act_7", "act_8"));
    assertChange(range, "events.jsonl", text -> text.substring(text.indexOf('\n') + 1));
    assertChange(range, "events.jsonl", text -> text + text.lines().findFirst().get() + "\n");
    assertChange(range, "events.idx", text -> text.replaceFirst("300", "301"));
    assertChange(range, "proof/range.json", text -> text.replaceFirst("\"hashes\":\\[\"..", "$0A"));
    assertChange(range, "checkpoint", text -> text.replaceFirst("/1\n702", "/1\n701"));
    assertChange(range, "keys.txt", text -> text + "\n");
    assertChange(range, "README.txt", text -> text.replace("SHA-256", "MD5"));
    assertChange(range, "consistency.json", text -> text.replaceFirst("\"hashes\":\\[\"..", "$0A"));
    assertChange(range, "manifest.json", text -> text.replace("act_2", "act_3"));
    assertChange(
        range, "manifest.json.sig", text -> text.replaceFirst(" [A-Za-z0-9+/]{9}", " AAAAAAAAA"));
    assertChange(range, "report.html", text -> "better");
    assertChange(range, "export-key.json", text -> text.replaceFirst("act_7", "act_8"));
    Path filtered = pack(new Selection.Filtered("all", List.of(5L, 300L)));
    assertChange(filtered, "proof/5.tlog-proof", text -> text.replace("index 5", "index 6"));
    assertChange(filtered, "events.idx", text -> text.replaceFirst("5", "6"));
  }

  @Test
  void aPackOfAnotherKeyIsNotTrusted() throws IOException {
    VerifyOptions other =
        VerifyOptions.trusting(
            List.of(Ed25519Signer.generate("test.palisade/eu-1/1").verifierKey()));
    VerifyReport report = PackVerifier.verify(pack(new Selection.Range(0, 5)), other);
    assertEquals(1, report.exitCode(), report.text());
    assertEquals(List.of(), report.parts().getFirst().trustworthy());
  }

  @Test
  void twoPacksOfDifferentHistoriesContradictEachOther() throws IOException {
    Path one = pack(new Selection.Range(250, 600));
    assertEquals("good", PackDiff.diff(one, pack(new Selection.Range(10, 300)), options).result());
    log = folder.resolve("other");
    try (AuditLog writer = Events.open(new DiskFiles(log), signer)) {
      recorded = writer.append(exportKey()).index();
      Events.fill(writer, 300);
      before = writer.keep();
    }
    VerifyReport report = PackDiff.diff(one, pack(new Selection.Range(200, 280)), options);
    assertTrue(kinds(report).contains(Kind.CONTRADICTION), report.text());
  }

  @Test
  void theCommandLineAnswersWithItsExitCodes() throws IOException {
    Path pack = pack(new Selection.Range(0, 700));
    String key = signer.verifierKey().line();
    assertEquals(0, run("verify-pack", pack.toString(), "--key", key));
    assertEquals(0, run("verify-log", log.toString(), "--key", key, "--json"));
    assertEquals(2, run("verify-log", log.toString()));
    assertEquals(3, run("verify-pack", log.resolve("1/checkpoint").toString(), "--key", key));
    assertEquals(3, run("verify-log", folder.resolve("nothing").toString(), "--key", key));
    assertEquals(64, run("verify-log"));
    assertEquals(64, run("verify-log", log.toString(), "--frobnicate"));

    Path out = folder.resolve("five");
    assertEquals(0, run("prove", log.toString(), "--index", "5", "-o", out.toString()));
    String proof = out + ".tlog-proof";
    assertEquals(0, run("verify-proof", proof, "--entry", out + ".json", "--key", key));
    Files.writeString(Path.of(out + ".json"), Files.readString(Path.of(out + ".json")) + " ");
    assertEquals(1, run("verify-proof", proof, "--entry", out + ".json", "--key", key));

    Path older = folder.resolve("older");
    Files.writeString(older, before.toString());
    List<String> hashes = new ArrayList<>();
    LogReader.newest(new DiskFiles(log))
        .consistency(302)
        .forEach(hash -> hashes.add(java.util.Base64.getEncoder().encodeToString(hash)));
    Path consistency = folder.resolve("consistency");
    Files.write(consistency, hashes);
    String newer = log.resolve("1/checkpoint").toString();
    assertEquals(
        0,
        run(
            "consistency",
            older.toString(),
            newer,
            "--proof",
            consistency.toString(),
            "--key",
            key));
    assertEquals(1, run("consistency", older.toString(), newer, "--key", key));
    assertEquals(1, run("consistency", newer, older.toString(), "--key", key));
  }

  private static int run(String... args) {
    CommandLine line = VerifyMain.commandLine();
    line.setOut(new PrintWriter(new StringWriter()));
    line.setErr(new PrintWriter(new StringWriter()));
    return line.execute(args);
  }

  private void assertChange(Path pack, String file, java.util.function.UnaryOperator<String> change)
      throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(pack.toFile())) {
      for (ZipEntry entry : zip.stream().map(each -> (ZipEntry) each).toList()) {
        byte[] bytes = zip.getInputStream(entry).readAllBytes();
        files.put(entry.getName(), new String(bytes, StandardCharsets.UTF_8));
      }
    }
    String changed = change.apply(files.get(file));
    assertTrue(!changed.equals(files.get(file)), file);
    files.put(file, changed);
    Path copy = folder.resolve("changed.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(copy))) {
      for (Map.Entry<String, String> each : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(each.getKey()));
        zip.write(each.getValue().getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    }
    VerifyReport report = PackVerifier.verify(copy, options);
    assertTrue(report.exitCode() == 1 || report.exitCode() == 3, file + "\n" + report.text());
  }

  private Path pack(Selection selection) throws IOException {
    Path file = folder.resolve("pack-" + selection.hashCode() + log.getFileName() + ".zip");
    try (OutputStream out = Files.newOutputStream(file)) {
      Pack.write(
          out,
          LogReader.newest(new DiskFiles(log)),
          "audit",
          Events.NOW,
          new Request("all", "2026-11-01", "2026-12-01", "act_1", "act_2"),
          selection,
          new Pack.ExportKey(exporter, OptionalLong.of(recorded)),
          Optional.of(before),
          Map.of("report.html", to -> to.write("<p>".getBytes(StandardCharsets.UTF_8))));
    }
    return file;
  }

  private DraftEntry exportKey() {
    var event = new EventEncoder("im-1", "eu-1").encode(Ulid.next(Events.NOW), Events.event(1));
    event.put("type", "key.create").put("severity", "high");
    event.set(
        "change",
        JsonNodeFactory.instance
            .objectNode()
            .set(
                "after",
                JsonNodeFactory.instance.objectNode().put("key", exporter.verifierKey().line())));
    return DraftEntry.of(event, List.of());
  }

  private static Set<Kind> kinds(VerifyReport report) {
    Set<Kind> kinds = new TreeSet<>();
    report.findings().stream().map(Finding::kind).forEach(kinds::add);
    return kinds;
  }
}
