package io.niomq.benchmarks;

/**
 * A figure that a workload is judged by.
 *
 * @param metric what the programs call it
 * @param higherIsBetter else lower is
 * @param unit of the values as shown
 * @param scale a value as reported is divided by this to be shown
 * @param toLibzmq the ratio to libzmq that NioMQ must reach; NaN for none
 * @param toJeromq the same for JeroMQ
 * @param toPlain the same for plain NIO
 */
record Measure(
    String metric,
    boolean higherIsBetter,
    String unit,
    double scale,
    double toLibzmq,
    double toJeromq,
    double toPlain) {
  static final double NO_TARGET = Double.NaN;
  private static final double RATE_TO_JEROMQ = 3;
  private static final double TIME_TO_JEROMQ = 0.5;

  /** Messages or round trips a second, of which more are better. */
  static Measure rate(double toLibzmq, double toPlain) {
    return new Measure("rate", true, "M/s", 1e6, toLibzmq, RATE_TO_JEROMQ, toPlain);
  }

  /** The same for large messages, of which fewer pass. */
  static Measure slowRate(double toLibzmq, double toPlain) {
    return new Measure("rate", true, "k/s", 1e3, toLibzmq, RATE_TO_JEROMQ, toPlain);
  }

  /** As {@link #rate(double, double)}, with nothing to be reached. */
  static Measure rate() {
    return rate(NO_TARGET, NO_TARGET).withoutTargets();
  }

  /** As {@link #slowRate(double, double)}, with nothing to be reached. */
  static Measure slowRate() {
    return slowRate(NO_TARGET, NO_TARGET).withoutTargets();
  }

  private Measure withoutTargets() {
    return new Measure(metric, higherIsBetter, unit, scale, NO_TARGET, NO_TARGET, NO_TARGET);
  }

  /** A percentile of times, of which less is better. */
  static Measure time(String percentile, double toLibzmq, double toPlain) {
    return new Measure(percentile, false, "us", 1, toLibzmq, TIME_TO_JEROMQ, toPlain);
  }

  /** Something to know, without a judgement. */
  static Measure plain(String metric, String unit) {
    return new Measure(metric, false, unit, 1, NO_TARGET, NO_TARGET, NO_TARGET);
  }

  double target(String library) {
    return switch (library) {
      case Libraries.LIBZMQ -> toLibzmq;
      case Libraries.JEROMQ -> toJeromq;
      case Libraries.PLAIN_NIO -> toPlain;
      default -> NO_TARGET;
    };
  }

  /** Whether that ratio of NioMQ to another library reaches the target. */
  boolean reaches(double ratio, double target) {
    return higherIsBetter ? ratio >= target : ratio <= target;
  }
}
