package io.niomq.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqUnroutableException;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * How a ROUTER names its peers, and what sockets tell of peers that come and go. Notices, hello,
 * disconnect and hiccup messages are drafts in libzmq, which common builds of it lack: there it
 * plays the peer.
 */
@ExtendWith({NioMq.class, Libzmq.class})
class RouterPeersTest {

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  @Nested
  class ConnectRoutingId {
    @ParameterizedTest
    @EnumSource
    void ofOursNamesTheirPeer(Transport transport, NioSockets sockets, LibzmqPeer libzmq) {
      LibzmqSocket dealer = libzmq.socket(SocketType.DEALER);
      dealer.name("its own name");
      String endpoint = sockets.bind(transport, dealer);
      Socket router = sockets.open(SocketType.ROUTER).set(SocketOptions.ROUTER_MANDATORY, true);
      router.set(SocketOptions.CONNECT_ROUTING_ID, utf8("given")).connect(endpoint);
      router.send(Message.of("given", "question")); // at once
      assertThat(dealer.recv()).isEqualTo(Message.of("question"));
      dealer.send("answer");
      assertThat(router.recvMessage()).isEqualTo(Message.of("given", "answer"));
      assertThatThrownBy(() -> router.send(Message.of("its own name", "x")))
          .isInstanceOf(ZmqUnroutableException.class);
    }

    @ParameterizedTest
    @EnumSource
    void ofTheirsNamesOurPeer(Transport transport, NioSockets sockets, LibzmqPeer libzmq) {
      NioSocket dealer = sockets.end(SocketType.DEALER);
      dealer.name("its own name");
      String endpoint = sockets.bind(transport, dealer);
      LibzmqSocket router = libzmq.socket(SocketType.ROUTER);
      router.mandatory();
      router.set("CONNECT_ROUTING_ID", "given");
      router.connect(endpoint);
      router.send("given", "question");
      assertThat(dealer.recv()).isEqualTo(Message.of("question"));
      dealer.send("answer");
      assertThat(router.recv()).isEqualTo(Message.of("given", "answer"));
      assertThat(router.trySend(Message.of("its own name", "x"))).isFalse();
    }
  }

  @Nested
  class Notify {
    @ParameterizedTest
    @EnumSource
    void tellsOfTheirPeersThatComeAndGo(
        Transport transport, NioSockets sockets, LibzmqPeer libzmq) {
      Socket router = sockets.open(SocketType.ROUTER).set(SocketOptions.ROUTER_NOTIFY, 3);
      String endpoint = router.bind(sockets.endpoint(transport));
      for (int i = 0; i < 2; i++) {
        LibzmqSocket dealer = libzmq.socket(SocketType.DEALER);
        dealer.name("bob");
        dealer.connect(endpoint);
        assertThat(router.recvMessage()).isEqualTo(Message.of("bob", ""));
        dealer.send("x");
        assertThat(router.recvMessage()).isEqualTo(Message.of("bob", "x"));
        dealer.close(1000);
        assertThat(router.recvMessage()).isEqualTo(Message.of("bob", ""));
      }
    }
  }

  @Nested
  class PeerMessages {
    @ParameterizedTest
    @EnumSource
    void helloIsTheFirstThatTheirRouterGets(
        Transport transport, NioSockets sockets, LibzmqPeer libzmq) {
      LibzmqSocket router = libzmq.socket(SocketType.ROUTER);
      String endpoint = sockets.bind(transport, router);
      Socket dealer = sockets.open(SocketType.DEALER).set(SocketOptions.HELLO_MSG, utf8("Hello"));
      dealer.set(SocketOptions.ROUTING_ID, utf8("ours")).connect(endpoint);
      dealer.send("x");
      assertThat(router.recv()).isEqualTo(Message.of("ours", "Hello"));
      assertThat(router.recv()).isEqualTo(Message.of("ours", "x"));
    }

    @Test
    void helloIsSparedTheirReqAndSaidToTheirDealer(NioSockets sockets, LibzmqPeer libzmq) {
      Socket router = sockets.open(SocketType.ROUTER).set(SocketOptions.HELLO_MSG, utf8("Hello"));
      String endpoint = router.bind(sockets.endpoint(Transport.TCP));
      LibzmqSocket req = libzmq.socket(SocketType.REQ);
      req.connect(endpoint);
      req.send("question");
      router.send(router.recvMessage());
      assertThat(req.recv()).isEqualTo(Message.of("question"));
      LibzmqSocket dealer = libzmq.socket(SocketType.DEALER);
      dealer.connect(endpoint);
      assertThat(dealer.recv()).isEqualTo(Message.of("Hello"));
    }

    @ParameterizedTest
    @EnumSource
    void disconnectIsTheLastFromTheirDealer(
        Transport transport, NioSockets sockets, LibzmqPeer libzmq) {
      Socket router =
          sockets.open(SocketType.ROUTER).set(SocketOptions.DISCONNECT_MSG, utf8("gone"));
      LibzmqSocket dealer = libzmq.socket(SocketType.DEALER);
      dealer.name("bob");
      dealer.connect(router.bind(sockets.endpoint(transport)));
      dealer.send("x");
      dealer.close(1000);
      assertThat(router.recvMessage()).isEqualTo(Message.of("bob", "x"));
      assertThat(router.recvMessage()).isEqualTo(Message.of("bob", "gone"));
    }

    @Test
    void hiccupTellsThatTheirRouterIsGone(NioSockets sockets, LibzmqPeer libzmq) {
      LibzmqSocket router = libzmq.socket(SocketType.ROUTER);
      Socket dealer = sockets.open(SocketType.DEALER).set(SocketOptions.HICCUP_MSG, utf8("lost"));
      dealer.set(SocketOptions.ROUTING_ID, utf8("ours"));
      dealer.connect(sockets.bind(Transport.TCP, router));
      dealer.send("x");
      assertThat(router.recv()).isEqualTo(Message.of("ours", "x"));
      assertThat(dealer.recvMessage(Duration.ZERO)).isNull();
      router.close(0);
      assertThat(dealer.recvMessage()).isEqualTo(Message.of("lost"));
    }
  }
}
