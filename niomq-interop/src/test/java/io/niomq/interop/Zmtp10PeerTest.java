package io.niomq.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RFC 13: an unversioned peer, such as libzmq 2.x. Its first frame is its identity; so are the
 * first octets of ours.
 */
@ExtendWith(NioMq.class)
class Zmtp10PeerTest {

  private static WirePeer connect(Socket socket, NioSockets sockets) throws IOException {
    return WirePeer.connect(socket.bind(sockets.endpoint(Transport.TCP)));
  }

  @Test
  void getsOurIdentityAfterItsFirstOctet(NioSockets sockets) throws IOException {
    Socket dealer =
        sockets.open(SocketType.DEALER).set(SocketOptions.ROUTING_ID, "ABCDE".getBytes(UTF_8));
    try (WirePeer peer = connect(dealer, sockets)) {
      peer.expect("FF 00 00 00 00 00 00 00 06 7F").expectNoMoreYet();
      peer.send("01").expect("41 42 43 44 45").send("00");
      dealer.send(Message.of("hello", "world"));
      peer.expect("06 01 68 65 6C 6C 6F 06 00 77 6F 72 6C 64");
    }
  }

  @Test
  void isConnectedToLikewise(NioSockets sockets) throws IOException {
    Socket dealer =
        sockets.open(SocketType.DEALER).set(SocketOptions.ROUTING_ID, "ABCDE".getBytes(UTF_8));
    try (WirePeer.Listener listener = new WirePeer.Listener()) {
      dealer.connect(listener.endpoint());
      dealer.send("early");
      try (WirePeer peer = listener.accept()) {
        peer.expect("FF 00*7 06 7F").send("01 00").expect("'ABCDE' 06 00 'early'");
        peer.send("02 01 61 02 00 62");
        assertThat(dealer.recvMessage()).isEqualTo(Message.of("a", "b"));
      }
    }
  }

  @Test
  void maySendItsIdentityWithALongHeader(NioSockets sockets) throws IOException {
    Socket router = sockets.open(SocketType.ROUTER);
    try (WirePeer peer = connect(router, sockets).send("FF 00*7 04 00 'abc' 02 00 6D")) {
      assertThat(router.recvMessage()).isEqualTo(Message.of("abc", "m"));
      router.send(Message.of("abc", "n"));
      peer.expect(WirePeer.SIGNATURE + "02 00 6E");
    }
  }

  @Test
  void maySendEverythingInOnePiece(NioSockets sockets) throws IOException {
    Socket pull = sockets.open(SocketType.PULL);
    try (WirePeer peer = connect(pull, sockets).send("01 00 02 00 6D")) {
      assertThat(pull.recvString()).isEqualTo("m");
      peer.expect(WirePeer.SIGNATURE);
    }
  }

  @Test
  void maySendOneOctetAtATime(NioSockets sockets) throws IOException {
    Socket router = sockets.open(SocketType.ROUTER);
    try (WirePeer peer = connect(router, sockets)) {
      peer.sendOneByOne("04 00 78 79 7A 02 01 6D 01 00 FF 00*7 04 00 'abc'");
      assertThat(router.recvMessage()).isEqualTo(Message.of("xyz", "m", ""));
      assertThat(router.recvMessage()).isEqualTo(Message.of("xyz", "abc"));
    }
  }

  @Test
  void withoutANameGetsOneMadeUp(NioSockets sockets) throws IOException {
    Socket router = sockets.open(SocketType.ROUTER);
    try (WirePeer peer = connect(router, sockets).send("01 00 02 00 6D")) {
      Message message = router.recvMessage();
      assertThat(message.bytes(0)).hasSize(5).startsWith(0);
      router.send(message);
      peer.expect(WirePeer.SIGNATURE + "02 00 6D");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 01 00",
    "1, 02 00",
    "252, FD 00",
    "253, FE 00",
    "254, FF 00 00 00 00 00 00 00 FF 00",
    "255, FF 00 00 00 00 00 00 01 00 00",
    "256, FF 00 00 00 00 00 00 01 01 00",
    "70000, FF 00 00 00 00 00 01 11 71 00"
  })
  void framesLikeThis(int size, String header, NioSockets sockets) throws IOException {
    Socket pair = sockets.open(SocketType.PAIR);
    String body = size == 0 ? "" : " 79*" + size;
    try (WirePeer peer = connect(pair, sockets).send("01 00" + header + body)) {
      assertThat(pair.recvString()).isEqualTo("y".repeat(size));
      pair.send("y".repeat(size));
      peer.expect(WirePeer.SIGNATURE + header + body);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"FF 00*7 02 00 6D", "02 7E 6D"})
  void mayFrameInUnusualWays(String frame, NioSockets sockets) throws IOException {
    // A long header for a small body; flags nobody has given a meaning.
    Socket pull = sockets.open(SocketType.PULL);
    try (WirePeer peer = connect(pull, sockets).send("01 00" + frame)) {
      assertThat(pull.recvMessage()).isEqualTo(Message.of("m"));
      peer.expect(WirePeer.SIGNATURE);
    }
  }

  @Test
  void asksAndIsAnswered(NioSockets sockets) throws IOException {
    Socket rep = sockets.open(SocketType.REP);
    try (WirePeer peer = connect(rep, sockets).send("01 00 01 01 02 00 71")) {
      assertThat(rep.recvString()).isEqualTo("q");
      rep.send("r");
      peer.expect(WirePeer.SIGNATURE + "01 01 02 00 72");
    }
  }

  @Test
  void isSentEverythingThatIsPublished(NioSockets sockets) throws IOException {
    // Such a subscriber filters by itself and never subscribes: we act as if it had, to everything.
    Socket pub = sockets.open(SocketType.PUB);
    try (WirePeer peer = connect(pub, sockets).expect(WirePeer.SIGNATURE).send("01 00")) {
      Exchange.until(
          () -> {
            pub.send("news");
            return peer.hasInput();
          });
      peer.expect("05 00 6E 65 77 73");
    }
  }

  @Test
  void isPublishedToByAnXpub(NioSockets sockets) throws IOException {
    Socket xpub = sockets.open(SocketType.XPUB);
    try (WirePeer peer = connect(xpub, sockets).expect(WirePeer.SIGNATURE).send("01 00")) {
      assertThat(xpub.recv()).isEqualTo(Octets.of("01"));
      xpub.send(Message.of("weather", "fine"));
      peer.expect("08 01 'weather' 05 00 'fine'");
    }
  }

  @Test
  void publishesToASubscriber(NioSockets sockets) throws IOException {
    // libzmq sends it the subscription as a message, which 2.x publishers do not read; so do we.
    Socket sub = sockets.open(SocketType.SUB).subscribe("AB");
    try (WirePeer peer = connect(sub, sockets).expect(WirePeer.SIGNATURE).send("01 00")) {
      peer.expect("04 00 01 41 42").send("03 00 'XY' 04 00 'ABC'");
      assertThat(sub.recvString()).isEqualTo("ABC");
      sub.unsubscribe("AB");
      peer.expect("04 00 00 41 42");
    }
  }

  @Test
  void mayWorkBesideAModernOne(NioSockets sockets) throws IOException {
    Socket pull = sockets.open(SocketType.PULL);
    String endpoint = pull.bind(sockets.endpoint(Transport.TCP));
    try (WirePeer old = WirePeer.connect(endpoint);
        WirePeer modern = WirePeer.connect(endpoint).handshake("PUSH", "PULL")) {
      old.send("01 00 02 00 6D");
      assertThat(pull.recvString()).isEqualTo("m");
      modern.send("00 01 6E");
      assertThat(pull.recvString()).isEqualTo("n");
    }
  }
}
