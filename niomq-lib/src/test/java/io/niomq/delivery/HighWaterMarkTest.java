package io.niomq.delivery;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.testing.Octets.number;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.DropReason;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * RFC 28 to 31: queues are bounded by a number of whole messages. {@code ZMQ_SNDHWM}, {@code
 * ZMQ_RCVHWM}.
 */
@ExtendWith(NoLeaks.class)
class HighWaterMarkTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private static int accepted(Socket push) {
    int count = 0;
    while (count < 10_000 && push.trySend(number(count))) {
      count++;
    }
    return count;
  }

  private static int readAll(Socket pull) {
    int count = 0;
    while (pull.tryRecv() != null) {
      count++;
    }
    return count;
  }

  @Nested
  class Inproc {
    @ParameterizedTest(name = "SNDHWM {0} and RCVHWM {1} make {2}")
    @CsvSource({
      "1000, 1000, 2000", // the default
      "1, 1, 2",
      "2, 2, 4",
      "3, 3, 6",
      "1, 5, 6",
      "5, 1, 6",
      "0, 5, 10000", // without limit
      "5, 0, 10000",
      "0, 0, 10000"
    })
    @ShowsOption("ZMQ_SNDHWM")
    @ShowsOption("ZMQ_RCVHWM")
    void theMarksOfBothSidesAddUp(int sndhwm, int rcvhwm, int sum) {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.limited(PULL, 1000, rcvhwm);
      pull.bind(endpoint);
      Socket push = zmq.limited(PUSH, sndhwm, 1000);
      push.connect(endpoint);
      assertThat(accepted(push)).isEqualTo(sum);
      for (int i = 0; i < sum; i++) {
        assertThat(pull.recv()).isEqualTo(number(i));
      }
      assertThat(pull.tryRecv()).isNull();
    }

    @ParameterizedTest(name = "SNDHWM {0} and RCVHWM {1}")
    @CsvSource({"2, 2", "1, 1", "10, 1", "100, 100"})
    void isTheSameWhoeverBinds(int sndhwm, int rcvhwm) {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.limited(PUSH, sndhwm, 0);
      push.bind(endpoint);
      Socket pull = zmq.limited(PULL, 0, rcvhwm);
      pull.connect(endpoint);
      assertThat(accepted(push)).isEqualTo(sndhwm + rcvhwm);
    }

    @Test
    void isTheConnectorsAloneUntilTheEndpointIsBound() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.limited(PUSH, 3, 0);
      push.connect(endpoint);
      assertThat(accepted(push)).isEqualTo(3);
      Socket pull = zmq.limited(PULL, 0, 4);
      pull.bind(endpoint);
      assertThat(accepted(push)).isEqualTo(4);
      assertThat(readAll(pull)).isEqualTo(7);
    }

    @Test
    void mayBeChangedBeforeTheEndpointIsBound() {
      Socket push = zmq.connected(PUSH, Endpoints.inproc());
      push.set(SocketOptions.SNDHWM, 3);
      for (int i = 0; i < 3; i++) {
        assertThat(push.trySend("m" + i)).isTrue();
      }
      assertThat(push.trySend("one too many")).isFalse();
    }

    @Test
    void isPerPeer() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.limited(PUSH, 2, 0);
      push.bind(endpoint);
      for (int i = 0; i < 3; i++) {
        zmq.limited(PULL, 0, 3).connect(endpoint);
      }
      assertThat(accepted(push)).isEqualTo(15);
    }

    @Test
    void isPerDirection() {
      String endpoint = Endpoints.inproc();
      Socket one = zmq.limited(DEALER, 1, 2);
      one.bind(endpoint);
      Socket two = zmq.limited(DEALER, 4, 8);
      two.connect(endpoint);
      assertThat(accepted(one)).isEqualTo(9);
      assertThat(accepted(two)).isEqualTo(6);
    }

    @Test
    void countsMessagesNotFrames() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.limited(PUSH, 2, 0);
      push.bind(endpoint);
      Socket pull = zmq.limited(PULL, 0, 2);
      pull.connect(endpoint);
      for (int i = 0; i < 4; i++) {
        assertThat(push.trySend(Message.of("a", "b", "c"))).isTrue();
      }
      assertThat(push.trySend(Message.of("a", "b", "c"))).isFalse();
    }

    @Test
    void doesNotCountAMessageThatIsNotComplete() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.limited(PUSH, 1, 0);
      push.bind(endpoint);
      Socket pull = zmq.limited(PULL, 0, 1);
      pull.connect(endpoint);
      push.sendMore("a").sendMore("b");
      assertThat(
              Task.call(
                      () -> push.trySend("by another thread") && push.trySend("by another thread"))
                  .result())
          .isTrue();
    }

    @Test
    void givesRoomForWhatWasRead() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.limited(PUSH, 10, 0);
      push.bind(endpoint);
      Socket pull = zmq.limited(PULL, 0, 10);
      pull.connect(endpoint);
      int sent = accepted(push);
      int read = 0;
      for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 10; i++) {
          assertThat(pull.recv()).isNotNull();
          read++;
        }
        sent += accepted(push);
        assertThat(sent - read).isBetween(10, 20);
      }
      assertThat(readAll(pull)).isEqualTo(sent - read);
      assertThat(accepted(push)).isEqualTo(20);
    }
  }

  @Nested
  class ChangedAtRunTime {
    @Test
    void aHigherMarkGivesRoomAtOnce() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.limited(PUSH, 2, 0);
      push.bind(endpoint);
      Socket pull = zmq.limited(PULL, 0, 2);
      pull.connect(endpoint);
      assertThat(accepted(push)).isEqualTo(4);
      push.set(SocketOptions.SNDHWM, 5);
      assertThat(accepted(push)).isEqualTo(3);
      pull.set(SocketOptions.RCVHWM, 6);
      assertThat(accepted(push)).isEqualTo(4);
      assertThat(readAll(pull)).isEqualTo(11);
    }

    @Test
    void aHigherMarkEndsAWait() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.limited(PUSH, 1, 0);
      push.bind(endpoint);
      Socket pull = zmq.limited(PULL, 0, 1);
      pull.connect(endpoint);
      assertThat(accepted(push)).isEqualTo(2);
      Task<Void> sending = Task.run(() -> push.send("waiting")).untilWaiting();
      push.set(SocketOptions.SNDHWM, 2);
      sending.result();
      assertThat(readAll(pull)).isEqualTo(3);
    }

    @Test
    void aLowerMarkKeepsWhatIsQueued() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.limited(PUSH, 5, 0);
      push.bind(endpoint);
      Socket pull = zmq.limited(PULL, 0, 5);
      pull.connect(endpoint);
      assertThat(accepted(push)).isEqualTo(10);
      push.set(SocketOptions.SNDHWM, 1);
      pull.set(SocketOptions.RCVHWM, 1);
      assertThat(push.trySend("full")).isFalse();
      for (int i = 0; i < 10; i++) {
        assertThat(pull.recv()).isEqualTo(number(i));
      }
      assertThat(accepted(push)).isEqualTo(2);
    }
  }

  @Nested
  class Tcp {
    @Test
    void isTheSendersAloneBeforeTheConnection() {
      Socket push = zmq.limited(PUSH, 7, 0);
      push.connect(Endpoints.freeTcp());
      assertThat(accepted(push)).isEqualTo(7);
      push.set(SocketOptions.LINGER, Duration.ZERO);
    }

    @Test
    void aReceiverThatDoesNotReadHoldsUpTheSender() {
      Socket pull = zmq.limited(PULL, 0, 5).set(SocketOptions.RCVBUF, 8192);
      String endpoint = pull.bind(Endpoints.TCP);
      Socket push = zmq.limited(PUSH, 5, 0).set(SocketOptions.SNDBUF, 8192);
      push.connect(endpoint);
      byte[] body = new byte[100_000];
      int sent = 0;
      while (push.send(body, Duration.ofMillis(300))) {
        sent++;
        assertThat(sent).as("messages that nobody reads").isLessThan(200);
      }
      assertThat(sent).isGreaterThanOrEqualTo(10);
      for (int i = 0; i < sent; i++) {
        assertThat(pull.recv()).hasSize(body.length);
      }
      push.send("goes on");
      assertThat(pull.recvString()).isEqualTo("goes on");
      assertThat(pull.drops()).isEmpty();
      assertThat(push.drops()).isEmpty();
    }

    /** Whoever waits for room does not have to wait for the next connection. */
    @Test
    void aMessageThatIsLostWithItsConnectionGivesRoomAtOnce() {
      Socket push =
          zmq.limited(PUSH, 1, 0).set(SocketOptions.RECONNECT_IVL, Duration.ofMinutes(10));
      try (RawPeer.Listener listener = RawPeer.listen()) {
        push.connect(listener.endpoint());
        RawPeer pull = listener.accept().handshake("PULL");
        push.send(new byte[32 << 20]); // more than the system takes at once
        assertThat(pull.read(1000)).hasSize(1000);
        assertThat(push.trySend("too many")).isFalse();
        pull.reset();
        Await.until(
            "the message is lost",
            () -> push.drops().getOrDefault(DropReason.PARTLY_SENT, 0L) == 1);
        Await.until("there is room", () -> push.trySend("for the next connection"));
      }
    }

    @Test
    void whatWasHeldUpIsReadAlsoWhereNoThreadWaits() throws Exception {
      Socket pull = zmq.limited(PULL, 0, 5);
      String endpoint = pull.bind(Endpoints.TCP);
      try (RawPeer push = RawPeer.connect(endpoint).handshake("PUSH")) {
        Task<Void> flooding =
            Task.run(
                () -> {
                  for (int i = 0; i < 200; i++) {
                    push.send(RawPeer.frame(0, new byte[100_000]));
                  }
                });
        Await.until(
            "the mark is reached",
            () -> pull.explain().peers().stream().anyMatch(p -> p.in().messages() >= 5));
        for (int i = 0; i < 200; i++) {
          try (Message message =
              pull.async().recvAsync().get(Await.LONG.toSeconds(), TimeUnit.SECONDS)) {
            assertThat(message.size(0)).isEqualTo(100_000);
          }
        }
        flooding.result();
      }
    }

    @Test
    void aFloodIsReadNoFurtherThanTheMarkAndWhatOneReadBrings() {
      Socket pull = zmq.limited(PULL, 0, 10).set(SocketOptions.RCVBUF, 8192);
      String endpoint = pull.bind(Endpoints.TCP);
      byte[] message = RawPeer.frame(0, new byte[100_000]);
      try (RawPeer push = RawPeer.connect(endpoint).handshake("PUSH")) {
        Task<Void> flooding =
            Task.run(
                () -> {
                  for (int i = 0; i < 300; i++) {
                    push.send(message);
                  }
                });
        Await.holds(flooding::isDone, Duration.ofMillis(500));
        assertThat(flooding.isDone()).as("30 MB were taken in").isFalse();
        for (int i = 0; i < 300; i++) {
          assertThat(pull.recv()).hasSize(100_000);
        }
        flooding.result();
      }
    }
  }
}
