package io.niomq.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What all runs reported, and how libraries compare within the same pair. */
final class Results {
  private record Key(String work, String library, String metric) {}

  private final Map<Key, TreeMap<Integer, Double>> values = new HashMap<>();
  private final int pairs;

  Results(List<Row> rows) {
    int last = 0;
    for (Row row : rows) {
      values
          .computeIfAbsent(new Key(row.work(), row.library(), row.metric()), k -> new TreeMap<>())
          .put(row.pair(), row.value());
      last = Math.max(last, row.pair());
    }
    pairs = last;
  }

  int pairs() {
    return pairs;
  }

  private TreeMap<Integer, Double> byPair(String work, String library, String metric) {
    return values.getOrDefault(new Key(work, library, metric), new TreeMap<>());
  }

  /** Over all pairs. */
  Summary summary(String work, String library, String metric) {
    return Summary.of(byPair(work, library, metric).values());
  }

  /** Over the middle half of all pairs. */
  Summary middleHalf(String work, String library, String metric) {
    return Summary.ofMiddleHalf(byPair(work, library, metric).values());
  }

  /** Over all pairs. */
  double sum(String work, String library, String metric) {
    return byPair(work, library, metric).values().stream().mapToDouble(value -> value).sum();
  }

  /** Over the pairs from {@code first} to {@code last}. */
  Summary summary(String work, String library, String metric, int first, int last) {
    return Summary.of(byPair(work, library, metric).subMap(first, true, last, true).values());
  }

  /** Of the ratios within each pair that has both. */
  Summary ratio(String work, String library, String other, String metric) {
    return Summary.of(ratios(work, library, other, metric));
  }

  /** Of the middle half of these ratios. */
  Summary middleRatio(String work, String library, String other, String metric) {
    return Summary.ofMiddleHalf(ratios(work, library, other, metric));
  }

  private Collection<Double> ratios(String work, String library, String other, String metric) {
    Map<Integer, Double> ratios = new TreeMap<>();
    Map<Integer, Double> divisors = byPair(work, other, metric);
    byPair(work, library, metric)
        .forEach(
            (pair, value) -> {
              Double divisor = divisors.get(pair);
              if (divisor != null && divisor > 0) {
                ratios.put(pair, value / divisor);
              }
            });
    return ratios.values();
  }

  /** Of all runs: how much of the processors' time was taken by others, in percent. */
  Summary stolen() {
    List<Double> all = new ArrayList<>();
    values.forEach(
        (key, byPair) -> {
          if (key.metric().equals(Row.STOLEN)) {
            all.addAll(byPair.values());
          }
        });
    return Summary.of(all);
  }

  /** How many runs failed, those that went well at the second try included. */
  int failures(String work, String library) {
    double sum = 0;
    for (double count : byPair(work, library, Row.FAILED).values()) {
      sum += count;
    }
    return (int) sum;
  }
}
