package im.palisade.compliance.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.event.DraftEntry;
import im.palisade.compliance.event.EventEncoder;
import im.palisade.compliance.event.Ulid;
import im.palisade.compliance.file.DiskFiles;
import im.palisade.compliance.log.AuditLog;
import im.palisade.compliance.log.Events;
import im.palisade.compliance.tile.EntryBundle;
import im.palisade.compliance.verify.Finding.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogVerifierTest {
  private final Ed25519Signer signer = Ed25519Signer.generate("test.palisade/eu-1/1");
  private final VerifyOptions options = VerifyOptions.trusting(List.of(signer.verifierKey()));
  @TempDir Path folder;

  @BeforeEach
  void fill() throws IOException {
    try (AuditLog log = Events.open(new DiskFiles(folder), signer)) {
      fill(log, 1_500);
      log.keep();
      fill(log, 500);
    }
  }

  @Test
  void anUntouchedLogIsGoodAndAllOfItTrustworthy() {
    VerifyReport report = LogVerifier.verify(folder, options);
    assertEquals("good", report.result(), report.text());
    assertEquals(List.of(new Span(0, 2_001)), report.parts().getFirst().trustworthy());
    assertEquals(2_001, report.parts().getFirst().checked());
    assertEquals(0, report.exitCode());
    assertEquals("good", report.json().path("result").asText());
  }

  @Test
  void aRotationThatWasDeniedNamesNoKeyAndIsNoChange() throws IOException {
    try (AuditLog log = Events.open(new DiskFiles(folder), signer)) {
      for (String type : List.of("audit.key.rotate", "audit.prune")) {
        AuditEvent denied =
            AuditEvent.of(
                type,
                Events.NOW,
                "",
                AuditEvent.Outcome.DENIED,
                new AuditEvent.Actor(AuditEvent.ActorKind.ADMIN, "act_8"),
                AuditEvent.Source.LOCAL,
                List.of(new AuditEvent.Target("audit-log", "test.palisade/eu-1")),
                "req_denied");
        log.append(
            DraftEntry.of(
                new EventEncoder("im-1", "eu-1").encode(Ulid.next(Events.NOW), denied), List.of()));
      }
    }
    VerifyReport report = LogVerifier.verify(folder, options);
    assertEquals("good", report.result(), report.text());
  }

  @Test
  void aBundleThatPowerFailureSpoiltWithItsTileIsProvedByTheJournal() throws IOException {
    Path whole = folder.resolve("whole");
    try (AuditLog log =
        AuditLog.open(
            Events.settings(10_000_000),
            new DiskFiles(whole),
            List.of(signer),
            List.of(),
            InstantSource.fixed(Events.NOW))) {
      fill(log, 700);
      log.keep();
    }
    for (String n : List.of("000", "002.p/189")) {
      Path copy = folder.resolve("copy-" + n.charAt(2));
      copy(whole, copy);
      Files.delete(copy.resolve("1/tile/0/" + n));
      Path bundle = copy.resolve("1/tile/entries/" + n);
      byte[] spoilt = Files.readAllBytes(bundle);
      spoilt[spoilt.length - 20] ^= 0x55;
      Files.write(bundle, spoilt);
      VerifyReport report = LogVerifier.verify(copy, options);
      assertEquals(Set.of(Kind.TILE_MISSING, Kind.BUNDLE_DAMAGED), kinds(report), report.text());
      assertEquals(List.of(new Span(0, 701)), report.parts().getFirst().trustworthy());
      assertEquals(2, report.exitCode());
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  @Test
  void withoutAKeyByAnotherPathNothingIsCalledGood() {
    VerifyReport report = LogVerifier.verify(folder, VerifyOptions.trusting(List.of()));
    assertEquals(Set.of(Kind.NO_TRUSTED_KEY), kinds(report), report.text());
    assertEquals(2, report.exitCode());
  }

  @Test
  void aLogOfAnotherKeyIsNotTrusted() {
    VerifierKey other = Ed25519Signer.generate("test.palisade/eu-1/1").verifierKey();
    VerifyReport report = LogVerifier.verify(folder, VerifyOptions.trusting(List.of(other)));
    assertTrue(kinds(report).contains(Kind.KEY_UNTRUSTED), report.text());
    assertEquals(List.of(), report.parts().getFirst().trustworthy());
    assertEquals(1, report.exitCode());
  }

  @Test
  void anEditedEntryIsNamedByItsIndexAndTheRestStaysTrustworthy() throws IOException {
    dropJournal();
    List<byte[]> entries = bundle(1);
    String edited = new String(entries.get(44), java.nio.charset.StandardCharsets.UTF_8);
    entries.set(
        44, edited.replace("act_7", "act_8").getBytes(java.nio.charset.StandardCharsets.UTF_8));
    write(1, entries);
    VerifyReport report = LogVerifier.verify(folder, options);
    assertEquals(Set.of(Kind.ENTRY_CHANGED), kinds(report), report.text());
    assertEquals(Span.at(300), report.findings().getFirst().span().orElseThrow());
    assertEquals("1/tile/entries/001", report.findings().getFirst().file());
    assertEquals(
        List.of(new Span(0, 300), new Span(301, 2_001)), report.parts().getFirst().trustworthy());
  }

  @Test
  void deletedInsertedAndReorderedEntriesAreToldApart() throws IOException {
    dropJournal();
    List<byte[]> original = bundle(2);

    List<byte[]> entries = new ArrayList<>(original);
    entries.remove(10);
    write(2, entries);
    assertTrue(kinds(LogVerifier.verify(folder, options)).contains(Kind.ENTRY_REMOVED));

    entries = new ArrayList<>(original);
    entries.add(10, original.get(20));
    entries.removeLast();
    write(2, entries);
    assertTrue(kinds(LogVerifier.verify(folder, options)).contains(Kind.ENTRY_INSERTED));

    entries = new ArrayList<>(original);
    Collections.swap(entries, 10, 20);
    write(2, entries);
    assertEquals(Set.of(Kind.ENTRIES_REORDERED), kinds(LogVerifier.verify(folder, options)));

    write(2, original);
    assertEquals("good", LogVerifier.verify(folder, options).result());
  }

  @Test
  void aDamagedHashTileIsNamedAndTrustIsNotTouched() throws IOException {
    for (String tile : List.of("1/tile/0/003", "1/tile/0/007.p/209", "1/tile/1/000.p/7")) {
      byte[] bytes = Files.readAllBytes(folder.resolve(tile));
      bytes[100] ^= 4;
      Files.write(folder.resolve(tile), bytes);
      VerifyReport report = LogVerifier.verify(folder, options);
      assertEquals(Set.of(Kind.TILE_DAMAGED), kinds(report), report.text());
      assertEquals(tile, report.findings().getFirst().file());
      assertEquals(List.of(new Span(0, 2_001)), report.parts().getFirst().trustworthy());
      assertEquals(2, report.exitCode());
      bytes[100] ^= 4;
      Files.write(folder.resolve(tile), bytes);
    }
  }

  @Test
  void entryAndTileChangedTogetherLeaveTheRestTrustworthy() throws IOException {
    dropJournal();
    List<byte[]> entries = bundle(1);
    entries.set(3, entries.get(4));
    write(1, entries);
    byte[] tile = Files.readAllBytes(folder.resolve("1/tile/0/001"));
    tile[3 * 32] ^= 1;
    Files.write(folder.resolve("1/tile/0/001"), tile);
    VerifyReport report = LogVerifier.verify(folder, options);
    assertTrue(kinds(report).contains(Kind.BUNDLE_CHANGED), report.text());
    assertEquals(
        List.of(new Span(0, 256), new Span(512, 2_001)), report.parts().getFirst().trustworthy());
  }

  @Test
  void aMissingBundleATruncatedAndARolledBackLogAreNamed() throws IOException {
    SignedNote newest = SignedNote.parse(Files.readString(folder.resolve("1/checkpoint")));
    dropJournal();
    byte[] bundle = Files.readAllBytes(folder.resolve("1/tile/entries/003"));
    Files.delete(folder.resolve("1/tile/entries/003"));
    VerifyReport report = LogVerifier.verify(folder, options);
    assertEquals(Set.of(Kind.BUNDLE_MISSING), kinds(report), report.text());
    assertEquals(
        List.of(new Span(0, 768), new Span(1_024, 2_001)), report.parts().getFirst().trustworthy());
    Files.write(folder.resolve("1/tile/entries/003"), bundle);

    for (String file :
        List.of(
            "1/tile/entries/007.p/209",
            "1/tile/0/007.p/209",
            "1/tile/entries/006",
            "1/tile/0/006",
            "1/tile/1/000.p/7")) {
      Files.delete(folder.resolve(file));
    }
    report = LogVerifier.verify(folder, options);
    assertTrue(kinds(report).contains(Kind.TRUNCATED), report.text());
    assertEquals(List.of(new Span(0, 1_501)), report.parts().getFirst().trustworthy());

    // Rolled back to the checkpoint that was kept, as a restored copy would be.
    Files.copy(
        folder.resolve("1/checkpoints/1501"),
        folder.resolve("1/checkpoint"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    report = LogVerifier.verify(folder, options.withKnown(List.of(newest)));
    assertTrue(kinds(report).contains(Kind.ROLLED_BACK), report.text());
    assertEquals(1, report.exitCode());
  }

  @Test
  void aForkSignedByTheSameKeyIsNamedByWhoeverKeptACheckpoint(@TempDir Path other)
      throws IOException {
    SignedNote seen;
    try (AuditLog log = Events.open(new DiskFiles(other), signer)) {
      fill(log, 1_700);
      seen = log.publish();
    }
    VerifyReport report = LogVerifier.verify(folder, options.withKnown(List.of(seen)));
    assertEquals(Set.of(Kind.FORKED), kinds(report), report.text());
  }

  @Test
  void rotatedKeysAndStatedGapsAreFollowed() throws IOException {
    Ed25519Signer fresh = Ed25519Signer.generate("unnamed");
    SignedNote known;
    try (AuditLog log = Events.open(new DiskFiles(folder), signer)) {
      log.rotate(fresh, AuditEvent.Actor.SYSTEM, AuditEvent.Source.LOCAL, "req");
      fill(log, 10);
      known = log.publish();
    }
    VerifyReport rotated = LogVerifier.verify(folder, options);
    assertEquals("good", rotated.result(), rotated.text());
    assertEquals(2, rotated.parts().getFirst().signedBy().size());

    SignedNote lost =
        SignedNote.sign(known.text().replace("\n2012\n", "\n2015\n"), List.of(signer));
    AuditLog.beginEpoch(
            Events.settings(20_000),
            new DiskFiles(folder),
            List.of(fresh),
            "restore",
            List.of(lost),
            "act_9",
            InstantSource.fixed(Events.NOW))
        .close();
    VerifyReport report = LogVerifier.verify(folder, options);
    assertEquals(Set.of(Kind.GAP_STATED), kinds(report), report.text());
    assertEquals("good", LogVerifier.verify(folder, options.withAcceptedGaps(Set.of(2))).result());
    assertEquals(2, report.parts().size());
  }

  private void dropJournal() throws IOException {
    try (Stream<Path> segments = Files.list(folder.resolve("1/journal"))) {
      for (Path segment : segments.toList()) {
        Files.delete(segment);
      }
    }
  }

  private List<byte[]> bundle(int n) throws IOException {
    return new ArrayList<>(
        EntryBundle.decode(Files.readAllBytes(folder.resolve("1/tile/entries/00" + n))));
  }

  private void write(int n, List<byte[]> entries) throws IOException {
    Files.write(folder.resolve("1/tile/entries/00" + n), EntryBundle.encode(entries));
  }

  static Set<Kind> kinds(VerifyReport report) {
    Set<Kind> kinds = new java.util.TreeSet<>();
    report.findings().forEach(finding -> kinds.add(finding.kind()));
    return kinds;
  }

  static void fill(AuditLog log, int count) {
    List<CompletableFuture<AuditLog.Receipt>> receipts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      receipts.add(log.submit(Events.draft(i)));
    }
    receipts.forEach(CompletableFuture::join);
  }
}
