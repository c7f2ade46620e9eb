package io.niomq.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.testing.Await;
import io.niomq.testing.Cores;
import io.niomq.testing.Endpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** What the stress tests have in common. */
final class Stressed {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private Stressed() {}

  /** How often to do something; {@code -Dniomq.stress=100} does it a hundred times as often. */
  static int times(int count) {
    return count * Integer.getInteger("niomq.stress", 1);
  }

  /** An endpoint to bind. */
  static String endpoint(String transport) {
    return switch (transport) {
      case "tcp" -> Endpoints.TCP;
      case "ipc" -> Endpoints.ipc();
      default -> Endpoints.inproc();
    };
  }

  /** Closes everything; nothing may be left to send, and no pooled memory in use. */
  static void close(Context context, Socket... sockets) {
    for (Socket s : sockets) {
      s.close();
    }
    assertThat(context.close(Duration.ofSeconds(30)).complete()).as("closed in time").isTrue();
    assertThat(Cores.of(context).memoryInUse()).as("pooled memory in use").isZero();
  }

  /** Open sockets, pipes and selectors of this process; -1 where that cannot be told. */
  static long descriptors() {
    if (!Files.isDirectory(DESCRIPTORS)) {
      return -1;
    }
    try (Stream<Path> all = Files.list(DESCRIPTORS)) {
      return all.map(Stressed::target)
          .filter(t -> t.startsWith("socket:") || t.startsWith("pipe:") || t.startsWith("anon_"))
          .count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }

  /**
   * Waits until there are no more descriptors open than before, but for what is opened once for
   * good.
   */
  static void awaitDescriptors(long before) {
    long most = before + 4; // a socket's own selector, a connection on its way
    Await.holds(() -> descriptors() <= most, Duration.ofSeconds(5));
    assertThat(descriptors()).as("open descriptors").isLessThanOrEqualTo(most);
  }
}
