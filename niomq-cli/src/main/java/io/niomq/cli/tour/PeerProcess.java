package io.niomq.cli.tour;

import io.niomq.cli.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Another Java process that plays a {@link Part} of a stop. What it prints is passed on to the
 * narrator, and can be waited for.
 */
final class PeerProcess {
  private final String name;
  private final Process process;
  private final Narrator narrator;
  private final Thread reader;

  /** All lines so far. Guarded by itself, which is notified of each line and of the end. */
  private final List<String> lines = new ArrayList<>();

  private PeerProcess(String name, Process process, Narrator narrator) {
    this.name = name;
    this.process = process;
    this.narrator = narrator;
    this.reader = new Thread(this::passOn, "tour-output-" + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  static PeerProcess start(Narrator narrator, String part, String name, String... arguments) {
    List<String> command = new ArrayList<>(java());
    command.add("tour-peer");
    command.add(part);
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      narrator.say(name, "started as process " + process.pid());
      return new PeerProcess(name, process, narrator);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + command, e);
    }
  }

  /** This Java with this class path or module path, told to start quickly. */
  private static List<String> java() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
    if (PeerProcess.class.desiredAssertionStatus()) {
      command.add("-ea");
    }
    String main = Main.class.getName();
    Module module = Main.class.getModule();
    if (module.isNamed()) {
      command.addAll(List.of("-p", System.getProperty("jdk.module.path")));
      command.addAll(List.of("-m", module.getName() + "/" + main));
    } else {
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    }
    return command;
  }

  private void passOn() {
    try (BufferedReader in = process.inputReader(Charset.defaultCharset())) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        narrator.say(name, line);
        synchronized (lines) {
          lines.add(line);
          lines.notifyAll();
        }
      }
    } catch (IOException e) {
      narrator.say(name, "its output ended: " + e.getMessage());
    }
  }

  /** Waits for a line that begins with {@code beginning}, and returns the rest of it. */
  String await(String beginning) throws InterruptedException {
    long deadline = System.nanoTime() + Patience.LIMIT.toNanos();
    synchronized (lines) {
      for (int next = 0; ; ) {
        for (; next < lines.size(); next++) {
          if (lines.get(next).startsWith(beginning)) {
            return lines.get(next).substring(beginning.length());
          }
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (millis <= 0 || !reader.isAlive()) {
          throw new IllegalStateException(name + " never said \"" + beginning + "\"");
        }
        lines.wait(Math.min(millis, 100)); // the reader's end is seen within 100 ms
      }
    }
  }

  /** Waits until the process has ended by itself, and returns its exit code. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(Patience.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException(name + " (process " + process.pid() + ") does not end");
    }
    reader.join(Patience.LIMIT.toMillis());
    return process.exitValue();
  }

  /** Ends the process, which serves for as long as it is let. */
  void end() throws InterruptedException {
    if (process.isAlive()) {
      destroy();
      exitCode();
      narrator.say(name, "process " + process.pid() + " ended");
    }
  }

  /** Makes sure that the process is gone, without a word. */
  void destroy() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
