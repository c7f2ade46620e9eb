package io.niomq.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a part of a test in a Java machine of its own, for settings that are made at its start. */
public final class Jvm {
  private Jvm() {}

  /**
   * Runs {@code program} to its end; returns what it has printed. Fails when it does not end well.
   */
  public static String run(Class<?> program, String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-ea");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      Task<String> output =
          Task.call(
              () -> new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      try {
        boolean ended = process.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS);
        process.destroyForcibly();
        String printed = output.result();
        if (!ended || process.exitValue() != 0) {
          throw new AssertionError((ended ? "failed: " : "did not end: ") + printed);
        }
        return printed;
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
