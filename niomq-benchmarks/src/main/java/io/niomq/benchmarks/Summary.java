package io.niomq.benchmarks;

import java.util.Collection;

/** The median of some values, with the least and the greatest. */
record Summary(int count, double median, double min, double max) {
  static Summary of(Collection<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (sorted.length == 0) {
      return new Summary(0, Double.NaN, Double.NaN, Double.NaN);
    }
    return new Summary(sorted.length, median(sorted), sorted[0], sorted[sorted.length - 1]);
  }

  /** Of the values that remain without the lowest and the highest quarter. */
  static Summary ofMiddleHalf(Collection<Double> values) {
    int quarter = values.size() / 4;
    return of(values.stream().sorted().skip(quarter).limit(values.size() - 2L * quarter).toList());
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  boolean isEmpty() {
    return count == 0;
  }
}
