package im.palisade.compliance.bench;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.event.DraftEntry;
import im.palisade.compliance.event.EventEncoder;
import im.palisade.compliance.event.Ulid;
import im.palisade.compliance.file.DiskFiles;
import im.palisade.compliance.log.AuditLog;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Events per second that become durable. */
public final class AuditLogBench {
  private AuditLogBench() {}

  /**
   * Runs it in an empty folder.
   *
   * @param writers threads, each of which encodes its events itself
   * @param window most events of a writer that are not yet answered
   */
  public static void run(Path folder, int writers, int window, long seconds) throws Exception {
    Ed25519Signer signer = Ed25519Signer.generate("unnamed");
    try (AuditLog log =
        AuditLog.open(
            AuditLog.Settings.of("bench", "eu-1", "im-1"),
            new DiskFiles(folder),
            List.of(signer),
            List.of(),
            InstantSource.system())) {
      run(log, writers, window, 3);
      long[] waits = run(log, writers, window, seconds);
      Arrays.sort(waits);
      System.out.printf(
          "%d writers, window %d: %d events/s, ms until durable p50 %.1f p99 %.1f, size %d%n",
          writers,
          window,
          waits.length / seconds,
          waits[waits.length / 2] / 1e6,
          waits[waits.length * 99 / 100] / 1e6,
          log.size());
    }
  }

  private static long[] run(AuditLog log, int writers, int window, long seconds) throws Exception {
    EventEncoder encoder = new EventEncoder("im-1", "eu-1");
    List<Thread> threads = new ArrayList<>();
    List<List<Long>> waits = new ArrayList<>();
    AtomicLong end = new AtomicLong(System.nanoTime() + seconds * 1_000_000_000);
    for (int i = 0; i < writers; i++) {
      List<Long> mine = new ArrayList<>();
      waits.add(mine);
      int writer = i;
      threads.add(
          Thread.ofPlatform().start(() -> write(log, encoder, writer, window, end.get(), mine)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return waits.stream().flatMap(List::stream).mapToLong(Long::longValue).toArray();
  }

  private static void write(
      AuditLog log, EventEncoder encoder, int writer, int window, long end, List<Long> waits) {
    record Sent(long at, CompletableFuture<AuditLog.Receipt> answer) {}
    Deque<Sent> open = new ArrayDeque<>();
    for (int n = 0; System.nanoTime() < end; n++) {
      Instant now = Instant.now();
      AuditEvent event =
          AuditEvent.of(
              "user.delete",
              now,
              "1400000001",
              AuditEvent.Outcome.SUCCESS,
              new AuditEvent.Actor(AuditEvent.ActorKind.ADMIN, "act_" + writer),
              new AuditEvent.Source(AuditEvent.Channel.REST, "203.0.113.0/24"),
              List.of(new AuditEvent.Target("usr", "usr_" + n)),
              "req_" + writer + "_" + n);
      DraftEntry draft = DraftEntry.of(encoder.encode(Ulid.next(now), event), List.of());
      open.add(new Sent(System.nanoTime(), log.submit(draft)));
      while (open.size() >= window) {
        Sent oldest = open.remove();
        oldest.answer().join();
        waits.add(System.nanoTime() - oldest.at());
      }
    }
    open.forEach(sent -> sent.answer().join());
  }
}
