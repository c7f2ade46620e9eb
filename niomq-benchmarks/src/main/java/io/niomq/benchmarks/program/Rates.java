package io.niomq.benchmarks.program;

import java.io.IOException;

/**
 * Events a second in each window of a schedule that begins with the first {@link #tick}; their
 * count so far can be read from outside as well.
 */
final class Rates {
  private final Schedule schedule;
  private final double[] rates;

  /** Null if nobody looks from outside. */
  private final SharedWord told;

  private int measured;
  private boolean started;
  private boolean warm;
  private long since;
  private long countThen;

  Rates(Schedule schedule, SharedWord told) {
    this.schedule = schedule;
    this.told = told;
    rates = new double[schedule.windows()];
  }

  static Rates of(Arguments arguments) throws IOException {
    return new Rates(
        Schedule.of(arguments),
        arguments.has("count") ? new SharedWord(arguments.text("count")) : null);
  }

  /** Tells how many events there were until {@code now}; false when all windows are over. */
  boolean tick(long now, long count) {
    if (told != null) {
      told.set(count);
    }
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
