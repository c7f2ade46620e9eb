package io.niomq.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The programs of one who takes part: stopped, except while it is their turn. */
final class Player implements AutoCloseable {
  static final String MESSAGES = "messages";
  static final String NANOS = "nanos-";

  /** After it may go on, what it had in its caches must first come back. */
  private static final long SETTLE_MILLIS = 120;

  private static final long POLL_MILLIS = 5;
  private static final double PATIENCE_SECONDS = 25;

  private final Programs programs;

  Player(Contestant contestant, Work work, Timing timing) throws IOException {
    programs =
        new Programs(
            contestant.launcher(), work, contestant.library(), timing, "count", PATIENCE_SECONDS);
  }

  /** Starts, lets the programs be warm after so long, and stops them. */
  void begin(double warmSeconds) throws RunFailure, IOException, InterruptedException {
    programs.start();
    awaitMore(0);
    Thread.sleep((long) (warmSeconds * 1000));
    signal("STOP");
  }

  /**
   * Lets the programs go on for so long.
   *
   * @return the messages that came as {@link #MESSAGES}, in a second as "rate", and the processor
   *     time of each side in nanoseconds as {@link #NANOS} and its role
   */
  Map<String, Double> turn(long millis) throws RunFailure, IOException, InterruptedException {
    long before = count();
    signal("CONT");
    Thread.sleep(SETTLE_MILLIS);
    awaitMore(before);
    long start = System.nanoTime();
    long countThen = count();
    List<Double> processorThen = processorNanos();
    Thread.sleep(millis);
    awaitMore(countThen);
    double seconds = (System.nanoTime() - start) / 1e9;
    long messages = count() - countThen;
    List<Double> processorNow = processorNanos();
    signal("STOP");
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("rate", messages / seconds);
    figures.put(MESSAGES, (double) messages);
    for (int i = 0; i < processorNow.size(); i++) {
      String role = programs.children().get(i).role();
      figures.put(NANOS + role, processorNow.get(i) - processorThen.get(i));
    }
    return figures;
  }

  private void awaitMore(long messages) throws RunFailure, IOException, InterruptedException {
    long deadline = System.nanoTime() + (long) (PATIENCE_SECONDS * 1e9);
    while (count() == messages) {
      programs.checkAlive();
      if (System.nanoTime() - deadline >= 0) {
        throw new RunFailure("no message within " + PATIENCE_SECONDS + " s");
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** Messages that have come so far. */
  long count() throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(programs.word()))
        .order(ByteOrder.nativeOrder())
        .getLong();
  }

  private List<Double> processorNanos() {
    return programs.children().stream().map(Child::processorNanos).toList();
  }

  private void signal(String name) throws RunFailure, IOException, InterruptedException {
    programs.checkAlive();
    List<String> command = new ArrayList<>(List.of("sh", "-c", "kill -" + name + " \"$@\"", "sh"));
    for (Child child : programs.children()) {
      command.add(String.valueOf(child.pid()));
    }
    int exitCode =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    if (exitCode != 0) {
      programs.checkAlive();
      throw new RunFailure("kill -" + name + " has failed with exit code " + exitCode);
    }
  }

  @Override
  public void close() throws IOException {
    programs.close();
  }
}
