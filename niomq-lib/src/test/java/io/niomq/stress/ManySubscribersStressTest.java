package io.niomq.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.testing.Await;
import io.niomq.testing.NoLeaks;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A publisher holds messages back when many get them (docs/decisions/0028-held-back.md): after each
 * burst every subscriber has all of it, although the publisher never calls again, and when it
 * closes at once.
 */
@ExtendWith(NoLeaks.class)
class ManySubscribersStressTest {
  private static final int ROUNDS = Stressed.times(300);
  private static final int SUBSCRIBERS = 12;

  /** Less than a high-water mark. */
  private static final int BURST_MAX = 900;

  private static final int SOME = 100;
  private static final int SIZE_MIN = Long.BYTES;

  private Context context;
  private Socket pub;
  private final Socket[] subs = new Socket[SUBSCRIBERS];
  private String endpoint;

  private void open(int ioThreads) {
    context = Context.builder().ioThreads(ioThreads).build();
    pub = context.socket(SocketType.PUB);
    for (int i = 0; i < SUBSCRIBERS; i++) {
      subs[i] = context.socket(SocketType.SUB).set(SocketOptions.RCVTIMEO, Await.LONG);
      subs[i].subscribe("");
    }
  }

  private void connect(String transport, int ioThreads) {
    open(ioThreads);
    endpoint = pub.bind(Stressed.endpoint(transport));
    for (Socket sub : subs) {
      sub.connect(endpoint);
    }
    awaitSubscribers();
  }

  private void awaitSubscribers() {
    assertThat(pub.awaitSubscribers(SUBSCRIBERS, Await.LONG)).isTrue();
  }

  /** Over inproc nothing is held back. */
  @ParameterizedTest
  @CsvSource({"tcp, 1", "tcp, 2", "ipc, 1", "inproc, 1"})
  void burstsAndSilence(String transport, int ioThreads) {
    bursts(transport, ioThreads, false);
  }

  @ParameterizedTest
  @CsvSource({"tcp, 1", "tcp, 2", "ipc, 1", "inproc, 1"})
  void othersComeAndGo(String transport, int ioThreads) {
    bursts(transport, ioThreads, true);
  }

  private void bursts(String transport, int ioThreads, boolean others) {
    Crew crew = new Crew("bursts " + transport + " " + ioThreads + " " + others);
    connect(transport, ioThreads);
    Semaphore goOn = new Semaphore(1);
    AtomicBoolean over = new AtomicBoolean();
    SplittableRandom senderRandom = crew.random();
    int[] bursts = crew.random().ints(ROUNDS, 0, 4).map(ManySubscribersStressTest::burst).toArray();
    crew.startMixed(
        "publisher",
        () -> {
          Pace pace = new Pace(senderRandom, 20);
          long number = 0;
          for (int burst : bursts) {
            if (!goOn.tryAcquire(Await.LONG.toSeconds(), TimeUnit.SECONDS)) {
              throw new AssertionError("a burst before message " + number + " did not come");
            }
            pace.pause();
            for (int n = 0; n < burst; n++) {
              byte[] body = new byte[size(number)];
              ByteBuffer.wrap(body).putLong(0, number++);
              pub.send(body);
            }
          }
        });
    crew.start(
        "subscribers",
        () -> {
          long from = 0;
          for (int burst : bursts) {
            for (Socket sub : subs) {
              for (long number = from; number < from + burst; number++) {
                byte[] body = sub.recv();
                assertThat(ByteBuffer.wrap(body).getLong(0)).isEqualTo(number);
                assertThat(body).hasSize(size(number));
              }
            }
            from += burst;
            goOn.release();
          }
          over.set(true);
        });
    if (others) {
      SplittableRandom random = crew.random();
      crew.start(
          "others",
          () -> {
            while (!over.get() && !crew.hasFailed()) {
              try (Socket sub = context.socket(SocketType.SUB)) {
                sub.connect(endpoint);
                sub.subscribe("nothing of this kind");
                for (int i = random.nextInt(20); i > 0; i--) {
                  sub.subscribe("");
                  Pace.compute(random.nextLong(200_000));
                  sub.unsubscribe("");
                }
              }
            }
          });
    }
    crew.await();
    if (!others) { // who may leave messages unread
      assertThat(pub.drops()).isEmpty();
    }
    close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void publisherCloses(String transport) {
    connect(transport, 1);
    sendSome();
    pub.close();
    assertAllGetThem();
    close();
  }

  /** What the channels take at once is sent even then. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc"})
  void publisherUnbindsAndDoesNotLinger(String transport) {
    connect(transport, 1);
    pub.set(SocketOptions.LINGER, Duration.ZERO);
    sendSome();
    pub.unbind(endpoint);
    assertAllGetThem();
    close();
  }

  /** With {@code ZMQ_IMMEDIATE} a subscriber is one until its connection has ended. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc"})
  void publisherDisconnects(String transport) {
    open(1);
    pub.set(SocketOptions.IMMEDIATE, true);
    String[] endpoints = new String[SUBSCRIBERS];
    for (int i = 0; i < SUBSCRIBERS; i++) {
      endpoints[i] = subs[i].bind(Stressed.endpoint(transport));
      pub.connect(endpoints[i]);
    }
    awaitSubscribers();
    sendSome();
    for (String each : endpoints) {
      pub.disconnect(each);
    }
    assertAllGetThem();
    close();
  }

  private void sendSome() {
    for (int n = 0; n < SOME; n++) {
      pub.send(new byte[] {(byte) n});
    }
  }

  private void assertAllGetThem() {
    for (Socket sub : subs) {
      for (int n = 0; n < SOME; n++) {
        assertThat(sub.recv()).containsExactly(n);
      }
    }
  }

  private void close() {
    pub.close();
    Stressed.close(context, subs);
  }

  private static int burst(int kind) {
    return new int[] {1, 5, 50, BURST_MAX}[kind];
  }

  /** Most messages may be held back, and some are too large. */
  private static int size(long number) {
    return SIZE_MIN + (int) (number * 37 % (number % 10 == 0 ? 2000 : 100));
  }
}
