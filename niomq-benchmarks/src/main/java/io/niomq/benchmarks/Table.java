package io.niomq.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The results beside their targets, a row for each figure, as text or as Markdown. */
final class Table {
  private final Results results;
  private final List<List<String>> rows = new ArrayList<>();
  private int reached;
  private int missed;

  Table(Results results, List<Work> works) {
    this.results = results;
    List<String> header = new ArrayList<>(List.of("work", "figure"));
    Libraries.ALL.forEach(library -> header.add(Libraries.title(library)));
    others().forEach(library -> header.add("NioMQ / " + Libraries.title(library)));
    rows.add(header);
    for (Work work : works) {
      for (Measure measure : work.measures()) {
        add(work, measure);
      }
    }
  }

  private static List<String> others() {
    return Libraries.ALL.subList(1, Libraries.ALL.size());
  }

  private void add(Work work, Measure measure) {
    List<String> row = new ArrayList<>();
    row.add(work.name());
    String rate = measure.metric().equals("rate") ? "" : measure.metric() + " ";
    row.add(
        measure.metric().equals("lost-percent")
            ? measure.unit()
            : (rate + "[" + measure.unit() + "]"));
    boolean something = false;
    for (String library : Libraries.ALL) {
      String cell = values(work, measure, library);
      something |= !cell.isEmpty();
      row.add(cell);
    }
    for (String other : others()) {
      row.add(ratios(work, measure, other));
    }
    if (something) {
      rows.add(row);
    }
  }

  private String values(Work work, Measure measure, String library) {
    Summary summary = results.summary(work.name(), library, measure.metric());
    int failures = results.failures(work.name(), library);
    String failed = failures == 0 ? "" : failures + " failed";
    if (summary.isEmpty()) {
      return failed;
    }
    double scale = measure.scale();
    String values =
        number(summary.median() / scale)
            + range(number(summary.min() / scale), number(summary.max() / scale), summary);
    return failures == 0 ? values : values + ", " + failed;
  }

  private String ratios(Work work, Measure measure, String other) {
    Summary ratio = results.ratio(work.name(), Libraries.NIOMQ, other, measure.metric());
    double target = measure.target(other);
    if (ratio.isEmpty() || measure.metric().equals("lost-percent")) {
      return "";
    }
    String text =
        twoPlaces(ratio.median()) + range(twoPlaces(ratio.min()), twoPlaces(ratio.max()), ratio);
    if (Double.isNaN(target)) {
      return text;
    }
    boolean ok = measure.reaches(ratio.median(), target);
    if (ok) {
      reached++;
    } else {
      missed++;
    }
    return text
        + (measure.higherIsBetter() ? " ≥ " : " ≤ ")
        + trimmed(target)
        + (ok ? " ok" : " SHORT");
  }

  static String range(String min, String max, Summary of) {
    return of.count() < 2 ? "" : " (" + min + "–" + max + ")";
  }

  /** Three digits or more. */
  static String number(double value) {
    double size = Math.abs(value);
    return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
  }

  static String twoPlaces(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static String trimmed(double target) {
    return target == Math.rint(target) ? String.valueOf((int) target) : String.valueOf(target);
  }

  /** How many ratios reach their targets. */
  String verdict() {
    return reached + " of " + (reached + missed) + " ratios reach their targets";
  }

  String text() {
    return aligned(rows);
  }

  /** Rows of as many cells each, below each other. */
  static String aligned(List<List<String>> rows) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  String markdown() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows.size(); i++) {
      text.append("| ").append(String.join(" | ", rows.get(i))).append(" |\n");
      if (i == 0) {
        text.append("|---".repeat(rows.get(0).size())).append("|\n");
      }
    }
    return text.toString();
  }
}
