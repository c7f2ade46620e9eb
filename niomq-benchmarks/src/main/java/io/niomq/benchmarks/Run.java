package io.niomq.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A workload with a library, once: starts its processes, gathers their results, ends them. */
final class Run {
  private static final int END_SECONDS = 5;
  private static final long POLL_MILLIS = 20;

  private final Launcher launcher;
  private final Work work;
  private final String library;
  private final Timing timing;
  private final long deadline;
  private final List<Child> children = new ArrayList<>();
  private final List<String> endpoints = new ArrayList<>();
  private Child measuring;

  Run(Launcher launcher, Work work, String library, Timing timing) {
    this.launcher = launcher;
    this.work = work;
    this.library = library;
    this.timing = timing.warming(work.warming());
    deadline = System.nanoTime() + (long) (this.timing.limit() * 1e9);
  }

  /** The figures that were reported, by their metrics. */
  Map<String, Double> results() throws RunFailure, IOException, InterruptedException {
    Path scratch = Files.createTempDirectory("niomq-bench");
    try {
      for (Side side : work.sides()) {
        start(side, scratch);
      }
      Map<String, Double> results = awaitResults();
      end();
      return results;
    } finally {
      for (Child child : children) {
        child.kill();
      }
      delete(scratch);
    }
  }

  private void start(Side side, Path scratch) throws RunFailure, IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("size=" + work.size()));
    arguments.addAll(timing.arguments());
    arguments.addAll(side.arguments());
    if (side.endpoints() > 0) {
      arguments.add(
          "bind="
              + (work.transport().equals("ipc")
                  ? "ipc://" + scratch + "/socket"
                  : "tcp://127.0.0.1:*"));
    } else if (!endpoints.isEmpty()) {
      arguments.add("connect=" + String.join(",", endpoints));
    }
    if (work.needsArrival()) {
      arguments.add("arrival=" + arrivalWord(scratch));
    }
    Child child = Child.start(side.role(), launcher.command(library, side, arguments));
    children.add(child);
    for (int i = 0; i < side.endpoints(); i++) {
      endpoints.add(await(child, "endpoint "));
    }
    if (side.measures()) {
      measuring = child;
    }
  }

  private static Path arrivalWord(Path scratch) throws IOException {
    Path file = scratch.resolve("arrival");
    if (!Files.exists(file)) {
      Files.write(file, new byte[Long.BYTES]);
    }
    return file;
  }

  private Map<String, Double> awaitResults() throws RunFailure, InterruptedException {
    Map<String, Double> results = new LinkedHashMap<>();
    for (String line = await(measuring, ""); !line.equals("end"); line = await(measuring, "")) {
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

  /** The rest of the next line that begins so, while all processes are well. */
  private String await(Child child, String prefix) throws RunFailure, InterruptedException {
    while (System.nanoTime() - deadline < 0) {
      String line = child.poll(POLL_MILLIS);
      if (line != null) {
        if (!line.startsWith(prefix)) {
          throw new RunFailure("unexpected output: " + line);
        }
        return line.substring(prefix.length());
      }
      for (Child each : children) {
        each.checkAlive();
      }
    }
    throw new RunFailure("no result within " + timing.limit() + " s");
  }

  /** The measuring side ends last, so that no other one sees its peer go. */
  private void end() throws RunFailure, InterruptedException {
    for (Child child : children) {
      if (child != measuring) {
        child.tellToEnd();
      }
    }
    for (Child child : children) {
      if (child != measuring) {
        child.awaitEnd(END_SECONDS);
      }
    }
    measuring.tellToEnd();
    measuring.awaitEnd(END_SECONDS);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
