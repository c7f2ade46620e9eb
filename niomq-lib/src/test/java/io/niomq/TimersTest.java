package io.niomq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code zmq_timers}. */
class TimersTest {
  private long now;
  private final Timers timers = new Timers(() -> now);
  private final List<Integer> called = new ArrayList<>();

  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }

  private void advance(long millis) {
    now += ms(millis).toNanos();
  }

  private int add(long millis) {
    return timers.add(ms(millis), called::add);
  }

  @Test
  void idsBeginAtOneAndAreNotUsedTwice() {
    assertThat(add(10)).isEqualTo(1);
    assertThat(add(10)).isEqualTo(2);
    timers.cancel(2);
    assertThat(add(10)).isEqualTo(3);
  }

  @Test
  void theTimeoutIsThatOfTheNext() {
    assertThat(timers.timeout()).isEqualTo(SocketOptions.FOREVER);
    add(30);
    add(20);
    assertThat(timers.timeout()).isEqualTo(ms(20));
    advance(15);
    assertThat(timers.timeout()).isEqualTo(ms(5));
    advance(5);
    assertThat(timers.timeout()).isZero();
    advance(100);
    assertThat(timers.timeout()).isZero();
  }

  @Test
  void runsAgainAndAgain() {
    add(10);
    for (int i = 1; i <= 3; i++) {
      advance(9);
      assertThat(timers.execute()).isZero();
      advance(1);
      assertThat(timers.execute()).isEqualTo(1);
      assertThat(called).hasSize(i);
    }
  }

  @Test
  void thoseThatAreDueRunInOrderOfTheirTime() {
    int late = add(30);
    int early = add(10);
    int equallyLate = add(30);
    add(31);
    advance(30);
    assertThat(timers.execute()).isEqualTo(3);
    assertThat(called).containsExactly(early, late, equallyLate);
  }

  @Test
  void missedIntervalsAreNotMadeUpFor() {
    add(10);
    advance(55);
    assertThat(timers.execute()).isEqualTo(1);
    assertThat(timers.timeout()).isEqualTo(ms(10));
    assertThat(timers.execute()).isZero();
  }

  @Nested
  class Cancel {
    @Test
    void endsATimer() {
      int timer = add(10);
      timers.cancel(timer);
      advance(10);
      assertThat(timers.execute()).isZero();
      assertThat(timers.timeout()).isEqualTo(SocketOptions.FOREVER);
    }

    @Test
    void worksOnce() {
      int timer = add(10);
      timers.cancel(timer);
      assertThatThrownBy(() -> timers.cancel(timer))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining("no timer " + timer);
    }
  }

  @Nested
  class Reset {
    @Test
    void beginsTheIntervalAnew() {
      int timer = add(10);
      advance(9);
      timers.reset(timer);
      assertThat(timers.timeout()).isEqualTo(ms(10));
      advance(9);
      assertThat(timers.execute()).isZero();
      advance(1);
      assertThat(timers.execute()).isEqualTo(1);
    }

    @Test
    void needsATimer() {
      assertThatThrownBy(() -> timers.reset(7)).isInstanceOf(ZmqArgumentException.class);
    }
  }

  @Nested
  class SetInterval {
    @Test
    void beginsNow() {
      int timer = add(10);
      advance(9);
      timers.setInterval(timer, ms(100));
      assertThat(timers.timeout()).isEqualTo(ms(100));
      advance(100);
      assertThat(timers.execute()).isEqualTo(1);
      assertThat(timers.timeout()).isEqualTo(ms(100));
    }

    @Test
    void needsATimer() {
      assertThatThrownBy(() -> timers.setInterval(7, ms(1)))
          .isInstanceOf(ZmqArgumentException.class);
    }

    @Test
    void thatIsRefusedChangesNothing() {
      int timer = add(10);
      advance(4);
      assertThatThrownBy(() -> timers.setInterval(timer, Duration.ZERO))
          .isInstanceOf(ZmqArgumentException.class);
      assertThat(timers.timeout()).isEqualTo(ms(6));
    }
  }

  @Nested
  class Handlers {
    @Test
    void mayCancelTheirOwnTimer() {
      timers.add(ms(10), timers::cancel);
      advance(10);
      assertThat(timers.execute()).isEqualTo(1);
      assertThat(timers.timeout()).isEqualTo(SocketOptions.FOREVER);
    }

    @Test
    void mayCancelOneThatIsDueToo() {
      timers.add(ms(10), timer -> timers.cancel(timer + 1));
      add(10);
      advance(10);
      assertThat(timers.execute()).isEqualTo(1);
      assertThat(called).isEmpty();
    }

    @Test
    void mayAddTimersWhichRunLater() {
      timers.add(ms(10), timer -> add(1));
      advance(10);
      assertThat(timers.execute()).isEqualTo(1);
      advance(1);
      assertThat(timers.execute()).isEqualTo(1);
      assertThat(called).containsExactly(2);
    }

    @Test
    void thatThrowEndNothing() {
      timers.add(
          ms(10),
          timer -> {
            throw new IllegalStateException("the handler's");
          });
      int behind = add(10);
      advance(10);
      assertThatThrownBy(timers::execute).hasMessage("the handler's");
      assertThat(timers.execute()).isEqualTo(1);
      assertThat(called).containsExactly(behind);
      assertThat(timers.timeout()).isEqualTo(ms(10));
    }

    @Test
    void cannotExecute() {
      timers.add(ms(10), timer -> timers.execute());
      advance(10);
      assertThatThrownBy(timers::execute).isInstanceOf(ZmqStateException.class);
    }
  }

  @Nested
  class Errors {
    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-0.001S", "P36500DT1S", "PT2562047788015215H"})
    void anIntervalOutOfRange(String interval) {
      assertThatThrownBy(() -> timers.add(Duration.parse(interval), called::add))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining(Duration.parse(interval).toString())
          .hasMessageContaining("more than zero, to 36500 days");
      assertThat(timers.timeout()).isEqualTo(SocketOptions.FOREVER);
    }

    @Test
    void noHandler() {
      assertThatThrownBy(() -> timers.add(ms(1), null)).isInstanceOf(NullPointerException.class);
    }
  }

  @Nested
  @ExtendWith(NoLeaks.class)
  class WithAPoller {
    @RegisterExtension final Sockets zmq = new Sockets();

    @Test
    void runInItsThread() {
      Timers real = new Timers();
      Socket pull = zmq.bound(SocketType.PULL, Endpoints.inproc());
      Socket push = zmq.connected(SocketType.PUSH, pull.get(SocketOptions.LAST_ENDPOINT));
      real.add(ms(2), timer -> push.send("tick"));
      long start = System.nanoTime();
      int ticks = 0;
      try (Poller poller = zmq.context().poller()) {
        poller.register(pull, Poller.IN);
        while (ticks < 5) {
          assertThat(System.nanoTime() - start).isLessThan(Await.LONG.toNanos());
          poller.poll(real.timeout());
          real.execute();
          while (pull.tryRecv() != null) {
            ticks++;
          }
        }
      }
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(ms(10).toNanos());
    }
  }
}
