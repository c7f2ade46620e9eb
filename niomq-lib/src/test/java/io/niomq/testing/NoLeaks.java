package io.niomq.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.Pipe;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves something behind: a thread of the library or of the test, a socket, a
 * selector, a file of an ipc endpoint; or in which a thread died of an exception, or the library
 * logged an error.
 */
public final class NoLeaks implements BeforeEachCallback, AfterEachCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(NoLeaks.class);
  private static final Logger LOGGER = Logger.getLogger("io.niomq"); // the name of the library's
  private static final Duration SETTLING = Duration.ofSeconds(10);
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  static {
    openWhatTheJdkKeepsOpen();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(NAMESPACE).put("watch", new Watch());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Watch watch = context.getStore(NAMESPACE).remove("watch", Watch.class);
    if (watch != null) {
      watch.end();
    }
  }

  private static final class Watch extends Handler {
    private final Set<Thread> threads = threads();
    private final Map<String, Integer> descriptors = descriptors();
    private final Set<Path> files = Set.copyOf(Endpoints.leftFiles());
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Thread.UncaughtExceptionHandler before =
        Thread.getDefaultUncaughtExceptionHandler();

    Watch() {
      Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
      LOGGER.addHandler(this);
    }

    void end() {
      boolean clean = Await.holds(() -> leaks().isEmpty(), SETTLING);
      LOGGER.removeHandler(this);
      Thread.setDefaultUncaughtExceptionHandler(before);
      List<String> leaks = clean ? List.of() : leaks();
      if (!leaks.isEmpty() || !failures.isEmpty()) {
        AssertionError error = new AssertionError("left behind: " + leaks + "; died: " + failures);
        failures.forEach(error::addSuppressed);
        throw error;
      }
    }

    private List<String> leaks() {
      List<String> leaks = new ArrayList<>();
      for (Thread t : threads()) {
        if (!threads.contains(t)) {
          leaks.add(
              t + " at " + Stream.of(t.getStackTrace()).limit(6).map(String::valueOf).toList());
        }
      }
      descriptors()
          .forEach(
              (name, count) -> {
                if (count > descriptors.getOrDefault(name, 0)) {
                  leaks.add(name);
                }
              });
      for (Path file : Endpoints.leftFiles()) {
        if (!files.contains(file)) {
          leaks.add(file.toString());
        }
      }
      return leaks;
    }

    @Override
    public void publish(LogRecord entry) {
      if (entry.getLevel().intValue() >= Level.SEVERE.intValue()) {
        failures.add(new AssertionError("logged: " + entry.getMessage(), entry.getThrown()));
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().startsWith("niomq") || t.getName().startsWith("test-"))
        .collect(Collectors.toSet());
  }

  /**
   * How many descriptors there are of each socket, pipe, selector; none where there is no such file
   * system.
   */
  private static Map<String, Integer> descriptors() {
    Map<String, Integer> found = new HashMap<>();
    if (!Files.isDirectory(DESCRIPTORS)) {
      return found;
    }
    try (Stream<Path> links = Files.list(DESCRIPTORS)) {
      for (Path link : (Iterable<Path>) links::iterator) {
        String target = target(link);
        if (target.startsWith("socket:")
            || target.startsWith("pipe:")
            || target.startsWith("anon_inode:")) {
          found.merge(target, 1, Integer::sum);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }

  /** The JDK opens some descriptors at the first use of a channel and keeps them. */
  private static void openWhatTheJdkKeepsOpen() {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (Selector selector = Selector.open();
        ServerSocketChannel server = ServerSocketChannel.open().bind(any);
        SocketChannel client = SocketChannel.open(server.getLocalAddress());
        SocketChannel accepted = server.accept();
        ServerSocket plainServer = new ServerSocket(0, 1, any.getAddress());
        java.net.Socket plain = new java.net.Socket(any.getAddress(), plainServer.getLocalPort())) {
      accepted.configureBlocking(false);
      Pipe pipe = Pipe.open();
      pipe.sink().close();
      pipe.source().close();
      selector.selectNow();
      plain.setSoTimeout(1);
      client.configureBlocking(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
