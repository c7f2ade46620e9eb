package io.niomq.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Runs workloads, libraries side by side in each pair, and writes down what they report. */
final class Session {
  private static final int TRIES = 2;

  /** A run from which more was taken is made again, once; the calmer of the two counts. */
  private static final double STOLEN_MAX = 10;

  private final Launcher launcher;
  private final Timing timing;
  private final List<String> libraries;
  private final CsvFile csv;
  private final PrintWriter progress;
  private int runs;
  private int failures;

  Session(
      Launcher launcher, Timing timing, List<String> libraries, CsvFile csv, PrintWriter progress) {
    this.launcher = launcher;
    this.timing = timing;
    this.libraries = libraries;
    this.csv = csv;
    this.progress = progress;
  }

  /** Runs everything {@code pairs} times; begins nothing any more after {@code limitSeconds}. */
  boolean run(List<Work> works, int pairs, int limitSeconds)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    for (int pair = 1; pair <= pairs; pair++) {
      for (Work work : works) {
        for (String library : libraries) {
          if (!work.libraries().contains(library)) {
            continue;
          }
          if (System.nanoTime() - start > limitSeconds * 1_000_000_000L) {
            tell("stopped at the limit of %d s, in pair %d of %d", limitSeconds, pair, pairs);
            return false;
          }
          run(pair, work, library);
        }
      }
    }
    tell("%d runs, %d failed, %d s", runs, failures, (System.nanoTime() - start) / 1_000_000_000);
    return failures == 0;
  }

  /** A run that fails has a second chance; that it failed is written down either way. */
  private void run(int pair, Work work, String library) throws IOException, InterruptedException {
    int failed = 0;
    Map<String, Double> results = null;
    for (int tried = 0; tried < TRIES && !isCalm(results); tried++) {
      runs++;
      StolenTime stolen = new StolenTime();
      try {
        Map<String, Double> next = new Run(launcher, work, library, timing).results();
        next.put(Row.STOLEN, stolen.percent());
        tell("pair %d  %-24s %-9s %s", pair, work.name(), library, shown(work, next));
        if (results == null || next.get(Row.STOLEN) < results.get(Row.STOLEN)) {
          results = next;
        }
      } catch (RunFailure e) {
        failed++;
        failures++;
        tell("pair %d  %-24s %-9s FAILED: %s", pair, work.name(), library, e.getMessage());
      }
    }
    List<Row> rows = new ArrayList<>();
    if (results != null) {
      results.forEach(
          (metric, value) -> rows.add(new Row(pair, work.name(), library, metric, value)));
    }
    if (failed > 0) {
      rows.add(new Row(pair, work.name(), library, Row.FAILED, failed));
    }
    csv.append(rows);
  }

  private static boolean isCalm(Map<String, Double> results) {
    return results != null && !(results.get(Row.STOLEN) > STOLEN_MAX);
  }

  private static String shown(Work work, Map<String, Double> results) {
    StringBuilder text = new StringBuilder();
    for (Measure measure : work.measures()) {
      double value = results.get(measure.metric()) / measure.scale();
      String name = measure.metric().equals("rate") ? "" : measure.metric() + " ";
      text.append(String.format(Locale.ROOT, "%s%.3f %s  ", name, value, measure.unit()));
    }
    double stolen = results.get(Row.STOLEN);
    if (stolen >= 1) {
      text.append(String.format(Locale.ROOT, "(%.0f %% stolen)", stolen));
    }
    return text.toString().strip();
  }

  private void tell(String format, Object... values) {
    progress.println(String.format(Locale.ROOT, format, values));
    progress.flush();
  }
}
