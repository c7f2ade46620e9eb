package io.niomq.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** The processes of a workload with a library: starts them in their order, and ends them. */
final class Programs implements AutoCloseable {
  private static final int END_SECONDS = 5;
  private static final long POLL_MILLIS = 20;

  private final Launcher launcher;
  private final Work work;
  private final String library;
  private final Timing timing;
  private final String sharedWord;
  private final Path scratch;
  private final double limit;
  private final long deadline;
  private final List<Child> children = new CopyOnWriteArrayList<>();
  private final List<String> endpoints = new ArrayList<>();
  private Child measuring;

  /**
   * Starts nothing yet.
   *
   * @param sharedWord the argument in which all get the same {@link #word}; null for none
   * @param limit nothing is awaited any more after so many seconds from now
   */
  Programs(
      Launcher launcher, Work work, String library, Timing timing, String sharedWord, double limit)
      throws IOException {
    this.launcher = launcher;
    this.work = work;
    this.library = library;
    this.timing = timing;
    this.sharedWord = sharedWord;
    scratch = Files.createTempDirectory("niomq-bench");
    this.limit = limit;
    deadline = System.nanoTime() + (long) (limit * 1e9);
    if (sharedWord != null) {
      Files.write(word(), new byte[Long.BYTES]);
    }
  }

  /** A file of eight octets that those map who know its argument. */
  Path word() {
    return scratch.resolve("word");
  }

  void start() throws RunFailure, InterruptedException {
    for (Side side : work.sides()) {
      start(side);
    }
  }

  private void start(Side side) throws RunFailure, InterruptedException {
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
    if (sharedWord != null) {
      arguments.add(sharedWord + "=" + word());
    }
    Child child = Child.start(side.role(), launcher.command(library, side, arguments));
    children.add(child);
    if (side.measures()) {
      measuring = child;
    }
    for (int i = 0; i < side.endpoints(); i++) {
      endpoints.add(await(child, "endpoint "));
    }
  }

  /** In the order of their start. */
  List<Child> children() {
    return children;
  }

  /** The next line of the side that measures. */
  String awaitLine() throws RunFailure, InterruptedException {
    return await(measuring, "");
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
      checkAlive();
    }
    throw new RunFailure("no result within " + limit + " s");
  }

  /** Fails if one of them is no longer there, although nobody told it to end. */
  void checkAlive() throws RunFailure {
    for (Child each : children) {
      each.checkAlive();
    }
  }

  /** The measuring side ends last, so that no other one sees its peer go. */
  void end() throws RunFailure, InterruptedException {
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

  /** Ends what is still there by force, stopped or not, and leaves no file behind. */
  @Override
  public void close() throws IOException {
    children.forEach(Child::kill);
    try (Stream<Path> files = Files.walk(scratch)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
