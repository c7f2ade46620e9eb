package io.niomq.cli.perf;

import java.util.Arrays;

/** The results of several rounds of the same measurement. */
final class Rounds {
  private final double[] results;
  private int count;

  Rounds(int rounds) {
    results = new double[rounds];
  }

  void add(double result) {
    results[count++] = result;
  }

  /**
   * The median of the second half, when the JIT has done its work; of a single round its result.
   */
  double settled() {
    double[] later = Arrays.copyOfRange(results, count / 2, count);
    Arrays.sort(later);
    int middle = later.length / 2;
    return later.length % 2 == 1 ? later[middle] : (later[middle - 1] + later[middle]) / 2;
  }

  /** Refuses a message of another size, as libzmq's tools do. */
  static void checkSize(int received, int expected) {
    if (received != expected) {
      throw new PerfException(
          "message of incorrect size received: " + received + " B instead of " + expected + " B");
    }
  }
}
