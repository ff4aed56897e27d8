package im.palisade.compliance.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.event.DraftEntry;
import im.palisade.compliance.file.CrashingFiles;
import im.palisade.compliance.log.AuditLogException.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Power fails, disks fill up, bytes change. */
class AuditLogCrashTest {
  private final Ed25519Signer signer = Ed25519Signer.generate("unnamed");

  @Test
  void nothingAcknowledgedIsLostWhereverPowerFails() throws IOException {
    for (long seed : Seeds.orElse("0-149").toArray()) {
      Random random = new Random(seed);
      CrashingFiles files = new CrashingFiles(random);
      Map<Long, byte[]> acknowledged = new TreeMap<>();
      List<SignedNote> seen = new ArrayList<>();
      for (int life = 0; life < 4; life++) {
        files.failAt(1 + random.nextInt(life == 0 ? 30 : 120));
        live(files, random, acknowledged, seen);
        files.failAt(Long.MAX_VALUE);
        files = files.afterPowerIsBack();
      }
      try (AuditLog log = Events.open(files, signer, seen.toArray(new SignedNote[0]))) {
        for (Map.Entry<Long, byte[]> entry : acknowledged.entrySet()) {
          assertArrayEquals(entry.getValue(), log.entry(entry.getKey()), "seed " + seed);
        }
      }
    }
  }

  private void live(
      CrashingFiles files, Random random, Map<Long, byte[]> acknowledged, List<SignedNote> seen) {
    try (AuditLog log = Events.open(files, signer, seen.toArray(new SignedNote[0]))) {
      for (int round = 0; round < 12; round++) {
        Map<DraftEntry, CompletableFuture<AuditLog.Receipt>> offered = new java.util.HashMap<>();
        for (int i = random.nextInt(90); i >= 0; i--) {
          DraftEntry draft = Events.draft(i);
          offered.put(draft, log.submit(draft));
        }
        offered.forEach(
            (draft, answer) -> {
              try {
                AuditLog.Receipt receipt = answer.join();
                acknowledged.put(receipt.index(), draft.entry(receipt.counter()));
              } catch (java.util.concurrent.CompletionException e) {
                // Refused: it may be there or not.
              }
            });
        if (random.nextBoolean()) {
          seen.add(log.publish());
        }
      }
    } catch (CrashingFiles.PowerFailure | AuditLogException | IOException e) {
      assertFalse(
          e instanceof AuditLogException refused && refused.reason() != Reason.UNAVAILABLE,
          () -> "after power failed: " + e);
    }
  }

  @Test
  void aFullDiskRefusesEventsAndHarmsNone() throws IOException {
    CrashingFiles files = new CrashingFiles(new Random(7));
    try (AuditLog log = Events.open(files, signer)) {
      for (int i = 0; i < 300; i++) {
        log.append(Events.draft(i));
      }
      files.full(true);
      for (int i = 0; i < 5; i++) {
        DraftEntry draft = Events.draft(i);
        assertEquals(
            Reason.UNAVAILABLE,
            assertThrows(AuditLogException.class, () -> log.append(draft)).reason());
      }
      files.full(false);
      assertEquals(301, log.append(Events.draft(1)).index());
      log.publish();
    }
    try (AuditLog log = Events.open(files.afterPowerIsBack(), signer)) {
      assertEquals(302, log.size());
    }
  }

  @Test
  void aByteChangedInASignedPartIsNoticedWhenTheLogIsOpened() throws IOException {
    CrashingFiles files = new CrashingFiles(new Random(7));
    try (AuditLog log = Events.open(files, signer)) {
      for (int i = 0; i < 20; i++) {
        log.append(Events.draft(i));
      }
      log.publish();
    }
    int noticed = 0;
    String journal =
        files.names().stream()
            .filter(name -> name.startsWith("1/journal/"))
            .findFirst()
            .orElseThrow();
    int length = files.read(journal).orElseThrow().length;
    for (int at = 0; at < length; at++) {
      files.flip(journal, at);
      assertThrows(AuditLogException.class, () -> Events.open(files, signer).close(), "byte " + at);
      files.flip(journal, at);
      noticed++;
    }
    assertTrue(noticed > 1000);
    Events.open(files, signer).close();
  }
}
