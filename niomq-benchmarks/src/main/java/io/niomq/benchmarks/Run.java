package io.niomq.benchmarks;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** A workload with a library, once: starts its processes, gathers their results, ends them. */
final class Run {
  private final Launcher launcher;
  private final Work work;
  private final String library;
  private final Timing timing;

  Run(Launcher launcher, Work work, String library, Timing timing) {
    this.launcher = launcher;
    this.work = work;
    this.library = library;
    this.timing = timing.warming(work.warming());
  }

  /** The figures that were reported, by their metrics. */
  Map<String, Double> results() throws RunFailure, IOException, InterruptedException {
    String word = work.needsArrival() ? "arrival" : null;
    try (Programs programs = new Programs(launcher, work, library, timing, word, timing.limit())) {
      programs.start();
      Map<String, Double> results = awaitResults(programs);
      programs.end();
      return results;
    }
  }

  private Map<String, Double> awaitResults(Programs programs)
      throws RunFailure, InterruptedException {
    Map<String, Double> results = new LinkedHashMap<>();
    for (String line = programs.awaitLine(); !line.equals("end"); line = programs.awaitLine()) {
      String[] words = line.split(" ");
      if (words.length != 3 || !words[0].equals("result")) {
        throw new RunFailure("unexpected output: " + line);
      }
      results.put(words[1], Double.valueOf(words[2]));
    }
    for (Measure measure : work.measures()) {
      if (!results.containsKey(measure.metric())) {
        throw new RunFailure("no result " + measure.metric());
      }
    }
    return results;
  }
}
