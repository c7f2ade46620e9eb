package io.niomq.delivery;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.DropReason;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code ZMQ_IMMEDIATE}: queues only for connections that are complete. */
@ExtendWith(NoLeaks.class)
class ImmediateTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private Socket immediate(SocketType type) {
    return zmq.socket(type)
        .set(SocketOptions.IMMEDIATE, true)
        .set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(10));
  }

  @Test
  @ShowsOption("ZMQ_IMMEDIATE")
  void sendingWaitsForTheConnection() {
    String endpoint = Endpoints.freeTcp();
    Socket push = immediate(PUSH);
    push.connect(endpoint);
    assertThat(push.trySend("too early")).isFalse();
    Task<Void> sending = Task.run(() -> push.send("in time")).untilWaiting();
    Socket pull = zmq.bound(PULL, endpoint);
    sending.result();
    assertThat(pull.recvString()).isEqualTo("in time");
  }

  @Test
  void sendingWaitsForTheHandshake() {
    Socket push = immediate(PUSH);
    try (RawPeer.Listener listener = RawPeer.listen()) {
      push.connect(listener.endpoint());
      try (RawPeer pull = listener.accept()) {
        pull.send(RawPeer.greeting(1));
        pull.read(64);
        assertThat(push.trySend("too early")).isFalse();
        pull.send(RawPeer.ready("PULL"));
        push.send("in time");
        assertThat(pull.readMessageFrame().text()).isEqualTo("in time");
      }
    }
  }

  @Test
  void nothingIsSentToAnEndpointThatIsDown() {
    Socket up = zmq.socket(PULL);
    String toUp = up.bind(Endpoints.TCP);
    Socket push = immediate(PUSH);
    push.connect(Endpoints.freeTcp());
    push.connect(toUp);
    for (int i = 0; i < 10; i++) {
      push.send("m" + i);
    }
    for (int i = 0; i < 10; i++) {
      assertThat(up.recvString()).isEqualTo("m" + i);
    }
  }

  @Test
  void aLostConnectionTakesItsQueueAlong() {
    String endpoint = Endpoints.freeTcp();
    Socket dealer = immediate(DEALER);
    Events events = Events.of(dealer);
    dealer.connect(endpoint);
    Socket first = zmq.bound(DEALER, endpoint);
    dealer.send("1");
    assertThat(first.recvString()).isEqualTo("1");
    first.close();
    events.await(Type.DISCONNECTED);
    Await.until("sending is impossible", () -> !dealer.trySend("lost"));
    Socket second = zmq.bound(DEALER, endpoint);
    dealer.send("2");
    assertThat(second.recvString()).isEqualTo("2");
  }

  /** What was sent before still goes to it; later messages are for others. */
  @Test
  void aPeerThatIsDisconnectedFromIsSentNoMore() {
    Socket push = immediate(PUSH).set(SocketOptions.SNDHWM, 0);
    try (RawPeer.Listener listener = RawPeer.listen()) {
      push.connect(listener.endpoint());
      try (RawPeer pull = listener.accept().handshake("PULL")) {
        push.send(new byte[32 << 20]);
        push.disconnect(listener.endpoint());
        Await.until("nobody is left", () -> !push.trySend("nobody"));
        assertThat(pull.readMessageFrame().body()).hasSize(32 << 20);
      }
    }
  }

  /** There is nothing to linger for. */
  @Test
  void closingEndsAnEndpointThatIsDown() {
    Socket push = immediate(PUSH).set(SocketOptions.LINGER, SocketOptions.FOREVER);
    Events events = Events.of(push);
    push.connect(Endpoints.freeTcp());
    events.await(Type.CONNECT_RETRIED);
    push.close();
    assertThat(zmq.context().close(Await.LONG).complete()).isTrue();
  }

  @Test
  void aConnectionThatIsLostAfterTheCloseIsNotMadeAgain() {
    Socket push = immediate(PUSH).set(SocketOptions.LINGER, SocketOptions.FOREVER);
    try (RawPeer.Listener listener = RawPeer.listen()) {
      push.connect(listener.endpoint());
      RawPeer stuck = listener.accept().handshake("PULL");
      push.send(new byte[32 << 20]);
      push.send("lost with it");
      assertThat(stuck.read(1000)).hasSize(1000);
      push.close();
      stuck.reset();
      assertThat(zmq.context().close(Await.LONG).complete()).isTrue();
      assertThat(listener.isConnectedTo(1)).isFalse();
    }
    assertThat(push.drops())
        .containsEntry(DropReason.PARTLY_SENT, 1L)
        .containsEntry(DropReason.CONNECTION_LOST, 1L);
  }
}
