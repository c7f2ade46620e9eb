package io.niomq.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqInterruptedException;
import io.niomq.testing.Await;
import io.niomq.testing.NoLeaks;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Threads wait for subscribers that come and go, again and again: each change that fulfils a wait
 * wakes it. No wait here has a limit that would hide a lost wake-up: one that is lost is the
 * failure of the test, which takes too long.
 */
@ExtendWith(NoLeaks.class)
class AwaitPeersStressTest {
  private static final int ROUNDS = Stressed.times(300);

  /** Two threads wait for a subscription that a third makes and cancels. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "inproc"})
  void subscribeAndCancel(String transport) {
    Crew crew = new Crew("subscribeAndCancel " + transport);
    Context context = Context.create();
    Socket pub = context.socket(SocketType.PUB);
    Socket sub = context.socket(SocketType.SUB);
    sub.connect(pub.bind(Stressed.endpoint(transport)));
    SplittableRandom random = crew.random();
    AtomicInteger seen = new AtomicInteger();
    int waiters = 2;
    for (int w = 0; w < waiters; w++) {
      crew.startMixed(
          "waiter " + w,
          () -> {
            for (int i = 0; i < ROUNDS; i++) {
              String topic = "round " + i + ".";
              assertThat(pub.awaitSubscribers(topic, 1, SocketOptions.FOREVER)).isTrue();
              seen.incrementAndGet();
            }
          });
    }
    crew.start(
        "subscriber",
        () -> {
          for (int i = 0; i < ROUNDS && !crew.hasFailed(); i++) {
            if (random.nextInt(3) == 0) {
              Pace.compute(random.nextLong(100_000));
            }
            sub.subscribe("round " + i + ".");
            while (seen.get() < waiters * (i + 1) && !crew.hasFailed()) {
              Thread.onSpinWait();
              Thread.yield();
            }
            sub.unsubscribe("round " + i + ".");
          }
        });
    crew.await();
    assertThat(seen.get()).isEqualTo(waiters * ROUNDS);
    Stressed.close(context, pub, sub);
  }

  /** Peers come and go, while threads wait for a number of them and are interrupted. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void peersComeAndGo(String transport) {
    Crew crew = new Crew("peersComeAndGo " + transport);
    Context context = Context.create();
    Socket pub = context.socket(SocketType.PUB);
    String endpoint = pub.bind(Stressed.endpoint(transport));
    AtomicInteger interrupts = new AtomicInteger();
    SplittableRandom random = crew.random();
    int rounds = ROUNDS / 4;
    Thread impatient =
        crew.start(
            "impatient",
            () -> {
              for (int i = 0; i < rounds; i++) {
                try {
                  pub.awaitConnected(1000, SocketOptions.FOREVER);
                } catch (ZmqInterruptedException e) {
                  assertThat(Thread.interrupted()).isTrue();
                  interrupts.incrementAndGet();
                }
              }
            });
    crew.start(
        "peers",
        () -> {
          for (int i = 0; i < rounds && !crew.hasFailed(); i++) {
            int count = 1 + random.nextInt(3);
            Socket[] subs = new Socket[count];
            for (int s = 0; s < count; s++) {
              subs[s] = context.socket(SocketType.SUB).subscribe("A");
              subs[s].set(SocketOptions.RCVTIMEO, Await.LONG).connect(endpoint);
            }
            assertThat(pub.awaitConnected(count, SocketOptions.FOREVER)).isTrue();
            assertThat(pub.awaitSubscribers(count, SocketOptions.FOREVER)).isTrue();
            assertThat(pub.awaitSubscribers(count + 1, Duration.ZERO)).isFalse();
            pub.send("A" + i);
            for (Socket sub : subs) {
              assertThat(sub.recvString()).isEqualTo("A" + i);
              sub.close();
            }
            Await.until("they are gone", () -> !pub.awaitConnected(1, Duration.ZERO));
            int before = interrupts.get();
            while (interrupts.get() == before && impatient.isAlive()) {
              impatient.interrupt();
              Thread.yield();
            }
          }
        });
    crew.await();
    assertThat(interrupts.get()).isEqualTo(rounds);
    Stressed.close(context, pub);
  }
}
