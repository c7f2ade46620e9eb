package io.niomq.benchmarks.program;

import java.util.Arrays;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** The lines for whoever started this program. */
final class Output {
  private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};

  private Output() {}

  static void endpoint(String endpoint) {
    System.out.println("endpoint " + endpoint);
    System.out.flush();
  }

  static void result(String key, double value) {
    System.out.println(String.format(Locale.ROOT, "result %s %.3f", key, value));
  }

  /** All results were told; the process stays until it is told to go. */
  static void end() {
    System.out.println("end");
    System.out.flush();
  }

  /** Each window, and their median. */
  static void rates(double[] rates) {
    for (int i = 0; i < rates.length; i++) {
      result("window-" + (i + 1), rates[i]);
    }
    double[] sorted = rates.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    result(
        "rate",
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
  }

  /** The median of each window, and percentiles of them together, in microseconds. */
  static void latencies(Histogram[] windows) {
    Histogram all = Latencies.empty();
    for (int i = 0; i < windows.length; i++) {
      all.add(windows[i]);
      result("window-" + (i + 1), windows[i].getValueAtPercentile(50) / 1e3);
    }
    if (all.getTotalCount() == 0) {
      throw new IllegalStateException("nothing was measured");
    }
    for (double percentile : PERCENTILES) {
      String name =
          "p"
              + (percentile == 50 || percentile == 90 || percentile == 99
                  ? String.valueOf((int) percentile)
                  : String.valueOf(percentile));
      result(name, all.getValueAtPercentile(percentile) / 1e3);
    }
    result("max", all.getMaxValue() / 1e3);
    result("count", all.getTotalCount());
  }
}
