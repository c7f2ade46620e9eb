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
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.CombinedRangeCategoryPlot;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.AbstractRenderer;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.LineAndShapeRenderer;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.category.CategoryDataset;
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
  private final List<PeerCost> peerCosts;
  private final Path directory;
  private final List<Image> images = new ArrayList<>();

  private Charts(Results results, List<PeerCost> peerCosts, Path directory) {
    this.results = results;
    this.peerCosts = peerCosts;
    this.directory = directory;
  }

  static List<Image> draw(Results results, List<PeerCost> peerCosts, Path directory)
      throws IOException {
    Files.createDirectories(directory);
    Charts charts = new Charts(results, peerCosts, directory);
    charts.throughput();
    charts.latency();
    charts.bursts();
    charts.broadcast();
    charts.peers();
    return charts.images;
  }

  private double median(String work, String library, String metric) {
    return results.summary(work, library, metric).median();
  }

  private void throughput() throws IOException {
    XYSeriesCollection data = new XYSeriesCollection();
    List<String> shown = new ArrayList<>();
    for (String library : Libraries.ALL) {
      XYSeries series = new XYSeries(Libraries.title(library));
      for (int log = SizeFormat.MIN; log <= SizeFormat.MAX; log += 2) {
        double rate = median("thr-tcp-" + (1 << log), library, "rate");
        if (!Double.isNaN(rate)) {
          series.add(log, rate);
        }
      }
      if (!series.isEmpty()) {
        data.addSeries(series);
        shown.add(library);
      }
    }
    if (shown.isEmpty()) {
      return;
    }
    NumberAxis sizes = new NumberAxis("size of a message");
    sizes.setTickUnit(new NumberTickUnit(2));
    sizes.setNumberFormatOverride(new SizeFormat());
    sizes.setRange(SizeFormat.MIN - 0.5, SizeFormat.MAX + 0.5);
    LogAxis rates = ChartLook.logarithmic("messages a second");
    XYPlot plot = new XYPlot(data, sizes, rates, new XYLineAndShapeRenderer());
    ChartLook.widen(rates);
    JFreeChart chart =
        ChartLook.chart("Throughput by size: PUSH to PULL over tcp (more is better)", plot);
    for (int i = 0; i < shown.size(); i++) {
      ChartLook.style((AbstractRenderer) plot.getRenderer(), i, shown.get(i));
    }
    save("throughput", "PUSH to PULL over tcp, more is better", chart);
  }

  private void latency() throws IOException {
    List<CategoryPlot> panels = new ArrayList<>();
    for (String transport : List.of("tcp", "ipc")) {
      DefaultCategoryDataset data = new DefaultCategoryDataset();
      for (String library : Libraries.ALL) {
        for (String percentile : PERCENTILES) {
          add(data, median("lat-" + transport + "-64", library, percentile), library, percentile);
        }
      }
      panels.add(panel("percentile, " + transport, data));
    }
    saveLines(
        "latency",
        "REQ and REP with 64 octets, one way, less is better",
        "Latency: REQ and REP, 64 octets, one way (less is better)",
        "microseconds",
        panels);
  }

  private void bursts() throws IOException {
    List<CategoryPlot> panels = new ArrayList<>();
    for (String percentile : List.of("p50", "p99")) {
      DefaultCategoryDataset data = new DefaultCategoryDataset();
      for (String library : Libraries.ALL) {
        for (int burst : new int[] {1, 10, 100, 2000}) {
          double time = median("burst-" + burst, library, percentile);
          add(data, time, library, String.valueOf(burst));
        }
      }
      panels.add(panel("messages of a burst, " + percentile, data));
    }
    saveLines(
        "bursts",
        "Bursts of 64-octet messages over tcp, less is better",
        "Bursts: from the planned start to the last message (less is better)",
        "microseconds",
        panels);
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
    renderer.setItemMargin(0.06);
    CategoryPlot plot =
        new CategoryPlot(
            data,
            new CategoryAxis("subscribers"),
            ChartLook.linear("messages delivered a second, in all"),
            renderer);
    JFreeChart chart = ChartLook.chart("PUB to SUB over tcp, 64 octets (more is better)", plot);
    for (int i = 0; i < data.getRowCount(); i++) {
      renderer.setSeriesPaint(i, ChartLook.color(library(data, i)));
    }
    save("subscribers", "PUB to SUB by the number of subscribers, more is better", chart);
  }

  private void peers() throws IOException {
    DefaultCategoryDataset data = new DefaultCategoryDataset();
    for (PeerCost cost : peerCosts) {
      add(data, cost.nanos(), cost.library(), String.valueOf(cost.peers()));
    }
    saveLines(
        "peers",
        "Processor time for a message by the number of PUSH peers of one PULL, less is better",
        "One PULL with many PUSH peers, 64 octets over tcp (less is better)",
        "nanoseconds of processor time a message",
        new ArrayList<>(List.of(panel("peers", data))));
  }

  private static CategoryPlot panel(String label, DefaultCategoryDataset data) {
    CategoryPlot panel =
        new CategoryPlot(data, new CategoryAxis(label), null, new LineAndShapeRenderer());
    panel.setDomainGridlinesVisible(true);
    return panel;
  }

  /** Panels side by side, on one scale and with one legend; those without data are left out. */
  private void saveLines(
      String name, String caption, String title, String unit, List<CategoryPlot> panels)
      throws IOException {
    LogAxis axis = ChartLook.logarithmic(unit);
    CombinedRangeCategoryPlot plot = new CombinedRangeCategoryPlot(axis);
    plot.setGap(24);
    panels.removeIf(panel -> panel.getDataset().getRowCount() == 0);
    if (panels.isEmpty()) {
      return;
    }
    panels.forEach(plot::add);
    ChartLook.widen(axis);
    JFreeChart chart = ChartLook.chart(title, plot);
    List<String> inLegend = new ArrayList<>();
    for (CategoryPlot panel : panels) {
      for (int i = 0; i < panel.getDataset().getRowCount(); i++) {
        String library = library(panel.getDataset(), i);
        ChartLook.style((AbstractRenderer) panel.getRenderer(), i, library);
        panel.getRenderer().setSeriesVisibleInLegend(i, !inLegend.contains(library));
        inLegend.add(library);
      }
    }
    save(name, caption, chart);
  }

  private static void add(
      DefaultCategoryDataset data, double value, String library, String category) {
    if (!Double.isNaN(value)) {
      data.addValue(value, Libraries.title(library), category);
    }
  }

  private static String library(CategoryDataset data, int row) {
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
