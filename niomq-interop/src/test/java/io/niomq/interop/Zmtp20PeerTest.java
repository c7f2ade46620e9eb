package io.niomq.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.io.IOException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * RFC 15: a peer of ZMTP 2.0, such as libzmq 3.2; and of its forerunner, revision 0, whose frames
 * are those of 1.0.
 */
@ExtendWith(NioMq.class)
class Zmtp20PeerTest {

  /** A DEALER of ours with the routing id ABCDE. */
  private static Socket abcde(NioSockets sockets) {
    return sockets.open(SocketType.DEALER).set(SocketOptions.ROUTING_ID, "ABCDE".getBytes(UTF_8));
  }

  private static WirePeer connect(Socket socket, NioSockets sockets) throws IOException {
    return WirePeer.connect(socket.bind(sockets.endpoint(Transport.TCP)));
  }

  @Nested
  class Greeting {
    @Test
    void goesStepByStep(NioSockets sockets) throws IOException {
      Socket dealer = abcde(sockets);
      try (WirePeer peer = connect(dealer, sockets)) {
        peer.expect("FF 00*7 06 7F").expectNoMoreYet().send("FF 00*8 7F").expect("03");
        peer.expectNoMoreYet().send("01").expect("05");
        peer.send("06").expect("00 05 41 42 43 44 45"); // we are a DEALER, it is a ROUTER
        peer.send("00 00");
        dealer.send(Message.of("hello", "world"));
        peer.expect("01 05 68 65 6C 6C 6F 00 05 77 6F 72 6C 64");
        dealer.send("y".repeat(256));
        peer.expect("02 00 00 00 00 00 00 01 00 79*256").send("01 01 61 00 01 62");
        assertThat(dealer.recvMessage()).isEqualTo(Message.of("a", "b"));
      }
    }

    @Test
    void isTheSameFromTheSideThatConnects(NioSockets sockets) throws IOException {
      Socket dealer = abcde(sockets);
      try (WirePeer.Listener listener = new WirePeer.Listener()) {
        dealer.connect(listener.endpoint());
        dealer.send("early");
        try (WirePeer peer = listener.accept()) {
          peer.expect("FF 00*7 06 7F").send("FF 00*8 7F 01 06").expect("03 05 00 05 'ABCDE'");
          peer.send("00 00").expect("00 05 'early'");
        }
      }
    }

    @Test
    void mayComeWithMessagesInOnePiece(NioSockets sockets) throws IOException {
      Socket pull = sockets.open(SocketType.PULL);
      try (WirePeer peer = connect(pull, sockets).send("FF 00*8 7F 01 08 00 00 00 01 6D")) {
        assertThat(pull.recvString()).isEqualTo("m");
        peer.expect(WirePeer.SIGNATURE + "03 07 00 00");
      }
    }

    @Test
    void mayComeOneOctetAtATime(NioSockets sockets) throws IOException {
      Socket pull = sockets.open(SocketType.PULL);
      try (WirePeer peer = connect(pull, sockets)) {
        peer.sendOneByOne("FF 00*8 7F 01 08 00 00 01 01 6D 00 01 6E");
        assertThat(pull.recvMessage()).isEqualTo(Message.of("m", "n"));
      }
    }

    @ParameterizedTest
    @CsvSource({
      "PAIR, 00, 00",
      "PUB, 01, 02",
      "SUB, 02, 01",
      "REQ, 03, 04",
      "REP, 04, 03",
      "DEALER, 05, 06",
      "ROUTER, 06, 05",
      "PULL, 07, 08",
      "PUSH, 08, 07",
      "XPUB, 09, 02",
      "XSUB, 0A, 01"
    })
    void tellsTheType(SocketType type, String octet, String peerOctet, NioSockets sockets)
        throws IOException {
      try (WirePeer peer = connect(sockets.open(type), sockets)) {
        peer.expect(WirePeer.SIGNATURE).send("FF 00*8 7F 01" + peerOctet);
        peer.expect("03" + octet + "00 00");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 00 00",
    "1, 00 01",
    "253, 00 FD",
    "254, 00 FE",
    "255, 00 FF",
    "256, 02 00 00 00 00 00 00 01 00",
    "70000, 02 00 00 00 00 00 01 11 70"
  })
  void framesLikeThis(int size, String header, NioSockets sockets) throws IOException {
    Socket pair = sockets.open(SocketType.PAIR);
    String frame = header + (size == 0 ? "" : " 79*" + size);
    try (WirePeer peer = connect(pair, sockets).send("FF 00*8 7F 01 00 00 00" + frame)) {
      assertThat(pair.recvString()).isEqualTo("y".repeat(size));
      pair.send("y".repeat(size));
      peer.expect(WirePeer.SIGNATURE + "03 00 00 00" + frame);
    }
  }

  @Test
  void namesItselfToARouter(NioSockets sockets) throws IOException {
    Socket router = sockets.open(SocketType.ROUTER);
    try (WirePeer peer = connect(router, sockets)) {
      peer.send("FF 00*8 7F 01 05 00 03 'xyz' 00 01 6D");
      assertThat(router.recvMessage()).isEqualTo(Message.of("xyz", "m"));
      router.send(Message.of("xyz", "n"));
      peer.expect(WirePeer.SIGNATURE + "03 06 00 00 00 01 6E");
    }
  }

  @Test
  void withoutANameGetsOneMadeUp(NioSockets sockets) throws IOException {
    Socket router = sockets.open(SocketType.ROUTER);
    try (WirePeer peer = connect(router, sockets)) {
      peer.send("FF 00*8 7F 01 05 00 00 00 01 6D");
      Message message = router.recvMessage();
      assertThat(message.bytes(0)).hasSize(5).startsWith(0);
      router.send(message);
      peer.expect(WirePeer.SIGNATURE + "03 06 00 00 00 01 6D");
    }
  }

  @Test
  void asksAndIsAnswered(NioSockets sockets) throws IOException {
    Socket rep = sockets.open(SocketType.REP);
    try (WirePeer peer = connect(rep, sockets)) {
      peer.send("FF 00*8 7F 01 03 00 00 01 00 00 01 71");
      assertThat(rep.recvString()).isEqualTo("q");
      rep.send("r");
      peer.expect(WirePeer.SIGNATURE + "03 04 00 00 01 00 00 01 72");
    }
  }

  @Test
  void getsSubscriptionsAsMessages(NioSockets sockets) throws IOException {
    Socket sub = sockets.open(SocketType.SUB).subscribe("old");
    try (WirePeer peer = connect(sub, sockets)) {
      peer.expect(WirePeer.SIGNATURE).send("FF 00*8 7F 01 01").expect("03 02 00 00");
      peer.send("00 00").expect("00 04 01 'old'");
      sub.subscribe("AB");
      peer.expect("00 03 01 41 42");
      sub.unsubscribe("AB");
      peer.expect("00 03 00 41 42");
      sub.subscribe("t".repeat(255));
      peer.expect("02 00 00 00 00 00 00 01 00 01 74*255").send("00 04 'old1'");
      assertThat(sub.recvString()).isEqualTo("old1");
    }
  }

  @Test
  void subscribesByMessage(NioSockets sockets) throws IOException {
    // No phantom subscription here: what was not asked for is not sent.
    Socket xpub = sockets.open(SocketType.XPUB);
    try (WirePeer peer = connect(xpub, sockets)) {
      peer.send("FF 00*8 7F 01 02 00 00 00 03 01 41 42");
      assertThat(xpub.recv()).isEqualTo(Octets.of("01 41 42"));
      xpub.send("XY");
      xpub.send("ABC");
      peer.expect(WirePeer.SIGNATURE + "03 09 00 00 00 03 41 42 43").send("00 03 00 41 42");
      assertThat(xpub.recv()).isEqualTo(Octets.of("00 41 42"));
    }
  }

  @Test
  void sendsManyMessagesInOrder(NioSockets sockets) throws IOException {
    Socket pull = sockets.open(SocketType.PULL).set(SocketOptions.RCVHWM, 10);
    try (WirePeer peer = connect(pull, sockets).send("FF 00*8 7F 01 08 00 00")) {
      for (int i = 0; i < 1000; i++) {
        peer.send("00 64").send(Generated.body(i, 100));
      }
      for (int i = 0; i < 1000; i++) {
        assertThat(pull.recv()).isEqualTo(Generated.body(i, 100));
      }
    }
  }

  @Nested
  class OfRevision0 {
    @Test
    void greetsLikewiseAndFramesAs10(NioSockets sockets) throws IOException {
      Socket dealer = abcde(sockets);
      try (WirePeer peer = connect(dealer, sockets)) {
        peer.expect("FF 00*7 06 7F").send("FF 00*8 7F").expect("03").send("00").expect("05");
        peer.send("06").expect("06 00 41 42 43 44 45").send("01 00");
        dealer.send(Message.of("hello", "world"));
        peer.expect("06 01 68 65 6C 6C 6F 06 00 77 6F 72 6C 64").send("02 01 61 02 00 62");
        assertThat(dealer.recvMessage()).isEqualTo(Message.of("a", "b"));
      }
    }

    @Test
    void subscribesForItself(NioSockets sockets) throws IOException {
      Socket xpub = sockets.open(SocketType.XPUB);
      try (WirePeer peer = connect(xpub, sockets)) {
        peer.send("FF 00*8 7F 00 02 01 00 04 00 01 41 42");
        assertThat(xpub.recv()).isEqualTo(Octets.of("01 41 42"));
        xpub.send("XY");
        xpub.send("ABC");
        peer.expect(WirePeer.SIGNATURE + "03 09 01 00 04 00 41 42 43");
      }
    }

    @Test
    void getsSubscriptionsAsMessages(NioSockets sockets) throws IOException {
      Socket sub = sockets.open(SocketType.SUB).subscribe("AB");
      try (WirePeer peer = connect(sub, sockets)) {
        peer.send("FF 00*8 7F 00 01 01 00").expect(WirePeer.SIGNATURE + "03 02 01 00");
        peer.expect("04 00 01 41 42");
        sub.unsubscribe("AB");
        peer.expect("04 00 00 41 42");
      }
    }
  }
}
