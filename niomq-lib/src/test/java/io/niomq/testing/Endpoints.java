package io.niomq.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Endpoints that no other test uses. */
public final class Endpoints {
  /** To be bound: any free port. */
  public static final String TCP = "tcp://127.0.0.1:*";

  private static final AtomicInteger NEXT = new AtomicInteger();
  private static final Path DIRECTORY = directory();

  private Endpoints() {}

  private static Path directory() {
    try {
      Path directory = Files.createTempDirectory("niomq-test");
      directory.toFile().deleteOnExit();
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static String inproc() {
    return "inproc://test-" + NEXT.incrementAndGet();
  }

  public static String ipc() {
    return "ipc://" + DIRECTORY.resolve("s" + NEXT.incrementAndGet());
  }

  /** The file of an ipc endpoint. */
  public static Path path(String endpoint) {
    return Path.of(endpoint.substring("ipc://".length()));
  }

  /**
   * A tcp endpoint that nobody is bound to yet. The port lies below those that the operating system
   * gives out, so that nobody gets it by chance, and a connect before the bind cannot meet itself.
   */
  public static String freeTcp() {
    for (int i = 0; i < 100; i++) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
      try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return "tcp://127.0.0.1:" + probe.getLocalPort();
      } catch (IOException inUse) {
        continue;
      }
    }
    throw new AssertionError("no free port found");
  }

  /** The port of a tcp endpoint. */
  public static int port(String endpoint) {
    return Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
  }

  /** The files that ipc endpoints have left behind. */
  static List<Path> leftFiles() {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      return files.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
