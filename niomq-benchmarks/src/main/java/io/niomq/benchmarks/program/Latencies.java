package io.niomq.benchmarks.program;

import org.HdrHistogram.Histogram;

/** Times in nanoseconds, a histogram for each window of a schedule. For one thread. */
final class Latencies {
  private static final long MAX = 60_000_000_000L;

  private final Histogram[] histograms;
  private final long begin;
  private final long windowNanos;
  private int current;
  private long windowEnd;

  Latencies(Schedule schedule, long now) {
    histograms = new Histogram[schedule.windows()];
    for (int i = 0; i < histograms.length; i++) {
      histograms[i] = empty();
    }
    windowNanos = schedule.windowNanos();
    begin = now + schedule.warmNanos();
    windowEnd = begin + windowNanos;
  }

  static Histogram empty() {
    return new Histogram(MAX, 3);
  }

  /** Counts {@code nanos}, which ended {@code now}; false when all windows are over. */
  boolean record(long now, long nanos) {
    if (now - begin < 0) {
      return true;
    }
    while (now - windowEnd >= 0) {
      windowEnd += windowNanos;
      if (++current >= histograms.length) {
        return false;
      }
    }
    histograms[current].recordValue(Math.min(nanos, MAX));
    return true;
  }

  Histogram[] windows() {
    return histograms;
  }

  /** Adds what another thread measured at the same time. */
  void add(Latencies other) {
    for (int i = 0; i < histograms.length; i++) {
      histograms[i].add(other.histograms[i]);
    }
  }
}
