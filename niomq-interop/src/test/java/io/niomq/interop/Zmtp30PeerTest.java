package io.niomq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketType;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 23: a peer of ZMTP 3.0, such as libzmq 4.0 to 4.3.2 and JeroMQ. */
@ExtendWith(NioMq.class)
class Zmtp30PeerTest {

  private static WirePeer connected(Socket socket, NioSockets sockets, String peerType)
      throws IOException {
    WirePeer peer = WirePeer.connect(socket.bind(sockets.endpoint(Transport.TCP)));
    return peer.handshake(
        WirePeer.REST_3_0, WirePeer.ready(peerType), WirePeer.ready(socket.type().name()));
  }

  @Test
  void exchangesMessages(NioSockets sockets) throws IOException {
    Socket dealer = sockets.open(SocketType.DEALER);
    try (WirePeer peer = connected(dealer, sockets, "DEALER")) {
      peer.send("01 02 68 69 01 00 00 03 78 78 78");
      assertThat(dealer.recvMessage()).isEqualTo(Message.of("hi", "", "xxx"));
      dealer.send(Message.of("hi", "", "y".repeat(256)));
      peer.expect("01 02 68 69 01 00 02 00 00 00 00 00 00 01 00 79*256");
    }
  }

  @Test
  void maySendItsGreetingOneOctetAtATime(NioSockets sockets) throws IOException {
    Socket pull = sockets.open(SocketType.PULL);
    try (WirePeer peer = WirePeer.connect(pull.bind(sockets.endpoint(Transport.TCP)))) {
      peer.sendOneByOne("FF 00*8 7F 03" + WirePeer.REST_3_0 + WirePeer.ready("PUSH"));
      peer.expect(WirePeer.SIGNATURE + "03" + WirePeer.REST_3_1 + WirePeer.ready("PULL"));
      peer.sendOneByOne("00 01 6D");
      assertThat(pull.recvString()).isEqualTo("m");
    }
  }

  @Test
  void getsSubscriptionsAsMessages(NioSockets sockets) throws IOException {
    Socket sub = sockets.open(SocketType.SUB);
    sub.subscribe("old");
    try (WirePeer peer = connected(sub, sockets, "PUB")) {
      peer.expect("00 04 01 'old'");
      sub.subscribe("AB");
      peer.expect("00 03 01 41 42");
      sub.unsubscribe("AB");
      peer.expect("00 03 00 41 42");
      sub.subscribe("");
      peer.expect("00 01 01");
      sub.unsubscribe("");
      peer.expect("00 01 00").send("00 04 'old1'");
      assertThat(sub.recvString()).isEqualTo("old1");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "254, 00 FF",
    "255, 02 00 00 00 00 00 00 01 00", // libzmq forgets the LONG flag here
    "256, 02 00 00 00 00 00 00 01 01"
  })
  void getsLongSubscriptions(int length, String header, NioSockets sockets) throws IOException {
    Socket sub = sockets.open(SocketType.SUB);
    try (WirePeer peer = connected(sub, sockets, "PUB")) {
      sub.subscribe("t".repeat(length));
      peer.expect(header + "01 74*" + length);
    }
  }

  @Test
  void subscribesByMessage(NioSockets sockets) throws IOException {
    Socket xpub = sockets.open(SocketType.XPUB);
    try (WirePeer peer = connected(xpub, sockets, "SUB").send("00 03 01 41 42")) {
      assertThat(xpub.recv()).isEqualTo(Octets.of("01 41 42"));
      xpub.send("XY");
      xpub.send("ABC");
      peer.expect("00 03 41 42 43").send("00 03 00 41 42");
      assertThat(xpub.recv()).isEqualTo(Octets.of("00 41 42"));
    }
  }

  @Test
  void maySubscribeByCommandToo(NioSockets sockets) throws IOException {
    Socket xpub = sockets.open(SocketType.XPUB);
    try (WirePeer peer = connected(xpub, sockets, "SUB").send("04 0B 09 'SUBSCRIBE' 41")) {
      assertThat(xpub.recv()).isEqualTo(Octets.of("01 41"));
      xpub.send("A");
      peer.expect("00 01 41");
    }
  }

  @Test
  void mayPing(NioSockets sockets) throws IOException {
    // libzmq 4.2 does, although it says 3.0.
    try (WirePeer peer = connected(sockets.open(SocketType.DEALER), sockets, "DEALER")) {
      peer.ping();
    }
  }

  @Test
  void isConnectedToLikewise(NioSockets sockets) throws IOException {
    Socket req = sockets.open(SocketType.REQ);
    try (WirePeer.Listener listener = new WirePeer.Listener()) {
      req.connect(listener.endpoint());
      req.send("q");
      try (WirePeer peer = listener.accept()) {
        peer.handshake(WirePeer.REST_3_0, WirePeer.ready("REP"), WirePeer.ready("REQ"));
        peer.expect("01 00 00 01 71").send("01 00 00 01 72");
        assertThat(req.recvString()).isEqualTo("r");
      }
    }
  }
}
