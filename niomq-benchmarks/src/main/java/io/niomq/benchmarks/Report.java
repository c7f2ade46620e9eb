package io.niomq.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * {@code docs/PERFORMANCE.md}: what stands between two markers is made anew from the results; what
 * stands around them is left alone.
 */
final class Report {
  static final String BEGIN = "<!-- made by ./niomq bench --report: begin -->";
  static final String END = "<!-- made by ./niomq bench --report: end -->";
  private static final String IMAGES = "images";

  private final Path document;

  Report(Path document) {
    this.document = document;
  }

  /**
   * Draws the charts and writes the results.
   *
   * @param costs what the program of the costs has printed; empty if it did not run
   */
  void write(Results results, RunInfo info, String costs) throws IOException {
    String text = Files.readString(document);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IOException(document + " lacks the lines " + BEGIN + " and " + END);
    }
    List<Charts.Image> images =
        Charts.draw(results, PeerCost.in(costs), document.resolveSibling(IMAGES));
    String made = made(results, info, images, costs);
    Files.writeString(
        document, text.substring(0, begin + BEGIN.length()) + "\n\n" + made + text.substring(end));
  }

  private static String made(
      Results results, RunInfo info, List<Charts.Image> images, String costs) {
    Table table = new Table(results, Works.matching(List.of()));
    StringBuilder text = new StringBuilder(info.markdown()).append('\n');
    text.append("Medians (least–most) of ").append(results.pairs()).append(" pairs. ");
    text.append(table.verdict()).append(". ").append(stolen(results.stolen()));
    text.append("\n\n").append(table.markdown()).append('\n');
    for (Charts.Image image : images) {
      text.append("![").append(image.caption()).append("](").append(IMAGES).append('/');
      text.append(image.file()).append(")\n\n");
    }
    if (!costs.isBlank()) {
      text.append("## Costs\n\n").append(costs.strip()).append("\n\n");
    }
    return text.toString();
  }

  private static String stolen(Summary percent) {
    return percent.isEmpty()
        ? ""
        : String.format(
            Locale.ROOT,
            "Of the processors' time that a run wanted, others on the host took %.1f %% in the median,"
                + " %.1f %% at most.",
            percent.median(),
            percent.max());
  }
}
