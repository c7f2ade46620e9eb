package io.niomq.delivery;

import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.ROUTER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Context;
import io.niomq.DropEvent;
import io.niomq.DropReason;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.ZmqClosedException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Logged;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How an application learns of what was dropped: by a listener, and by a warning. */
@ExtendWith(NoLeaks.class)
class DropReportsTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private static void toNobody(Socket router, int messages) {
    for (int i = 0; i < messages; i++) {
      router.send(Message.of("nobody", "x"));
    }
  }

  private static long sum(List<DropEvent> events) {
    return events.stream().mapToLong(DropEvent::messages).sum();
  }

  @Nested
  class Listener {
    private final List<DropEvent> events = new CopyOnWriteArrayList<>();

    @Test
    void isToldTheReasonAndTheNumber() {
      Socket router = zmq.socket(ROUTER);
      router.onDrop(events::add);
      toNobody(router, 1);
      Await.until("told", () -> !events.isEmpty());
      assertThat(events).containsExactly(new DropEvent(DropReason.NO_ROUTE, 1, 1));
    }

    @Test
    void isToldOfManyAtOnce() {
      Socket router = zmq.socket(ROUTER);
      router.onDrop(events::add);
      toNobody(router, 100_000);
      router.send("no body");
      Await.until("told of all: " + events, () -> sum(events) == 100_001);
      assertThat(events).hasSizeLessThan(10_000);
      assertThat(events.stream().filter(e -> e.reason() == DropReason.NO_ROUTE).toList())
          .last()
          .extracting(DropEvent::total)
          .isEqualTo(100_000L);
      assertThat(events).contains(new DropEvent(DropReason.MALFORMED, 1, 1));
    }

    @Test
    void isNotToldOfWhatWasDroppedBefore() {
      Socket router = zmq.socket(ROUTER);
      toNobody(router, 5);
      router.onDrop(events::add);
      toNobody(router, 2);
      Await.until("told of the later ones: " + events, () -> sum(events) == 2);
      assertThat(events).last().extracting(DropEvent::total).isEqualTo(7L);
    }

    @Test
    void ofBeforeIsToldNothingMore() {
      Socket router = zmq.socket(ROUTER);
      List<DropEvent> before = new CopyOnWriteArrayList<>();
      router.onDrop(before::add);
      router.onDrop(events::add);
      toNobody(router, 1);
      Await.until("told", () -> !events.isEmpty());
      assertThat(before).isEmpty();
    }

    @Test
    void mayBlockWithoutHoldingTheSocketUp() throws InterruptedException {
      Socket router = zmq.socket(ROUTER);
      CountDownLatch called = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      router.onDrop(
          e -> {
            called.countDown();
            try {
              goOn.await();
            } catch (InterruptedException end) {
              Thread.currentThread().interrupt();
            }
          });
      toNobody(router, 1);
      assertThat(called.await(30, TimeUnit.SECONDS)).isTrue();
      toNobody(router, 1000);
      assertThat(router.drops()).containsEntry(DropReason.NO_ROUTE, 1001L);
      goOn.countDown();
    }

    @Test
    void mayUseTheSocket() {
      Socket router = zmq.socket(ROUTER);
      router.onDrop(
          e -> {
            if (e.reason() == DropReason.NO_ROUTE) {
              router.send("no body");
            } else {
              events.add(e);
            }
          });
      toNobody(router, 1);
      Await.until("told of what it dropped itself", () -> !events.isEmpty());
      assertThat(events).containsExactly(new DropEvent(DropReason.MALFORMED, 1, 1));
    }

    @Test
    void thatThrowsIsToldOfTheOtherReasons() {
      Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
      try (Context context =
              Context.builder()
                  .threadFactory(
                      task -> {
                        Thread thread = new Thread(task);
                        thread.setUncaughtExceptionHandler((t, e) -> thrown.add(e));
                        return thread;
                      })
                  .build();
          Socket router = context.socket(ROUTER)) {
        CountDownLatch goOn = new CountDownLatch(1);
        router.onEvent(
            e -> {
              try {
                goOn.await();
              } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
              }
            });
        router.unbind(router.bind(Endpoints.TCP)); // holds the thread until both are dropped
        router.onDrop(
            e -> {
              events.add(e);
              throw new IllegalStateException("the listener's fault");
            });
        toNobody(router, 1);
        router.send("no body");
        goOn.countDown();
        Await.until("told of both", () -> events.size() == 2);
      }
      assertThat(thrown).isNotEmpty().allMatch(IllegalStateException.class::isInstance);
    }

    @Test
    void ofAClosedSocketIsRefused() {
      Socket router = zmq.socket(ROUTER);
      router.close();
      assertThatThrownBy(() -> router.onDrop(events::add)).isInstanceOf(ZmqClosedException.class);
    }

    @Test
    void isToldOfWhatTheCloseDrops() {
      Socket router = zmq.bound(ROUTER, Endpoints.inproc());
      router.onDrop(events::add);
      router.sendMore("begun");
      router.close();
      Await.until("told", () -> !events.isEmpty());
      assertThat(events).containsExactly(new DropEvent(DropReason.UNFINISHED, 1, 1));
    }
  }

  @Nested
  class Warning {
    @Test
    void comesWithTheFirstOfAReason() {
      try (Logged logged = Logged.warnings()) {
        Socket router = zmq.bound(ROUTER, Endpoints.inproc());
        toNobody(router, 1);
        logged.await("ROUTER", "1 message", "no connected peer has the routing id", "NO_ROUTE");
        toNobody(router, 1000);
        router.send("no body");
        logged.await("MALFORMED");
        assertThat(logged.all()).as("one for each reason").hasSize(2);
      }
    }

    /** It takes the ten seconds that are between two warnings. */
    @Test
    void tellsLaterHowManyFollowed() {
      try (Logged logged = Logged.warnings()) {
        Socket router = zmq.bound(ROUTER, Endpoints.inproc());
        toNobody(router, 1);
        logged.await("dropped 1 message,");
        toNobody(router, 1000);
        logged.await("dropped 1000 more messages,", "NO_ROUTE", "1001 in all");
        assertThat(logged.all()).hasSize(2);
      }
    }

    @Test
    void tellsAtTheEndHowManyFollowed() {
      try (Logged logged = Logged.warnings()) {
        Socket router = zmq.bound(ROUTER, Endpoints.inproc());
        toNobody(router, 1);
        logged.await("dropped 1 message,");
        toNobody(router, 1000);
        router.close();
        zmq.context().close();
        assertThat(logged.all())
            .hasSize(2)
            .last()
            .asString()
            .contains("dropped 1000 more messages,", "NO_ROUTE", "1001 in all");
      }
    }

    @Test
    void ofWhatTheEndDropsComesBeforeTheEnd() {
      for (int i = 0; i < 20; i++) {
        try (Logged logged = Logged.warnings()) {
          Context context = Context.create();
          Socket push = context.socket(PUSH).set(SocketOptions.LINGER, Duration.ZERO);
          push.connect(Endpoints.freeTcp());
          push.send("unsent");
          push.close();
          context.close();
          assertThat(logged.all()).singleElement().asString().contains("LINGER_EXPIRED");
        }
      }
    }

    @Test
    void isNotRepeatedByEachOfManySockets() {
      try (Logged logged = Logged.warnings()) {
        for (int i = 0; i < 100; i++) {
          Socket router = zmq.socket(ROUTER);
          toNobody(router, 1);
          router.close();
        }
        zmq.context().close(); // which waits for the warnings, but not for long
        Await.until("20 warnings", () -> logged.all().size() >= 20);
        assertThat(logged.all()).hasSize(20);
      }
    }

    @Test
    void doesNotComeForWhatThePatternIntends() {
      try (Logged logged = Logged.warnings()) {
        Socket pub = zmq.bound(PUB, Endpoints.inproc());
        pub.send("to nobody");
        Socket push = zmq.socket(PUSH);
        push.sendMore("begun and not ended");
        push.close();
        assertThat(push.drops()).containsEntry(DropReason.UNFINISHED, 1L);
        Socket router = zmq.socket(ROUTER);
        toNobody(router, 1);
        logged.await("NO_ROUTE");
        assertThat(pub.drops()).containsEntry(DropReason.NO_SUBSCRIBER, 1L);
        assertThat(logged.all()).hasSize(1);
      }
    }
  }
}
