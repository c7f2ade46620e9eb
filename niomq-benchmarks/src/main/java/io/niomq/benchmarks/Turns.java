package io.niomq.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Measures by turns: the programs of all who take part are started and warmed up, and then each has
 * the machine to itself for half a second, again and again, while the others are stopped. A machine
 * that is slow for a minute is slow for all of them. It counts messages from outside, so only
 * workloads that are judged by a rate can be measured so.
 */
final class Turns {
  private static final long TURN_MILLIS = 500;

  /** What a turn takes at most, with its signals. */
  private static final double TURN_SECONDS_MAX = 1;

  private static final double START_SECONDS_MAX = 10;

  /** All hold as much as their high-water marks allow at the same time. */
  private static final int SIZE_MAX = 1 << 20;

  private final List<Contestant> contestants;
  private final int copies;
  private final int turns;
  private final Timing timing;
  private final CsvFile csv;
  private final PrintWriter output;
  private final List<Player> players = new CopyOnWriteArrayList<>();

  /** {@code copies} times the programs of each, with so many turns for each copy. */
  Turns(
      List<Contestant> contestants,
      int copies,
      int turns,
      Timing timing,
      CsvFile csv,
      PrintWriter output) {
    this.contestants = contestants;
    this.copies = copies;
    this.turns = turns;
    this.timing = timing;
    this.csv = csv;
    this.output = output;
  }

  /** Whether its messages can be counted from outside, and are not too large. */
  static boolean canMeasure(Work work) {
    return work.measures().get(0).metric().equals("rate") && work.size() <= SIZE_MAX;
  }

  /**
   * Begins no workload any more after {@code limitSeconds}.
   *
   * @return false if it came to that, or a workload failed
   */
  boolean run(List<Work> works, int limitSeconds) throws IOException, InterruptedException {
    Thread atExit = new Thread(this::close); // who is stopped would stay
    Runtime.getRuntime().addShutdownHook(atExit);
    boolean complete = runAll(works, limitSeconds);
    Runtime.getRuntime().removeShutdownHook(atExit);
    return complete;
  }

  private boolean runAll(List<Work> works, int limitSeconds)
      throws IOException, InterruptedException {
    boolean complete = true;
    long start = System.nanoTime();
    for (Work work : works) {
      if (System.nanoTime() - start > limitSeconds * 1_000_000_000L) {
        output.println("stopped at the limit of " + limitSeconds + " s, before " + work.name());
        return false;
      }
      List<Contestant> able =
          contestants.stream().filter(each -> work.libraries().contains(each.library())).toList();
      if (able.isEmpty()) {
        output.println(work.name() + ": nobody here can do that");
        continue;
      }
      try {
        play(work, able);
        Results results = new Results(csv.read());
        output.println(new TurnsTable(results, work, able, copies, turns).text());
      } catch (RunFailure e) {
        complete = false;
        output.println(work.name() + " FAILED: " + e.getMessage());
      }
      output.flush();
    }
    return complete;
  }

  private void play(Work work, List<Contestant> able)
      throws RunFailure, IOException, InterruptedException {
    double warm = timing.warm() * work.warming();
    double all = copies * able.size() * (START_SECONDS_MAX + warm + turns * TURN_SECONDS_MAX);
    Timing forAll = new Timing(all, 1, 0); // never warm: they count until they are told to end
    try {
      for (int copy = 0; copy < copies; copy++) {
        for (Contestant contestant : able) {
          Player player = new Player(contestant, work, forAll);
          players.add(player);
          player.begin(warm);
        }
      }
      for (int turn = 0; turn < turns; turn++) {
        playOnce(work, able, turn);
      }
    } finally {
      close();
    }
  }

  /** Ends all programs by force. */
  private void close() {
    for (Player player : players) {
      try {
        player.close();
      } catch (IOException | UncheckedIOException e) {
        output.println("a file is left: " + e.getMessage());
      }
    }
    players.clear();
  }

  /** Every second time the other way round, so that nobody always follows the same one. */
  private void playOnce(Work work, List<Contestant> able, int turn)
      throws RunFailure, IOException, InterruptedException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < players.size(); i++) {
      int index = turn % 2 == 0 ? i : players.size() - 1 - i;
      int pair = pair(index / able.size(), turn, turns);
      String name = able.get(index % able.size()).name();
      players
          .get(index)
          .turn(TURN_MILLIS)
          .forEach((metric, value) -> rows.add(new Row(pair, work.name(), name, metric, value)));
    }
    csv.append(rows);
  }

  /** The number under which the figures of a copy's turn stand. */
  static int pair(int copy, int turn, int turns) {
    return copy * turns + turn + 1;
  }
}
