package io.niomq.benchmarks;

import java.util.List;
import java.util.Locale;

/** How long a run warms up and measures, in seconds. */
record Timing(double warm, int windows, double window) {
  static final Timing FULL = new Timing(3, 5, 0.4);
  static final Timing QUICK = new Timing(0.6, 3, 0.2);

  private static final double PATIENCE = 25;

  Timing warming(int times) {
    return new Timing(times * warm, windows, window);
  }

  /** After so long, a run has failed; its processes end by themselves soon afterwards. */
  double limit() {
    return warm + windows * window + PATIENCE;
  }

  List<String> arguments() {
    return List.of(
        "warm=" + number(warm),
        "windows=" + windows,
        "window=" + number(window),
        "limit=" + number(limit() + PATIENCE));
  }

  @Override
  public String toString() {
    return number(warm)
        + " s to warm up (longer for large messages, bursts, the broker and many threads), "
        + windows
        + " windows of "
        + number(window)
        + " s";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.2f", value);
  }
}
