package io.niomq.benchmarks;

/**
 * A figure of a run, as it stands in the CSV file: rates a second, times in microseconds, processor
 * time in nanoseconds; {@link #FAILED} counts the runs that failed before this one, {@link #STOLEN}
 * is of {@link StolenTime}.
 */
record Row(int pair, String work, String library, String metric, double value) {
  static final String FAILED = "failed";
  static final String STOLEN = "stolen-percent";
}
