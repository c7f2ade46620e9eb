package io.niomq.benchmarks;

import java.io.File;
import java.io.IOException;
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

  /** The same with classes of {@code archive} instead of those of that name here. */
  Launcher before(Path archive) {
    return new Launcher(javaHome, archive + File.pathSeparator + classPath, cProgram);
  }

  String java() {
    return javaHome.resolve("bin").resolve("java").toString();
  }

  boolean hasLibzmq() {
    return Files.isExecutable(cProgram);
  }

  String libzmqVersion() throws IOException {
    return hasLibzmq() ? output(null, cProgram.toString(), "version") : "not there";
  }

  String javaVersion() throws IOException {
    return output(null, java(), "--version").lines().findFirst().orElse("unknown");
  }

  /** What a short command prints, without its errors. */
  static String output(Path directory, String... command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory == null ? null : directory.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }
}
