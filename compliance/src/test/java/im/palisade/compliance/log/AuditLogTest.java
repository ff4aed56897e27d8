package im.palisade.compliance.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.checkpoint.TlogProof;
import im.palisade.compliance.event.DraftEntry;
import im.palisade.compliance.event.EventEncoder;
import im.palisade.compliance.event.Ulid;
import im.palisade.compliance.file.CrashingFiles;
import im.palisade.compliance.file.DiskFiles;
import im.palisade.compliance.log.AuditLogException.Reason;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.merkle.MerkleProof;
import im.palisade.compliance.side.SideRecords;
import im.palisade.compliance.side.SubjectKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
  private final Ed25519Signer signer = Ed25519Signer.generate("unnamed");

  @Test
  void everyEventHasAProofThatAnyoneCanCheck(@TempDir Path folder) throws IOException {
    try (AuditLog log = Events.open(new DiskFiles(folder), signer)) {
      fill(log, 700);
      SignedNote first = log.publish();
      fill(log, 300);
      log.publish();
      assertEquals(1001, log.size(), "with the event that opened the epoch");
      for (long index : new long[] {0, 1, 255, 256, 700, 1000}) {
        TlogProof proof = TlogProof.parse(log.prove(index).toString());
        var key = signer.named("test.palisade/eu-1/1").verifierKey();
        assertTrue(proof.proves(MerkleHash.leaf(log.entry(index)), key));
        assertFalse(proof.proves(MerkleHash.leaf(log.entry((index + 1) % 1001)), key));
      }
      Checkpoint old = Checkpoint.parse(first.text());
      Checkpoint now = Checkpoint.parse(log.checkpoint().text());
      assertTrue(
          MerkleProof.continues(
              old.size(), old.root(), now.size(), now.root(), log.consistency(old.size())));
    }
  }

  @Test
  void whatWasAcknowledgedIsThereAfterItIsOpenedAgain(@TempDir Path folder) throws IOException {
    List<byte[]> entries = new ArrayList<>();
    SignedNote before;
    try (AuditLog log = Events.open(new DiskFiles(folder), signer)) {
      fill(log, 1500);
      before = log.publish();
      for (int i = 0; i < log.size(); i++) {
        entries.add(log.entry(i));
      }
    }
    try (AuditLog log = Events.open(new DiskFiles(folder), signer, before)) {
      assertEquals(entries.size(), log.size());
      for (int i = 0; i < entries.size(); i++) {
        assertArrayEquals(entries.get(i), log.entry(i));
      }
      assertEquals(before.text(), log.checkpoint().text());
      assertEquals(1502, log.append(Events.draft(1)).counter(), "counters go on without gap");
    }
  }

  @Test
  void anEventOfferedTwiceIsTakenOnceAlsoAfterARestart(@TempDir Path folder) throws IOException {
    DraftEntry draft = Events.draft(1);
    AuditLog.Receipt receipt;
    try (AuditLog log = Events.open(new DiskFiles(folder), signer)) {
      receipt = log.append(draft);
      assertEquals(receipt, log.append(draft));
    }
    try (AuditLog log = Events.open(new DiskFiles(folder), signer)) {
      assertEquals(receipt, log.append(draft));
      assertEquals(2, log.size());
    }
  }

  @Test
  void aNodesCounterMayNotLeaveAGap(@TempDir Path folder) throws IOException {
    try (AuditLog log = Events.open(new DiskFiles(folder), signer)) {
      assertEquals(41, log.append(counted(41)).counter());
      AuditLogException gap = assertThrows(AuditLogException.class, () -> log.append(counted(43)));
      assertEquals(Reason.COUNTER, gap.reason());
      assertEquals(42, log.append(counted(42)).counter());
    }
  }

  @Test
  void anOustedWriterAcknowledgesNothing() throws IOException {
    CrashingFiles files = new CrashingFiles(new Random(1));
    AuditLog old = Events.open(files, signer);
    old.append(Events.draft(1));
    try (AuditLog fresh = Events.open(files, signer)) {
      AuditLogException refused =
          assertThrows(AuditLogException.class, () -> old.append(Events.draft(2)));
      assertEquals(Reason.FENCED, refused.reason());
      assertEquals(2, fresh.append(Events.draft(3)).index());
    }
    old.close();
    try (AuditLog again = Events.open(files, signer)) {
      assertEquals(3, again.size(), "what the ousted one wrote does not count");
    }
  }

  @Test
  void aLogThatWasRolledBackIsNotContinuedButStatesItsGap(@TempDir Path folder) throws IOException {
    CrashingFiles files = new CrashingFiles(new Random(1));
    SignedNote witnessed;
    try (AuditLog log = Events.open(files, signer)) {
      fill(log, 10);
    }
    CrashingFiles backup = files.afterPowerIsBack();
    try (AuditLog log = Events.open(files, signer)) {
      fill(log, 10);
      witnessed = log.publish();
    }
    AuditLogException refused =
        assertThrows(AuditLogException.class, () -> Events.open(backup, signer, witnessed));
    assertEquals(Reason.ROLLED_BACK, refused.reason());
    try (AuditLog log =
        AuditLog.beginEpoch(
            Events.settings(20_000),
            backup,
            List.of(signer),
            "restore",
            List.of(witnessed),
            "act_1",
            InstantSource.fixed(Events.NOW))) {
      JsonNode epoch = new ObjectMapper().readTree(log.entry(0)).at("/change/after/epoch");
      assertEquals(2, epoch.get("number").asInt());
      assertEquals(11, epoch.at("/previous/gap/from").asInt());
      assertEquals(21, epoch.at("/previous/gap/to").asInt());
      assertTrue(log.checkpoint().text().startsWith("test.palisade/eu-1/2\n"));
    }
  }

  @Test
  void duringARotationBothKeysSignAndTheOldOneVouchesForTheNew(@TempDir Path folder)
      throws IOException {
    Ed25519Signer fresh = Ed25519Signer.generate("unnamed");
    var oldKey = signer.named("test.palisade/eu-1/1").verifierKey();
    var newKey = fresh.named("test.palisade/eu-1/1").verifierKey();
    try (AuditLog log = Events.open(new DiskFiles(folder), signer)) {
      log.rotate(fresh, AuditEvent.Actor.SYSTEM, AuditEvent.Source.LOCAL, "req");
      log.append(Events.draft(1));
      SignedNote both = log.publish();
      assertTrue(both.isSignedBy(oldKey) && both.isSignedBy(newKey));
      JsonNode event = new ObjectMapper().readTree(log.entry(1)).at("/change/after");
      String signed =
          "palisade audit key\n%s\nvalid-from %s\n"
              .formatted(event.get("key").asText(), event.get("validFrom").asText());
      assertTrue(
          oldKey.ed25519(
              signed.getBytes(java.nio.charset.StandardCharsets.UTF_8),
              java.util.Base64.getDecoder().decode(event.get("endorsement").asText())));
    }
    InstantSource later = InstantSource.fixed(Events.NOW.plusSeconds(86_401));
    try (AuditLog log =
        AuditLog.open(
            Events.settings(20_000),
            new DiskFiles(folder),
            List.of(signer, fresh),
            List.of(),
            later)) {
      assertFalse(log.publish().isSignedBy(oldKey), "the old key stops after a day");
      assertTrue(log.publish().isSignedBy(newKey));
    }
  }

  @Test
  void anErasedPersonsValuesAreGoneAndTheProofsStand(@TempDir Path folder) throws IOException {
    DiskFiles files = new DiskFiles(folder);
    try (SubjectKeys keys = new SubjectKeys(files, new byte[32]);
        AuditLog log = Events.open(files, signer)) {
      SideRecords side = new SideRecords(keys);
      String id = Ulid.next(Events.NOW);
      var event = new EventEncoder("im-1", "eu-1").encode(id, Events.event(1));
      long index =
          log.append(
                  side.draft(
                      event, List.of(new SideRecords.Value("usr_1", "source.ip", "203.0.113.77"))))
              .index();
      log.publish();
      String entry = new String(log.entry(index), java.nio.charset.StandardCharsets.UTF_8);
      assertFalse(entry.contains("203.0.113.77"));
      byte[] file = files.read("1/side/20261123/00000001").orElseThrow();
      SideRecords.Opened opened = side.open(file, id).getFirst();
      assertEquals("203.0.113.77", opened.value());
      String commitment = new ObjectMapper().readTree(entry).at("/commit/0/value").asText();
      assertTrue(opened.opens(commitment));

      assertEquals(1, keys.destroy("usr_1", 2026));
      assertTrue(side.open(file, id).isEmpty());
      assertTrue(new SideRecords(new SubjectKeys(files, new byte[32])).open(file, id).isEmpty());
      assertTrue(
          log.prove(index)
              .proves(
                  MerkleHash.leaf(log.entry(index)),
                  signer.named("test.palisade/eu-1/1").verifierKey()));
    }
  }

  private static DraftEntry counted(long n) {
    var event = new EventEncoder("im-2", "eu-1").encode(Ulid.next(Events.NOW), Events.event(1));
    ((com.fasterxml.jackson.databind.node.ObjectNode) event.get("node")).put("n", n);
    return DraftEntry.of(event, List.of());
  }

  private static void fill(AuditLog log, int count) {
    List<CompletableFuture<AuditLog.Receipt>> receipts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      receipts.add(log.submit(Events.draft(i)));
    }
    receipts.forEach(CompletableFuture::join);
  }
}
