package io.niomq.benchmarks.program;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A counter for each of several threads, far enough apart that they do not slow each other. */
final class Counters {
  private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);
  private static final int STRIDE = 16; // two cache lines, as processors fetch them in pairs

  private final int count;
  private final long[] values;

  Counters(int count) {
    this.count = count;
    values = new long[(count + 1) * STRIDE];
  }

  /** Only the thread that owns the counter may set it. */
  void set(int index, long value) {
    ELEMENT.setRelease(values, (index + 1) * STRIDE, value);
  }

  private long get(int index) {
    return (long) ELEMENT.getAcquire(values, (index + 1) * STRIDE);
  }

  long sum() {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += get(i);
    }
    return sum;
  }

  boolean allPositive() {
    for (int i = 0; i < count; i++) {
      if (get(i) == 0) {
        return false;
      }
    }
    return true;
  }

  /** Waits for each to count something, then lets the schedule pass and returns it. */
  Rates measure(Arguments arguments, Runnable onWarm) throws IOException, InterruptedException {
    while (!allPositive()) {
      Thread.sleep(1);
    }
    Rates rates = Rates.of(arguments);
    long pause = Math.max(1, Schedule.of(arguments).windowNanos() / 40_000_000);
    boolean told = false;
    while (rates.tick(System.nanoTime(), sum())) {
      if (!told && rates.isWarm()) {
        told = true;
        onWarm.run();
      }
      Thread.sleep(pause);
    }
    return rates;
  }
}
