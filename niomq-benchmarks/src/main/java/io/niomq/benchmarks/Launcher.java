package io.niomq.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How a program of a library is started: on the JDK in {@code javaHome}, or the one in C. */
record Launcher(Path javaHome, String classPath, Path cProgram) {
  private static final String PROGRAM = "io.niomq.benchmarks.program.Program";

  List<String> command(String library, Side side, List<String> arguments) {
    List<String> command = new ArrayList<>();
    if (side.processor() != Side.ANY) {
      command.addAll(List.of("taskset", "-c", String.valueOf(side.processor())));
    }
    if (library.equals(Libraries.LIBZMQ)) {
      command.add(cProgram.toString());
    } else {
      command.addAll(List.of(java(), "-cp", classPath, PROGRAM, library));
    }
    command.add(side.role());
    command.addAll(arguments);
    return command;
  }

  private String java() {
    return javaHome.resolve("bin").resolve("java").toString();
  }

  boolean hasLibzmq() {
    return Files.isExecutable(cProgram);
  }

  String libzmqVersion() {
    return hasLibzmq() ? firstLine(cProgram.toString(), "version") : "not there";
  }

  String javaVersion() {
    return firstLine(java(), "--version");
  }

  private static String firstLine(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return output.lines().findFirst().orElse("unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
