package io.niomq.delivery;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.SUB;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.DropReason;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code ZMQ_CONFLATE}: only the newest message of a peer counts. */
@ExtendWith(NoLeaks.class)
class ConflateTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private Socket conflating(SocketType type) {
    return zmq.socket(type).set(SocketOptions.CONFLATE, true);
  }

  @Nested
  class Sending {
    @ParameterizedTest
    @EnumSource(names = {"PUSH", "DEALER"})
    @ShowsOption("ZMQ_CONFLATE")
    void keepsTheNewestUntilThePeerIsThere(SocketType type) {
      String endpoint = Endpoints.freeTcp();
      Socket sender = conflating(type);
      sender.connect(endpoint);
      for (int i = 0; i < 10; i++) {
        assertThat(sender.trySend("m" + i)).isTrue();
      }
      Socket receiver = zmq.bound(type == PUSH ? PULL : DEALER, endpoint);
      assertThat(receiver.recvString()).isEqualTo("m9");
      sender.send("next");
      assertThat(receiver.recvString()).isEqualTo("next");
      assertThat(sender.drops()).containsEntry(DropReason.CONFLATED, 9L);
    }

    @Test
    void keepsTheNewestUntilAnInprocEndpointIsBound() {
      String endpoint = Endpoints.inproc();
      Socket push = conflating(PUSH);
      push.connect(endpoint);
      for (int i = 0; i < 10; i++) {
        assertThat(push.trySend("m" + i)).isTrue();
      }
      assertThat(push.drops()).containsEntry(DropReason.CONFLATED, 9L);
      assertThat(push.explain().peers().get(0).out().messages()).isEqualTo(1);
      Socket pull = zmq.bound(PULL, endpoint);
      assertThat(pull.recvString()).isEqualTo("m9");
      push.send("next");
      assertThat(pull.recvString()).isEqualTo("next");
    }

    @Test
    void neverMeetsAHighWaterMark() {
      Socket push = zmq.limited(PUSH, 1, 0).set(SocketOptions.CONFLATE, true);
      push.connect(Endpoints.freeTcp());
      for (int i = 0; i < 5000; i++) {
        assertThat(push.trySend("m" + i)).isTrue();
      }
      push.set(SocketOptions.LINGER, Duration.ZERO);
    }

    @Test
    void keepsAWholeMessage() {
      String endpoint = Endpoints.freeTcp();
      Socket push = conflating(PUSH);
      push.connect(endpoint);
      push.send(Message.of("old", "er"));
      push.send(Message.of("new", "", "er"));
      Socket pull = zmq.bound(PULL, endpoint);
      assertThat(pull.recvMessage()).isEqualTo(Message.of("new", "", "er"));
    }
  }

  @Nested
  class Receiving {
    @Test
    void keepsTheNewestOfEachPeer() {
      String endpoint = Endpoints.inproc();
      Socket pull = conflating(PULL);
      pull.bind(endpoint);
      Socket one = zmq.connected(PUSH, endpoint);
      Socket two = zmq.connected(PUSH, endpoint);
      for (int i = 0; i < 3000; i++) { // more than any high-water mark
        one.send("one " + i);
        two.send("two " + i);
      }
      assertThat(new String[] {pull.recvString(), pull.recvString()})
          .containsExactlyInAnyOrder("one 2999", "two 2999");
      assertThat(pull.tryRecv()).isNull();
    }

    @Test
    void keepsTheNewestOverTcp() {
      Socket pull = conflating(PULL);
      String endpoint = pull.bind(Endpoints.TCP);
      try (RawPeer push = RawPeer.connect(endpoint).handshake("PUSH")) {
        for (int i = 0; i < 3000; i++) {
          push.sendMessage("m" + i);
        }
        String last = "";
        int count = 0;
        while (!last.equals("m2999")) { // the last one comes in any case
          last = pull.recvString();
          count++;
        }
        long read = count;
        Await.until(
            "all others are counted",
            () -> pull.drops().getOrDefault(DropReason.CONFLATED, 0L) == 3000 - read);
        assertThat(pull.tryRecv()).isNull();
      }
    }

    @Test
    void ofASubKeepsTheNewestThatMatches() {
      Socket sub = conflating(SUB).subscribe("");
      String endpoint = sub.bind(Endpoints.TCP);
      Socket pub = zmq.connected(PUB, endpoint);
      Await.until(
          "the subscriber has joined",
          () -> {
            pub.send("joined?");
            return sub.recv(Duration.ofMillis(20)) != null;
          });
      for (int i = 0; i < 500; i++) {
        pub.send("m" + i);
      }
      String last = "";
      while (!last.equals("m499")) {
        last = sub.recvString();
      }
      assertThat(sub.tryRecv()).isNull();
    }
  }
}
