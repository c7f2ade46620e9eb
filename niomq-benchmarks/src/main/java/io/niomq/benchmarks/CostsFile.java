package io.niomq.benchmarks;

import io.niomq.benchmarks.cost.Costs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the program of the costs has printed, in Markdown. */
record CostsFile(Path path) {
  /** Runs the program, shows what it prints and keeps it; false if it failed. */
  boolean measure(Launcher launcher, List<String> parts) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(launcher.java(), "-cp", launcher.classPath(), Costs.class.getName()));
    command.addAll(parts);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.getOutputStream().close();
    StringBuilder text = new StringBuilder();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      reader
          .lines()
          .forEach(
              line -> {
                System.out.println(line);
                text.append(line).append('\n');
              });
    }
    Files.writeString(path, text);
    return process.waitFor() == 0;
  }

  /** Empty if nothing was measured yet. */
  String read() throws IOException {
    return Files.exists(path) ? Files.readString(path) : "";
  }
}
