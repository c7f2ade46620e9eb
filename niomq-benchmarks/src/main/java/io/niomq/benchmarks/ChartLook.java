package io.niomq.benchmarks;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Shape;
import java.awt.Stroke;
import java.awt.geom.Ellipse2D;
import java.text.FieldPosition;
import java.text.NumberFormat;
import java.text.ParsePosition;
import java.util.List;
import java.util.Locale;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.StandardChartTheme;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.Plot;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.RectangleInsets;

/** Colours, fonts and axes that all charts have in common. */
final class ChartLook {
  static final Color GRID = new Color(0xd8d8d8);
  static final Shape POINT = new Ellipse2D.Double(-4, -4, 8, 8);

  private static final Color TEXT = new Color(0x333333);
  private static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 15);
  private static final Font LARGE = new Font(Font.SANS_SERIF, Font.BOLD, 18);
  private static final List<Color> COLORS =
      List.of(new Color(0x1f5fa8), new Color(0xd9692b), new Color(0x3d9a50), new Color(0x777777));

  private ChartLook() {}

  static Color color(String library) {
    return COLORS.get(Libraries.ALL.indexOf(library));
  }

  /** Plain NIO is a mark to compare with, and no ZeroMQ: its line is dashed. */
  static Stroke stroke(String library) {
    if (!library.equals(Libraries.PLAIN_NIO)) {
      return new BasicStroke(2.5f);
    }
    float[] dash = {7, 5};
    return new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dash, 0);
  }

  static JFreeChart chart(String title, Plot plot) {
    JFreeChart chart = new JFreeChart(title, LARGE, plot, true);
    StandardChartTheme theme = (StandardChartTheme) StandardChartTheme.createJFreeTheme();
    theme.setExtraLargeFont(LARGE);
    theme.setLargeFont(SMALL);
    theme.setRegularFont(SMALL);
    theme.setSmallFont(SMALL);
    theme.setPlotBackgroundPaint(Color.WHITE);
    theme.setRangeGridlinePaint(GRID);
    theme.setDomainGridlinePaint(GRID);
    theme.setAxisLabelPaint(TEXT);
    theme.setTickLabelPaint(TEXT);
    theme.setTitlePaint(TEXT);
    theme.setLegendItemPaint(TEXT);
    theme.setAxisOffset(RectangleInsets.ZERO_INSETS);
    theme.setShadowVisible(false);
    theme.apply(chart);
    TextTitle heading = chart.getTitle();
    heading.setHorizontalAlignment(HorizontalAlignment.LEFT);
    heading.setMargin(4, 10, 10, 10);
    chart.getLegend().setFrame(org.jfree.chart.block.BlockBorder.NONE);
    chart.getLegend().setItemLabelPadding(new RectangleInsets(4, 4, 4, 24));
    chart.setPadding(new RectangleInsets(8, 8, 4, 16));
    plot.setOutlineVisible(false);
    return chart;
  }

  /** An axis on which ten times as much is always as far. */
  static ValueAxis logarithmic(String label) {
    LogAxis axis = new LogAxis(label);
    axis.setNumberFormatOverride(new ShortNumbers());
    axis.setMinorTickMarksVisible(false);
    axis.setAutoRange(true);
    axis.setLowerMargin(0.06);
    axis.setUpperMargin(0.06);
    return axis;
  }

  static NumberAxis linear(String label) {
    NumberAxis axis = new NumberAxis(label);
    axis.setNumberFormatOverride(new ShortNumbers());
    return axis;
  }

  /** 0.1, 1, 10, ... 1k, 10k, ... 1M. */
  private static final class ShortNumbers extends NumberFormat {
    private static final long serialVersionUID = 1L;

    @Override
    public StringBuffer format(double number, StringBuffer to, FieldPosition position) {
      double scaled = number >= 1e6 ? number / 1e6 : number >= 1e3 ? number / 1e3 : number;
      String unit = number >= 1e6 ? "M" : number >= 1e3 ? "k" : "";
      String digits = String.format(Locale.ROOT, "%.2f", scaled);
      return to.append(digits.replaceAll("\\.?0+$", "")).append(unit);
    }

    @Override
    public StringBuffer format(long number, StringBuffer to, FieldPosition position) {
      return format((double) number, to, position);
    }

    @Override
    public Number parse(String source, ParsePosition position) {
      throw new UnsupportedOperationException("only for output");
    }
  }
}
