package im.palisade.compliance.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.compliance.file.MapFiles;
import im.palisade.compliance.tile.EntryBundle;
import im.palisade.compliance.verify.Finding.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Whatever is done to a log is named, and nothing that was changed is called trustworthy. */
class TamperTest {
  private static final VerifyReport UNTOUCHED =
      LogVerifier.verify("log", SampleLog.whole().copy(), SampleLog.whole().options());

  private final SampleLog log = SampleLog.whole();

  @Test
  void theUntouchedLogHasNothingToNameButItsPruningAndItsTail() {
    VerifyReport report = LogVerifier.verify("log", log.copy(), log.options());
    assertEquals(0, report.exitCode(), report.text());
    assertEquals(
        Set.of(Kind.PRUNED, Kind.UNSIGNED_TAIL, Kind.CLOCK_WENT_BACK),
        kinds(report),
        report.text());
    assertTrue(log.files.keySet().stream().anyMatch(name -> name.contains("/journal/")));
  }

  @Test
  void aByteChangedInAnyFileIsNamed() {
    tries(
        300,
        random -> {
          int which = random.nextInt(1000001);
          int where = random.nextInt(10000001);
          int mask = 1 + random.nextInt(255);
          List<String> names = new ArrayList<>(new TreeSet<>(log.files.keySet()));
          String name = names.get(which % names.size());
          if (log.files.get(name).length > 0) {
            flip(name, where % log.files.get(name).length, mask);
          }
        });
  }

  @Test
  void everyByteOfTheSmallFilesIsNamed() {
    for (Map.Entry<String, byte[]> file : log.files.entrySet()) {
      if (file.getValue().length < 1_200 && !file.getKey().contains(".p/")) {
        for (int at = 0; at < file.getValue().length; at += file.getValue().length > 200 ? 11 : 3) {
          flip(file.getKey(), at, 1 << at % 8);
        }
      }
    }
  }

  private void flip(String name, int at, int mask) {
    MapFiles copy = log.copy();
    byte[] bytes = copy.map().get(name).clone();
    bytes[at] ^= (byte) mask;
    copy.map().put(name, bytes);
    VerifyReport report = LogVerifier.verify("log", copy, log.options());
    String said = name + " byte " + at + " ^ " + mask + "\n" + report.text();
    if (!name.equals("writer/fence")) { // Survived: see FenceTest.
      assertTrue(report.findings().stream().anyMatch(finding -> isAbout(finding, name)), said);
    }
    boolean derived =
        name.matches("[12]/tile/[0-9]/.*|writer/.*|subjects|[12]/side/.*|1/minimum")
            || name.contains(".p/");
    if (derived && !name.equals("1/tile/0/002")) { // Of pruned entries only the hashes are left.
      assertTrue(report.severity() != Finding.Severity.CHANGED, said);
      assertEquals(UNTOUCHED.parts(), report.parts(), said);
    } else if (!name.contains("/journal/")) {
      assertTrue(report.exitCode() != 0, said);
    }
    assertEquals(List.of(), log.wronglyTrusted(copy, report), said);
  }

  @Test
  void entriesEditedDeletedInsertedOrMovedAreNamed() {
    tries(
        80,
        random -> {
          int act = random.nextInt(4);
          int which = random.nextInt(1001);
          int at = random.nextInt(256);
          int other = random.nextInt(256);
          List<String> bundles =
              log.files.keySet().stream()
                  .filter(name -> name.matches("[12]/tile/entries/[0-9]{3}"))
                  .sorted()
                  .toList();
          String name = bundles.get(which % bundles.size());
          List<byte[]> entries = new ArrayList<>(EntryBundle.decode(log.files.get(name)));
          switch (act) {
            case 0 -> entries.set(at, entries.get((at + 1) % 256));
            case 1 -> entries.remove(at);
            case 2 -> entries.add(at, entries.get(other));
            default -> entries.add(other, entries.remove(at));
          }
          MapFiles copy = log.copy();
          copy.map().put(name, EntryBundle.encode(entries));
          VerifyReport report = LogVerifier.verify("log", copy, log.options());
          if (act != 3 || at != other) {
            assertTrue(
                report.findings().stream().anyMatch(finding -> finding.file().equals(name)),
                name + " act " + act + " at " + at + " " + other + "\n" + report.text());
            assertTrue(report.exitCode() == 1 || report.exitCode() == 2, report.text());
          }
          assertEquals(List.of(), log.wronglyTrusted(copy, report), report.text());
        });
  }

  @Test
  void aFileTakenAwayOrSwappedForAnotherIsNamed() {
    tries(
        80,
        random -> {
          int which = random.nextInt(1000001);
          int from = random.nextInt(1000001);
          List<String> names =
              new TreeSet<>(log.files.keySet())
                  .stream().filter(name -> !name.matches("writer/.*|subjects|.*/side/.*")).toList();
          String name = names.get(which % names.size());
          String other = names.get(from % names.size());
          MapFiles copy = log.copy();
          if (from % 3 == 0) {
            copy.map().remove(name);
          } else {
            copy.map().put(name, log.files.get(other));
          }
          VerifyReport report = LogVerifier.verify("log", copy, log.options());
          boolean same = java.util.Arrays.equals(log.files.get(name), copy.map().get(name));
          // The journal repeats what bundles hold; without it only its unsigned end is gone.
          if (!same && !name.contains("/journal/")) {
            assertTrue(report.exitCode() != 0, name + " <- " + other + "\n" + report.text());
          }
          assertEquals(List.of(), log.wronglyTrusted(copy, report), report.text());
        });
  }

  @Test
  void aFileCutShortIsNamed() {
    tries(
        100,
        random -> {
          int which = random.nextInt(1000001);
          int length = random.nextInt(1000001);
          List<String> names =
              new TreeSet<>(log.files.keySet())
                  .stream()
                      .filter(name -> !name.matches("writer/.*|subjects|.*/side/.*|.*/journal/.*"))
                      .toList();
          String name = names.get(which % names.size());
          MapFiles copy = log.copy();
          copy.map()
              .put(
                  name,
                  java.util.Arrays.copyOf(
                      log.files.get(name), length % log.files.get(name).length));
          VerifyReport report = LogVerifier.verify("log", copy, log.options());
          assertTrue(
              report.findings().stream().anyMatch(finding -> isAbout(finding, name)),
              name + "\n" + report.text());
          assertEquals(List.of(), log.wronglyTrusted(copy, report), report.text());
        });
  }

  @Test
  void anEpochTakenAwayOrRolledBackIsNamed() {
    MapFiles copy = log.copy();
    copy.map().keySet().removeIf(name -> name.startsWith("1/"));
    assertTrue(kinds(LogVerifier.verify("log", copy, log.options())).contains(Kind.EPOCH_MISSING));

    copy = log.copy();
    copy.map().keySet().removeIf(name -> name.startsWith("2/"));
    assertTrue(kinds(LogVerifier.verify("log", copy, log.options())).contains(Kind.EPOCH_MISSING));
  }

  /** Nobody can tell whether a digest or its signature was changed. */
  private static boolean isAbout(Finding finding, String name) {
    String file = name.contains("/digest/") ? name.substring(0, name.lastIndexOf('.')) : name;
    return finding.file().startsWith(file);
  }

  /** Many random cases; the seed of the one that fails is told. */
  private static void tries(int count, Consumer<Random> each) {
    long base = Long.getLong("tamper.seed", 20261128L);
    for (long seed = base; seed < base + count; seed++) {
      try {
        each.accept(new Random(seed));
      } catch (AssertionError e) {
        throw new AssertionError("-Dtamper.seed=" + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static Set<Kind> kinds(VerifyReport report) {
    return LogVerifierTest.kinds(report);
  }
}
