package io.niomq.benchmarks.program;

import java.util.Arrays;
import org.HdrHistogram.Histogram;

/** Times in nanoseconds, a histogram for each window of a schedule. For one thread. */
final class Latencies {
  private static final long MAX = 60_000_000_000L;

  /**
   * The time for warming up has windows, too, which share the first histogram and are not told: so
   * the counting is warm afterwards.
   */
  private final Histogram[] histograms;

  private final int warmWindows;
  private final long halfWarm;
  private final long windowNanos;
  private int current;
  private long windowEnd;

  Latencies(Schedule schedule, long now) {
    windowNanos = schedule.windowNanos();
    warmWindows = (int) (schedule.warmNanos() / windowNanos) + 1;
    histograms = new Histogram[warmWindows + schedule.windows()];
    Arrays.fill(histograms, empty());
    for (int i = warmWindows; i < histograms.length; i++) {
      histograms[i] = empty();
    }
    halfWarm = now + schedule.warmNanos() / 2;
    windowEnd = now + schedule.warmNanos() % windowNanos;
  }

  static Histogram empty() {
    return new Histogram(MAX, 3);
  }

  /** Counts {@code nanos}, which ended {@code now}; false when all windows are over. */
  boolean record(long now, long nanos) {
    while (now - windowEnd >= 0) {
      windowEnd += windowNanos;
      if (++current >= histograms.length) {
        return false;
      }
    }
    histograms[current].recordValue(Math.min(nanos, MAX));
    return true;
  }

  /** Whether half of the time for warming up is over. */
  boolean isHalfWarm(long now) {
    return now - halfWarm >= 0;
  }

  Histogram[] windows() {
    return Arrays.copyOfRange(histograms, warmWindows, histograms.length);
  }

  /** Adds what another thread measured at the same time. */
  void add(Latencies other) {
    for (int i = warmWindows; i < histograms.length; i++) {
      histograms[i].add(other.histograms[i]);
    }
  }
}
