package io.niomq.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.FieldPosition;
import java.text.NumberFormat;
import java.text.ParsePosition;
import java.util.ArrayList;
import java.util.List;
import org.jfree.chart.ChartUtils;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.CombinedRangeCategoryPlot;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.LineAndShapeRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** The medians of all pairs as pictures. A chart without any data is left out. */
final class Charts {
  /** A file beside the report, and what it shows. */
  record Image(String file, String caption) {}

  private static final int WIDTH = 1000;
  private static final int HEIGHT = 540;
  private static final List<String> PERCENTILES = List.of("p50", "p90", "p99", "p99.9", "p99.99");

  private final Results results;
  private final Path directory;
  private final List<Image> images = new ArrayList<>();

  private Charts(Results results, Path directory) {
    this.results = results;
    this.directory = directory;
  }

  static List<Image> draw(Results results, Path directory) throws IOException {
    Files.createDirectories(directory);
    Charts charts = new Charts(results, directory);
    charts.throughput();
    charts.latency();
    charts.bursts();
    charts.broadcast();
    return charts.images;
  }

  private double median(String work, String library, String metric) {
    return results.summary(work, library, metric).median();
  }

  private void throughput() throws IOException {
    XYSeriesCollection data = new XYSeriesCollection();
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
    for (String library : Libraries.ALL) {
      XYSeries series = new XYSeries(Libraries.title(library));
      for (int log = SizeFormat.MIN; log <= SizeFormat.MAX; log += 2) {
        double rate = median("thr-tcp-" + (1 << log), library, "rate");
        if (!Double.isNaN(rate)) {
          series.add(log, rate);
        }
      }
      if (!series.isEmpty()) {
        int index = data.getSeriesCount();
        data.addSeries(series);
        renderer.setSeriesPaint(index, ChartLook.color(library));
        renderer.setSeriesStroke(index, ChartLook.stroke(library));
        renderer.setSeriesShape(index, ChartLook.POINT);
      }
    }
    if (data.getSeriesCount() == 0) {
      return;
    }
    NumberAxis sizes = new NumberAxis("size of a message");
    sizes.setTickUnit(new NumberTickUnit(2));
    sizes.setNumberFormatOverride(new SizeFormat());
    sizes.setRange(SizeFormat.MIN - 0.5, SizeFormat.MAX + 0.5);
    XYPlot plot = new XYPlot(data, sizes, ChartLook.logarithmic("messages a second"), renderer);
    save(
        "throughput",
        "PUSH to PULL over tcp, more is better",
        ChartLook.chart("Throughput by size: PUSH to PULL over tcp (more is better)", plot));
  }

  private void latency() throws IOException {
    CombinedRangeCategoryPlot plot = panels("one way, microseconds");
    boolean any = false;
    for (String transport : List.of("tcp", "ipc")) {
      DefaultCategoryDataset data = new DefaultCategoryDataset();
      for (String library : Libraries.ALL) {
        for (String percentile : PERCENTILES) {
          add(data, median("lat-" + transport + "-64", library, percentile), library, percentile);
        }
      }
      any |= addPanel(plot, "percentile, " + transport, data);
    }
    if (any) {
      save(
          "latency",
          "REQ and REP with 64 octets, one way, less is better",
          ChartLook.chart("Latency: REQ and REP, 64 octets, one way (less is better)", plot));
    }
  }

  private void bursts() throws IOException {
    CombinedRangeCategoryPlot plot = panels("arrival of the last one, microseconds");
    boolean any = false;
    for (String percentile : List.of("p50", "p99")) {
      DefaultCategoryDataset data = new DefaultCategoryDataset();
      for (String library : Libraries.ALL) {
        for (int burst : new int[] {1, 10, 100, 2000}) {
          add(data, median("burst-" + burst, library, percentile), library, String.valueOf(burst));
        }
      }
      any |= addPanel(plot, "messages of a burst, " + percentile, data);
    }
    if (any) {
      save(
          "bursts",
          "Bursts of 64-octet messages over tcp, less is better",
          ChartLook.chart(
              "Bursts: from the planned start to the last message (less is better)", plot));
    }
  }

  private void broadcast() throws IOException {
    DefaultCategoryDataset data = new DefaultCategoryDataset();
    for (String library : Libraries.ALL) {
      for (int subscribers : new int[] {1, 10, 100}) {
        double rate = median("pub-" + subscribers, library, "rate");
        add(data, rate, library, String.valueOf(subscribers));
      }
    }
    if (data.getRowCount() == 0) {
      return;
    }
    BarRenderer renderer = new BarRenderer();
    renderer.setBarPainter(new StandardBarPainter());
    renderer.setShadowVisible(false);
    renderer.setItemMargin(0.06);
    CategoryPlot plot =
        new CategoryPlot(
            data,
            new CategoryAxis("subscribers"),
            ChartLook.linear("messages delivered a second, in all"),
            renderer);
    JFreeChart chart = ChartLook.chart("PUB to SUB over tcp, 64 octets (more is better)", plot);
    renderer.setBarPainter(new StandardBarPainter()); // the theme brings its own
    for (int i = 0; i < data.getRowCount(); i++) {
      renderer.setSeriesPaint(i, ChartLook.color(library(data, i)));
    }
    save("subscribers", "PUB to SUB by the number of subscribers, more is better", chart);
  }

  private static CombinedRangeCategoryPlot panels(String label) {
    CombinedRangeCategoryPlot plot = new CombinedRangeCategoryPlot(ChartLook.logarithmic(label));
    plot.setGap(24);
    return plot;
  }

  private static boolean addPanel(
      CombinedRangeCategoryPlot plot, String label, DefaultCategoryDataset data) {
    if (data.getRowCount() == 0) {
      return false;
    }
    LineAndShapeRenderer renderer = new LineAndShapeRenderer();
    for (int i = 0; i < data.getRowCount(); i++) {
      String library = library(data, i);
      renderer.setSeriesPaint(i, ChartLook.color(library));
      renderer.setSeriesStroke(i, ChartLook.stroke(library));
      renderer.setSeriesShape(i, ChartLook.POINT);
      // One legend for both panels, whichever has the library first.
      boolean known = false;
      for (Object other : plot.getSubplots()) {
        known |= ((CategoryPlot) other).getDataset().getRowIndex(data.getRowKey(i)) >= 0;
      }
      renderer.setSeriesVisibleInLegend(i, !known);
    }
    CategoryPlot panel = new CategoryPlot(data, new CategoryAxis(label), null, renderer);
    panel.setDomainGridlinesVisible(true);
    plot.add(panel);
    return true;
  }

  private static void add(
      DefaultCategoryDataset data, double value, String library, String category) {
    if (!Double.isNaN(value)) {
      data.addValue(value, Libraries.title(library), category);
    }
  }

  private static String library(DefaultCategoryDataset data, int row) {
    return Libraries.ALL.stream()
        .filter(name -> Libraries.title(name).equals(data.getRowKey(row)))
        .findFirst()
        .orElseThrow();
  }

  private void save(String name, String caption, JFreeChart chart) throws IOException {
    Path file = directory.resolve(name + ".png");
    ChartUtils.saveChartAsPNG(file.toFile(), chart, WIDTH, HEIGHT);
    images.add(new Image(name + ".png", caption));
  }

  /** Shows the logarithm of a size, to the base of 2, as the size. */
  private static final class SizeFormat extends NumberFormat {
    private static final long serialVersionUID = 1L;
    static final int MIN = 4;
    static final int MAX = 20;

    @Override
    public StringBuffer format(double log, StringBuffer to, FieldPosition position) {
      int size = 1 << (int) log;
      String text =
          size >= 1 << 20
              ? (size >> 20) + " MiB"
              : size >= 1024 ? (size >> 10) + " KiB" : size + " B";
      return to.append(text);
    }

    @Override
    public StringBuffer format(long log, StringBuffer to, FieldPosition position) {
      return format((double) log, to, position);
    }

    @Override
    public Number parse(String source, ParsePosition position) {
      throw new UnsupportedOperationException("only for output");
    }
  }
}
