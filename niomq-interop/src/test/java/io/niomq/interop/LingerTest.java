package io.niomq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was sent before a close arrives, for as long as the linger lasts. ZMQ_LINGER. */
@ExtendWith({NioMq.class, Libzmq.class})
class LingerTest {
  private static final int COUNT = 5_000;

  @ParameterizedTest
  @EnumSource
  void sendsEverythingAfterOurClose(Transport transport, NioSockets sockets, LibzmqPeer libzmq) {
    LibzmqSocket pull = libzmq.socket(SocketType.PULL).set("RCVHWM", 100);
    String endpoint = pull.bind(sockets.foreignEndpoint(transport));
    try (Context context = Context.create()) {
      Socket push = context.socket(SocketType.PUSH).set(SocketOptions.SNDHWM, 0);
      push.connect(endpoint);
      for (int i = 0; i < COUNT; i++) {
        push.send(Generated.body(i, 2_000)); // more than the socket buffers hold: nobody reads yet
      }
      push.close();
      pull.beginRecvNumbered(0, COUNT, 2_000, 0);
      assertThat(context.close(NioSockets.LONGEST_WAIT).complete()).isTrue();
    }
    libzmq.finish();
  }

  @Test
  void coversTheTimeBeforeThePeerIsThere(NioSockets sockets, LibzmqPeer libzmq) {
    LibzmqSocket pull = libzmq.socket(SocketType.PULL);
    String endpoint = sockets.foreignEndpoint(Transport.IPC);
    Socket push = sockets.open(SocketType.PUSH).set(SocketOptions.LINGER, Duration.ofSeconds(20));
    push.connect(endpoint);
    push.send("patience");
    push.close();
    pull.bind(endpoint);
    assertThat(pull.recv()).isEqualTo(Message.of("patience"));
  }

  @Test
  void sendsALargeMessageAfterOurClose(NioSockets sockets, LibzmqPeer libzmq) {
    LibzmqSocket pull = libzmq.socket(SocketType.PULL);
    String endpoint = pull.bind(sockets.foreignEndpoint(Transport.TCP));
    byte[] blob = Generated.blob(32 << 20);
    Socket push = sockets.open(SocketType.PUSH).set(SocketOptions.LINGER, Duration.ofSeconds(20));
    push.connect(endpoint);
    push.send(blob);
    push.close();
    pull.beginRecvDigest();
    assertThat(libzmq.finish()).isEqualTo(blob.length + " " + Generated.sha256(blob));
  }

  @Test
  void sendsTheLastReplyAfterOurClose(NioSockets sockets, LibzmqPeer libzmq) {
    LibzmqSocket req = libzmq.socket(SocketType.REQ);
    Socket rep = sockets.open(SocketType.REP).set(SocketOptions.LINGER, Duration.ofSeconds(20));
    sockets.join(Transport.TCP, new NioSocket(rep), req);
    req.send("last question");
    assertThat(rep.recvString()).isEqualTo("last question");
    rep.send("last answer");
    rep.close();
    assertThat(req.recv()).isEqualTo(Message.of("last answer"));
  }

  @ParameterizedTest
  @EnumSource
  void deliversEverythingAfterTheirClose(
      Transport transport, NioSockets sockets, LibzmqPeer libzmq) {
    Socket pull = sockets.open(SocketType.PULL).set(SocketOptions.RCVHWM, 10);
    LibzmqSocket push = libzmq.socket(SocketType.PUSH).set("SNDHWM", 0);
    sockets.join(transport, new NioSocket(pull), push);
    push.beginSendNumbered(0, COUNT, 2_000);
    libzmq.finish();
    push.close(-1);
    for (int i = 0; i < COUNT; i++) {
      assertThat(pull.recv()).isEqualTo(Generated.body(i, 2_000));
    }
  }

  @Test
  void ofZeroDropsWhatIsLeft(NioSockets sockets, LibzmqPeer libzmq) {
    LibzmqSocket pull = libzmq.socket(SocketType.PULL);
    String endpoint = sockets.foreignEndpoint(Transport.IPC);
    Socket push = sockets.open(SocketType.PUSH).set(SocketOptions.LINGER, Duration.ZERO);
    push.connect(endpoint);
    push.send("lost");
    push.close();
    assertThat(sockets.context().close(NioSockets.LONGEST_WAIT).complete()).isTrue();
    pull.bind(endpoint);
    assertThat(pull.recv(Duration.ZERO)).isNull();
  }
}
