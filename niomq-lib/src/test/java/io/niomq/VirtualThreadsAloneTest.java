package io.niomq;

import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.REQ;
import static io.niomq.SocketType.SUB;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.testing.Endpoints;
import io.niomq.testing.Jvm;
import io.niomq.testing.VirtualThreads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Virtual threads that all share one carrier thread: whoever kept it would stop all others. */
class VirtualThreadsAloneTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** Waits in each way that there is, and prints how often a carrier was kept meanwhile. */
  static final class Program {
    private static final ConcurrentLinkedQueue<Throwable> FAILURES = new ConcurrentLinkedQueue<>();
    private static final List<Thread> THREADS = new ArrayList<>();

    private Program() {}

    public static void main(String[] args) throws Exception {
      try (Recording recording = new Recording()) {
        recording.enable("jdk.VirtualThreadPinned").withThreshold(Duration.ZERO).withStackTrace();
        recording.start();
        for (String transport : List.of("inproc", "tcp", "ipc")) {
          try (Context context = Context.create()) {
            askAndAnswer(context, transport);
            sendAtTheHighWaterMark(context, transport);
            publish(context, transport);
            poll(context, transport);
            waitForFutures(context, transport);
            for (Thread thread : THREADS) {
              thread.join(LIMIT.toMillis());
              if (thread.isAlive()) {
                throw new AssertionError("still waits: " + List.of(thread.getStackTrace()));
              }
            }
          }
        }
        recording.stop();
        Path file = Files.createTempFile("niomq", ".jfr");
        recording.dump(file);
        long pinned =
            RecordingFile.readAllEvents(file).stream()
                .filter(Program::isOurs)
                .peek(System.out::println)
                .count();
        Files.delete(file);
        FAILURES.forEach(Throwable::printStackTrace);
        System.out.println("failed " + FAILURES.size() + ", pinned " + pinned);
      }
    }

    private static boolean isOurs(RecordedEvent event) {
      return event.getStackTrace() != null
          && event.getStackTrace().getFrames().stream()
              .anyMatch(f -> f.getMethod().getType().getName().startsWith("io.niomq."));
    }

    private static String endpoint(String transport) {
      return switch (transport) {
        case "tcp" -> Endpoints.TCP;
        case "ipc" -> Endpoints.ipc();
        default -> Endpoints.inproc();
      };
    }

    private static void start(Runnable work) {
      THREADS.add(
          VirtualThreads.start(
              () -> {
                try {
                  work.run();
                } catch (Throwable e) {
                  FAILURES.add(e);
                }
              }));
    }

    private static void askAndAnswer(Context context, String transport) {
      Socket rep = context.socket(REP);
      Socket req = context.socket(REQ);
      req.connect(rep.bind(endpoint(transport)));
      start(
          () -> {
            for (int i = 0; i < 200; i++) {
              rep.send(rep.recv());
            }
          });
      start(
          () -> {
            for (int i = 0; i < 200; i++) {
              req.send("m" + i);
              assertThat(req.recvString()).isEqualTo("m" + i);
            }
          });
    }

    private static void sendAtTheHighWaterMark(Context context, String transport) {
      Socket push = context.socket(PUSH).set(SocketOptions.SNDHWM, 2);
      Socket pull = context.socket(PULL).set(SocketOptions.RCVHWM, 2);
      push.connect(pull.bind(endpoint(transport)));
      for (int t = 0; t < 2; t++) {
        start(
            () -> {
              for (int i = 0; i < 200; i++) {
                push.send("x".repeat(10_000));
              }
            });
        start(
            () -> {
              for (int i = 0; i < 200; i++) {
                pull.recv();
              }
            });
      }
    }

    private static void publish(Context context, String transport) {
      Socket pub = context.socket(PUB);
      Socket sub = context.socket(SUB);
      String endpoint = pub.bind(endpoint(transport));
      start(
          () -> {
            assertThat(pub.awaitConnected(1, LIMIT)).isTrue();
            assertThat(pub.awaitSubscribers(1, LIMIT)).isTrue();
            pub.send("x");
          });
      start(
          () -> {
            sub.subscribe("").connect(endpoint);
            assertThat(sub.recvString()).isEqualTo("x");
          });
    }

    private static void poll(Context context, String transport) {
      Socket pull = context.socket(PULL);
      Socket push = context.socket(PUSH);
      push.connect(pull.bind(endpoint(transport)));
      start(
          () -> {
            try (Poller poller = context.poller().register(pull, Poller.IN)) {
              for (int i = 0; i < 50; i++) {
                poller.poll();
                pull.recv();
              }
            }
          });
      start(
          () -> {
            for (int i = 0; i < 50; i++) {
              push.send("x");
              Thread.yield();
            }
          });
    }

    private static void waitForFutures(Context context, String transport) {
      Socket pull = context.socket(PULL);
      Socket push = context.socket(PUSH);
      push.connect(pull.bind(endpoint(transport)));
      AsyncSocket async = pull.async(VirtualThreads.executor());
      start(
          () -> {
            for (int i = 0; i < 50; i++) {
              async.recvAsync().orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
            }
          });
      start(
          () -> {
            for (int i = 0; i < 50; i++) {
              push.send("x");
            }
          });
    }
  }

  @Test
  void giveItUpWhereverTheyWait() {
    Assumptions.assumeTrue(VirtualThreads.exist(), "this JDK has no virtual threads (before 21)");
    assertThat(
            Jvm.run(
                Program.class,
                "-Djdk.virtualThreadScheduler.parallelism=1",
                "-Djdk.virtualThreadScheduler.maxPoolSize=1"))
        .contains("failed 0, pinned 0");
  }
}
