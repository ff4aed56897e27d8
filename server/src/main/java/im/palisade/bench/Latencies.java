package im.palisade.bench;

import org.HdrHistogram.Histogram;

/** Latencies of one kind, in nanoseconds, to three digits up to a minute. */
final class Latencies {
  private static final long LONGEST = 60_000_000_000L;
  private final Histogram histogram = new Histogram(LONGEST, 3);

  void record(long nanos) {
    histogram.recordValue(Math.clamp(nanos, 0, LONGEST));
  }

  void reset() {
    histogram.reset();
  }

  double millisAt(double percentile) {
    return histogram.getValueAtPercentile(percentile) / 1e6;
  }

  double maxMillis() {
    return histogram.getMaxValue() / 1e6;
  }

  Latencies copy() {
    Latencies copy = new Latencies();
    copy.histogram.add(histogram);
    return copy;
  }
}
