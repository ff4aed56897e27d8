package im.palisade.compliance.verify;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.checkpoint.NoteSigner;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.event.EventEncoder;
import im.palisade.compliance.event.Ulid;
import im.palisade.compliance.file.CrashingFiles;
import im.palisade.compliance.file.LogFiles;
import im.palisade.compliance.file.MapFiles;
import im.palisade.compliance.log.AuditLog;
import im.palisade.compliance.log.Events;
import im.palisade.compliance.log.LogReader;
import im.palisade.compliance.log.MovedClock;
import im.palisade.compliance.log.Retention;
import im.palisade.compliance.side.SideRecords;
import im.palisade.compliance.side.SubjectKeys;
import im.palisade.compliance.tile.EntryBundle;
import im.palisade.compliance.tile.TilePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A log in which everything that there can be in a log is there: two epochs, a rotated key, kept
 * checkpoints, digests, pruned and held bundles, side records, an unsigned tail.
 */
final class SampleLog {
  static final Ed25519Signer FIRST = Ed25519Signer.generate("test.palisade/eu-1/1");
  static final Ed25519Signer SECOND = Ed25519Signer.generate("unnamed");

  private static final SampleLog WHOLE = make();

  final Map<String, byte[]> files;
  final SignedNote known;
  final TreeMap<String, byte[]> entries = new TreeMap<>();

  private SampleLog(Map<String, byte[]> files, SignedNote known) {
    this.files = Map.copyOf(files);
    this.known = known;
    files.forEach(
        (name, bytes) -> {
          if (name.contains("/tile/entries/") && !name.contains(".p/")) {
            long n = Long.parseLong(name.substring(name.lastIndexOf('/') + 1));
            List<byte[]> bundle = EntryBundle.decode(bytes);
            for (int i = 0; i < bundle.size(); i++) {
              entries.put(name.charAt(0) + ":" + (n * TilePath.WIDTH + i), bundle.get(i));
            }
          }
        });
  }

  /** The same one for all tests; made once. */
  static SampleLog whole() {
    return WHOLE;
  }

  MapFiles copy() {
    return new MapFiles(files);
  }

  VerifyOptions options() {
    return VerifyOptions.trusting(List.of(FIRST.verifierKey())).withKnown(List.of(known));
  }

  private static AuditLog open(LogFiles files, List<NoteSigner> signers, MovedClock clock)
      throws IOException {
    return AuditLog.open(Events.settings(60_000), files, signers, List.of(), clock);
  }

  private static SampleLog make() {
    CrashingFiles files = new CrashingFiles(new Random(1));
    MovedClock clock = new MovedClock();
    try (SubjectKeys keys = new SubjectKeys(files, new byte[32])) {
      SideRecords side = new SideRecords(keys);
      try (AuditLog log = open(files, List.of(FIRST), clock)) {
        Events.fill(log, 400);
        for (int i = 0; i < 5; i++) {
          var event =
              new EventEncoder("im-1", "eu-1").encode(Ulid.next(Events.NOW), Events.event(i));
          log.append(
              side.draft(event, List.of(new SideRecords.Value("usr_" + i, "source.ip", "::1"))));
        }
        keys.destroy("usr_3", 2026);
        clock.hourPasses(log);
        log.rotate(SECOND, AuditEvent.Actor.SYSTEM, AuditEvent.Source.LOCAL, "req");
        Events.fill(log, 500);
        log.keep();
        clock.hourPasses(log, new byte[] {1, 2, 3});
      } // Closed and opened so that what bundles hold leaves the journal.
      try (AuditLog log = open(files, List.of(FIRST, SECOND), clock)) {
        Events.fill(log, 200);
      }
      try (AuditLog log = open(files, List.of(FIRST, SECOND), clock)) {
        Retention.Plan plan =
            Retention.plan(
                LogReader.newest(files),
                stamp -> true,
                entry ->
                    new String(entry, java.nio.charset.StandardCharsets.UTF_8)
                        .contains("req_10\""));
        log.prune(
            plan,
            List.of("act_1", "act_2"),
            "default@1",
            AuditEvent.Actor.SYSTEM,
            AuditEvent.Source.LOCAL,
            "req");
        Events.fill(log, 200);
      }
      try (AuditLog log =
          AuditLog.beginEpoch(
              Events.settings(60_000),
              files,
              List.of(SECOND),
              "planned",
              List.of(),
              "act_1",
              clock)) {
        Events.fill(log, 300);
        SignedNote known = log.publish();
        Events.fill(log, 20);
        // Copied while the writer runs: the last entries are acknowledged, not yet signed.
        return new SampleLog(files.content(), known);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether what a report calls trustworthy is what was written. */
  List<String> wronglyTrusted(MapFiles files, VerifyReport report) {
    List<String> wrong = new ArrayList<>();
    for (VerifyReport.Part part : report.parts()) {
      String epoch = part.origin().substring(part.origin().lastIndexOf('/') + 1);
      for (Map.Entry<String, byte[]> file : files.map().entrySet()) {
        String prefix = epoch + "/tile/entries/";
        if (file.getKey().startsWith(prefix) && !file.getKey().contains(".p/")) {
          long n = Long.parseLong(file.getKey().substring(prefix.length()));
          List<byte[]> bundle = new ArrayList<>();
          EntryBundle.decode(file.getValue(), bundle::add);
          for (int i = 0; i < Math.min(256, bundle.size()); i++) {
            long index = n * TilePath.WIDTH + i;
            boolean trusted =
                part.trustworthy().stream()
                    .anyMatch(span -> span.from() <= index && index < span.to());
            // What the journal holds beside a damaged bundle is trusted, not the bundle.
            boolean told =
                report.findings().stream()
                    .anyMatch(
                        finding ->
                            finding.kind() == Finding.Kind.BUNDLE_DAMAGED
                                && finding.file().equals(file.getKey()));
            byte[] original = entries.get(epoch + ":" + index);
            if (trusted
                && !told
                && original != null
                && !java.util.Arrays.equals(original, bundle.get(i))) {
              wrong.add(epoch + ":" + index);
            }
          }
        }
      }
    }
    return wrong;
  }
}
