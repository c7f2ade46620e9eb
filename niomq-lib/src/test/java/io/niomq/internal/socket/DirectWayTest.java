package io.niomq.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Context;
import io.niomq.Poller;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqTerminatedException;
import io.niomq.internal.pipe.Pipe;
import io.niomq.testing.Await;
import io.niomq.testing.Cores;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a socket must not forget that sends and receives without asking its pattern. */
@ExtendWith(NoLeaks.class)
class DirectWayTest {
  private static final byte[] BODY = {1, 2, 3};

  private final Context context = Context.create();

  @AfterEach
  void end() {
    context.close();
  }

  /** There is room, and there are messages. */
  @Test
  void endsWithTheContext() {
    String endpoint = Endpoints.inproc();
    try (Socket pull = context.socket(SocketType.PULL);
        Socket push = context.socket(SocketType.PUSH)) {
      pull.bind(endpoint);
      push.connect(endpoint);
      for (int i = 0; i < 3; i++) {
        push.send(BODY);
      }
      assertThat(pull.recv()).isEqualTo(BODY); // found by the pattern: from now on directly
      context.shutdown();
      assertThatThrownBy(() -> push.send(BODY)).isInstanceOf(ZmqTerminatedException.class);
      assertThatThrownBy(pull::recv).isInstanceOf(ZmqTerminatedException.class);
    }
  }

  /** Peers may go on to report room and messages. */
  @Test
  void doesNotComeBackAfterTheEnd() {
    String endpoint = Endpoints.inproc();
    SocketCore push = Cores.of(context).socket(SocketType.PUSH);
    SocketCore pull = Cores.of(context).socket(SocketType.PULL);
    try {
      pull.endpoints().bind(endpoint);
      push.endpoints().connect(endpoint);
      for (int i = 0; i < 3; i++) {
        assertThat(push.sending().send(BODY, 0, BODY.length, 0)).isTrue();
      }
      assertThat(pull.receiving().recv(0)).isEqualTo(BODY);
      push.terminate();
      pull.terminate();
      for (SocketCore core : new SocketCore[] {push, pull}) {
        Pipe only = core.pipes().all().iterator().next();
        core.pipes().lock();
        core.pipes().route(only);
        core.pipes().source(only);
        core.pipes().unlock();
      }
      assertThatThrownBy(() -> push.sending().send(BODY, 0, BODY.length, 0))
          .isInstanceOf(ZmqTerminatedException.class);
      assertThatThrownBy(() -> pull.receiving().recv(0)).isInstanceOf(ZmqTerminatedException.class);
    } finally {
      push.close();
      pull.close();
    }
  }

  /** Receives what is there already: who waits for a message gets it from the pattern. */
  private static String sender(Socket pull, Socket push) {
    push.send(BODY);
    assertThat(pull.poll(Poller.IN, Await.LONG)).isEqualTo(Poller.IN);
    assertThat(pull.recv()).isEqualTo(BODY);
    return pull.lastPeerProperties().get("X-name");
  }

  /** Two peers, of which one at a time has something to say. */
  @Test
  void tellsWhoHasSentTheLastMessage() {
    try (Socket pull = context.socket(SocketType.PULL);
        Socket a = context.socket(SocketType.PUSH);
        Socket b = context.socket(SocketType.PUSH)) {
      pull.set(SocketOptions.RCVTIMEO, Await.LONG);
      String endpoint = pull.bind(Endpoints.TCP);
      a.set(SocketOptions.METADATA, "X-name:a").connect(endpoint);
      b.set(SocketOptions.METADATA, "X-name:b").connect(endpoint);
      for (int i = 0; i < 5; i++) {
        assertThat(sender(pull, a)).isEqualTo("a");
        assertThat(sender(pull, b)).isEqualTo("b");
      }
    }
  }
}
