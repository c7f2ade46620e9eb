package io.niomq.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A process of a run. Its standard input stays open until {@link #tellToEnd}. */
final class Child {
  private static final int ERROR_LINES_MAX = 6;

  private final String role;
  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final ConcurrentLinkedQueue<String> errors = new ConcurrentLinkedQueue<>();
  private final Thread errorReader;

  private Child(String role, Process process) {
    this.role = role;
    this.process = process;
    read(process.getInputStream(), lines::add, role + "-out");
    errorReader = read(process.getErrorStream(), errors::add, role + "-err");
  }

  static Child start(String role, List<String> command) throws RunFailure {
    try {
      return new Child(role, new ProcessBuilder(command).start());
    } catch (IOException e) {
      throw new RunFailure(role + " cannot be started: " + e.getMessage());
    }
  }

  private static Thread read(
      InputStream from, java.util.function.Consumer<String> to, String name) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader reader =
                  new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
                reader.lines().forEach(to);
              } catch (IOException | UncheckedIOException e) {
                to.accept("(" + e.getMessage() + ")");
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** The next line of its output, or null when there is none soon. */
  String poll(long millis) throws InterruptedException {
    return lines.poll(millis, TimeUnit.MILLISECONDS);
  }

  /** Fails if this process is no longer there, although nobody told it to end. */
  void checkAlive() throws RunFailure {
    if (!process.isAlive()) {
      throw new RunFailure(role + " has ended with exit code " + process.exitValue() + errors());
    }
  }

  void tellToEnd() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // it is gone already, which awaitEnd tells
    }
  }

  /** Waits for its end, by force after {@code seconds}. */
  void awaitEnd(int seconds) throws RunFailure, InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      kill();
      throw new RunFailure(role + " did not end by itself" + errors());
    }
    if (process.exitValue() != 0) {
      throw new RunFailure(role + " has ended with exit code " + process.exitValue() + errors());
    }
  }

  /** Ends it by force, which is soon done; only an interrupt keeps this from waiting for it. */
  void kill() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  String role() {
    return role;
  }

  long pid() {
    return process.pid();
  }

  /**
   * Processor time that it has taken so far, in nanoseconds; NaN where the system does not tell.
   */
  double processorNanos() {
    return process
        .info()
        .totalCpuDuration()
        .map(time -> (double) time.toNanos())
        .orElse(Double.NaN);
  }

  private String errors() {
    try {
      errorReader.join(1000); // what it said last
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    StringBuilder text = new StringBuilder();
    errors.stream().limit(ERROR_LINES_MAX).forEach(line -> text.append("; ").append(line.strip()));
    return text.toString();
  }
}
