package io.niomq.benchmarks.cost;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A table in Markdown: what was measured, the figure, its target, and whether it was met. */
final class Table {
  private final String title;
  private final String explanation;
  private final List<String> columns;
  private final List<List<String>> rows = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  /** {@code columns} are the names of the figures, between the row's name and the verdict. */
  Table(String title, String explanation, String... columns) {
    this.title = title;
    this.explanation = explanation;
    this.columns = Arrays.asList(columns);
  }

  /** A row without a target. */
  void row(String name, String... figures) {
    add(name, "", "", figures);
  }

  /** A row whose figures are met or not. */
  void row(String name, String target, boolean met, String... figures) {
    add(name, target, met ? "ok" : "**short**", figures);
  }

  private void add(String name, String target, String verdict, String... figures) {
    List<String> row = new ArrayList<>();
    row.add(name);
    for (int i = 0; i < columns.size(); i++) {
      row.add(i < figures.length ? figures[i] : "");
    }
    row.add(target);
    row.add(verdict);
    rows.add(row);
  }

  /** Something could not be measured, or went wrong. */
  void failed(String reason) {
    failures.add(reason);
  }

  boolean hasFailures() {
    return !failures.isEmpty();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append("### ").append(title).append("\n\n").append(explanation).append("\n\n");
    List<String> header = new ArrayList<>();
    header.add("");
    header.addAll(columns);
    header.add("target");
    header.add("");
    line(text, header);
    text.append("|---|").append("---:|".repeat(columns.size())).append("---|---|\n");
    for (List<String> row : rows) {
      line(text, row);
    }
    for (String failure : failures) {
      text.append("\n**FAILED**: ").append(failure.replace('\n', ' ')).append('\n');
    }
    return text.toString();
  }

  private static void line(StringBuilder text, List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  /** A number with so many digits after the point, its thousands apart. */
  static String number(double value, int digits) {
    return String.format(Locale.ROOT, "%,." + digits + "f", value).replace(',', ' ');
  }
}
