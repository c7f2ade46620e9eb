package io.niomq.interop;

import io.niomq.CloseReport;
import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The NioMQ side of one test: a context, sockets that never wait for ever, and endpoints.
 * Afterwards all of it is closed, and no thread and no socket file of it may be left.
 */
final class NioSockets implements ExtensionContext.Store.CloseableResource {
  /** Longest wait for something that must happen. */
  static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String threadPrefix = "interop" + COUNT.incrementAndGet();
  private final Context context = Context.builder().threadNamePrefix(threadPrefix).build();
  private Path directory;
  private int files;

  Context context() {
    return context;
  }

  /** A socket whose waits are bounded and which does not linger. */
  Socket open(SocketType type) {
    return context
        .socket(type)
        .set(SocketOptions.RCVTIMEO, LONGEST_WAIT)
        .set(SocketOptions.SNDTIMEO, LONGEST_WAIT)
        .set(SocketOptions.LINGER, Duration.ZERO);
  }

  /** A socket as one end of an exchange. */
  NioSocket end(SocketType type) {
    return new NioSocket(open(type));
  }

  /** A fresh endpoint that NioMQ is going to bind; its file must be gone in the end. */
  String endpoint(Transport transport) {
    return fresh(transport, "niomq");
  }

  /** A fresh endpoint that libzmq is going to bind; libzmq leaves the file behind. */
  String foreignEndpoint(Transport transport) {
    return fresh(transport, "libzmq");
  }

  private String fresh(Transport transport, String binder) {
    if (transport == Transport.TCP) {
      return "tcp://127.0.0.1:*";
    }
    try {
      if (directory == null) {
        directory = Files.createTempDirectory("niomq");
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return "ipc://" + directory.resolve(binder + files++);
  }

  /** Binds and connects two ends; {@code binder} is one of them. */
  void join(Transport transport, End binder, End connecter) {
    connecter.connect(bind(transport, binder));
  }

  /** Binds either end to a fresh endpoint. */
  String bind(Transport transport, End binder) {
    return binder.bind(
        binder instanceof NioSocket ? endpoint(transport) : foreignEndpoint(transport));
  }

  @Override
  public void close() throws Exception {
    CloseReport report = context.close(Duration.ofSeconds(10));
    List<String> left = new ArrayList<>();
    if (!report.complete()) {
      left.add("closing the context was not complete: " + report);
    }
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith(threadPrefix + "-")) {
        thread.join(TimeUnit.SECONDS.toMillis(5));
        if (thread.isAlive()) {
          left.add("thread " + thread.getName());
        }
      }
    }
    left.addAll(removeFiles());
    if (!left.isEmpty()) {
      throw new AssertionError("left behind: " + left);
    }
  }

  private List<String> removeFiles() throws IOException {
    List<String> left = new ArrayList<>();
    if (directory == null) {
      return left;
    }
    List<Path> found;
    try (Stream<Path> paths = Files.list(directory)) {
      found = paths.toList();
    }
    for (Path path : found) {
      if (path.getFileName().toString().startsWith("niomq")) {
        left.add("socket file " + path);
      }
      Files.delete(path);
    }
    Files.delete(directory);
    return left;
  }
}
