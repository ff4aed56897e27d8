package im.palisade.bench;

import im.palisade.client.HistoryPage;
import im.palisade.client.HistoryRange;
import im.palisade.client.ImClient;
import im.palisade.client.ImListener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Pages of 100 messages as a client's screen asks for them, from anywhere in long conversations.
 */
final class HistoryBench {
  private static final int PAGE = 100;
  private static final int WARM_UP_CALLS = 2000;
  private static final Duration DURATION = Duration.ofSeconds(5);

  private HistoryBench() {}

  /**
   * Reads pages.
   *
   * @param pairs users two by two; the first of each pair reads
   * @param length messages of each conversation
   */
  static void run(
      Report report, ServerUnderTest server, List<String> pairs, int length, Random random)
      throws InterruptedException {
    report.progress("message.history: page of 100");
    Latencies taken = new Latencies();
    try (ImClient client =
        ImClient.connect(server.imUrl(), new ImListener() {}, Duration.ofSeconds(10))) {
      client.login(server.imLogin(pairs.getFirst())).get(10, TimeUnit.SECONDS);
      CpuMeter meter = new CpuMeter(server);
      long begin = System.nanoTime();
      long calls = 0;
      for (int i = 0; i <= WARM_UP_CALLS || System.nanoTime() - begin < DURATION.toNanos(); i++) {
        if (i == WARM_UP_CALLS) {
          taken.reset();
          meter = new CpuMeter(server);
          begin = System.nanoTime();
          calls = 0;
        }
        long before = PAGE + 1L + random.nextInt(Math.max(1, length - PAGE));
        long sent = System.nanoTime();
        HistoryPage page =
            client
                .history("C2C" + pairs.get(1), new HistoryRange.Before(before), PAGE)
                .get(10, TimeUnit.SECONDS);
        taken.record(System.nanoTime() - sent);
        calls++;
        if (page.messages().size() != PAGE) {
          throw new BenchException("a page has " + page.messages().size() + " messages");
        }
      }
      CpuMeter.Used used = meter.since();
      report.add(
          Figure.of("message.history", "page of 100, p50", taken.millisAt(50), "ms").atMost(10));
      report.add(Figure.of("message.history", "  p99", taken.millisAt(99), "ms"));
      report.add(
          Figure.of(
              "message.history",
              "server CPU, database included",
              used.both() / (double) Math.max(1, calls),
              "us/call"));
    } catch (IOException | ExecutionException | TimeoutException e) {
      throw new BenchException("history cannot be read: " + e.getMessage(), e);
    }
  }
}
