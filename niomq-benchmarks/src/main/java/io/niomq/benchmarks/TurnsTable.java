package io.niomq.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a workload's turns have shown: medians, with the range of the middle half, and what
 * processor time a side has taken for a message, all turns together.
 */
final class TurnsTable {
  private final Results results;
  private final Work work;
  private final Measure measure;
  private final List<Contestant> contestants;
  private final int copies;
  private final int turns;

  TurnsTable(Results results, Work work, List<Contestant> contestants, int copies, int turns) {
    this.results = results;
    this.work = work;
    measure = work.measures().get(0);
    this.contestants = contestants;
    this.copies = copies;
    this.turns = turns;
  }

  String text() {
    List<List<String>> rows = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("", "[" + measure.unit() + "]", "each copy"));
    header.add("/ " + contestants.get(0).name());
    work.sides().forEach(side -> header.add(side.role() + " [ns]"));
    rows.add(header);
    contestants.forEach(contestant -> rows.add(row(contestant.name())));
    return String.format(
        Locale.ROOT,
        "%s, turns: %d; medians and middle halves; processor time for a message%n%s",
        work.name(),
        copies * turns,
        Table.aligned(rows));
  }

  private List<String> row(String name) {
    List<String> row = new ArrayList<>(List.of(name, rates(name), copies(name)));
    Summary ratio =
        results.middleRatio(work.name(), name, contestants.get(0).name(), measure.metric());
    row.add(
        Table.twoPlaces(ratio.median())
            + Table.range(Table.twoPlaces(ratio.min()), Table.twoPlaces(ratio.max()), ratio));
    double messages = results.sum(work.name(), name, Player.MESSAGES);
    for (Side side : work.sides()) {
      double nanos = results.sum(work.name(), name, Player.NANOS + side.role());
      row.add(Double.isNaN(nanos) ? "" : Table.number(nanos / messages));
    }
    return row;
  }

  private String rates(String name) {
    Summary rate = results.middleHalf(work.name(), name, measure.metric());
    return shown(rate.median()) + Table.range(shown(rate.min()), shown(rate.max()), rate);
  }

  private String copies(String name) {
    List<String> medians = new ArrayList<>();
    for (int copy = 0; copy < copies; copy++) {
      int first = Turns.pair(copy, 0, turns);
      int last = Turns.pair(copy, turns - 1, turns);
      medians.add(
          shown(results.summary(work.name(), name, measure.metric(), first, last).median()));
    }
    return String.join(", ", medians);
  }

  private String shown(double rate) {
    return Table.number(rate / measure.scale());
  }
}
