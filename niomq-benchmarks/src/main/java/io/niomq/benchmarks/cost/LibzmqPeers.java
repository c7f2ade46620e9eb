package io.niomq.benchmarks.cost;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The PULL of {@link Peers} in libzmq: a small C program, compiled when it is needed. */
final class LibzmqPeers {
  private static final long COMPILE_SECONDS = 30;

  private LibzmqPeers() {}

  /** Compiles the program if it is missing or old; the reason why that cannot be, or null. */
  static String provide() throws IOException, InterruptedException {
    Path source = module().resolve("src/main/c/zmq_peers.c");
    Path program = program();
    if (Files.exists(program)
        && Files.getLastModifiedTime(program).compareTo(Files.getLastModifiedTime(source)) > 0) {
      return null;
    }
    List<String> command =
        List.of(
            "gcc",
            "-O2",
            "-std=c11",
            "-D_POSIX_C_SOURCE=200809L",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-o",
            program.toString(),
            source.toString(),
            "-lzmq");
    Process gcc;
    try {
      gcc = new ProcessBuilder(command).inheritIO().start();
    } catch (IOException e) {
      return "not measured, because there is no gcc";
    }
    if (!gcc.waitFor(COMPILE_SECONDS, TimeUnit.SECONDS)) {
      gcc.destroyForcibly();
      return "not measured, because its program was not compiled in time";
    }
    return gcc.exitValue() == 0
        ? null
        : "not measured, because its program cannot be compiled (libzmq3-dev?)";
  }

  static Processor.Rate[] measure(int count, int warmUpTurns, int turns, int rounds)
      throws IOException, InterruptedException {
    List<String> command =
        List.of(
            program().toString(),
            Integer.toString(count),
            Integer.toString(warmUpTurns),
            Integer.toString(turns),
            Integer.toString(rounds));
    Processor.Rate[] rates = new Processor.Rate[rounds];
    try (Child pull = new Child(command)) {
      int port = Sockets.port(pull.answer());
      try (Child peers = Child.peers("PUSH", port, count)) {
        peers.order("turns " + warmUpTurns);
        peers.await("done");
        pull.await("warm");
        for (int i = 0; i < rounds; i++) {
          peers.order("turns " + turns);
          peers.await("done");
          String[] figures = pull.answer().split(" ");
          rates[i] =
              new Processor.Rate(Double.parseDouble(figures[0]), Double.parseDouble(figures[1]));
        }
        return rates;
      }
    }
  }

  private static Path program() {
    return module().resolve("target/zmq_peers");
  }

  /** The folder of this module: its classes are in {@code target/classes}. */
  private static Path module() {
    try {
      return Path.of(LibzmqPeers.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .getParent()
          .getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
