package io.niomq.benchmarks.program;

/** Events a second in each window of a schedule that begins with the first {@link #tick}. */
final class Rates {
  private final Schedule schedule;
  private final double[] rates;
  private int measured;
  private boolean started;
  private boolean warm;
  private long since;
  private long countThen;

  Rates(Schedule schedule) {
    this.schedule = schedule;
    rates = new double[schedule.windows()];
  }

  /** Tells how many events there were until {@code now}; false when all windows are over. */
  boolean tick(long now, long count) {
    if (!started) {
      started = true;
      since = now;
    } else if (!warm) {
      if (now - since >= schedule.warmNanos()) {
        warm = true;
        begin(now, count);
      }
    } else if (now - since >= schedule.windowNanos()) {
      rates[measured++] = (count - countThen) * 1e9 / (now - since);
      begin(now, count);
    }
    return measured < rates.length;
  }

  private void begin(long now, long count) {
    since = now;
    countThen = count;
  }

  /** Whether the warming up is over. */
  boolean isWarm() {
    return warm;
  }

  double[] all() {
    return rates;
  }
}
