package io.niomq.stress;

import java.util.SplittableRandom;

/**
 * A thread that computes between its calls: usually for no time, sometimes for long enough to be
 * given up on.
 */
final class Pace {
  private static final long MOMENT_NANOS = 50_000;
  private static final long LONG_NANOS = 5_000_000;

  private final SplittableRandom random;
  private final int rarity;

  /** A long pause comes once in {@code rarity} times. */
  Pace(SplittableRandom random, int rarity) {
    this.random = random;
    this.rarity = rarity;
  }

  void pause() {
    int choice = random.nextInt(rarity);
    if (choice == 0) {
      compute(random.nextLong(LONG_NANOS));
    } else if (choice % 8 == 1) {
      compute(random.nextLong(MOMENT_NANOS));
    }
  }

  static void compute(long nanos) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < nanos) {
      Thread.onSpinWait();
    }
  }
}
