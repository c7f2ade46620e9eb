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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 37 with a peer of ZMTP 3.1, octet for octet as captured from libzmq 4.3.4. */
@ExtendWith(NioMq.class)
class Zmtp31PeerTest {

  private static WirePeer connected(Socket socket, NioSockets sockets, String peerType)
      throws IOException {
    WirePeer peer = WirePeer.connect(socket.bind(sockets.endpoint(Transport.TCP)));
    return peer.handshake(peerType, socket.type().name());
  }

  @Nested
  class Greeting {
    @Test
    void goesStepByStep(NioSockets sockets) throws IOException {
      Socket dealer = sockets.open(SocketType.DEALER);
      try (WirePeer peer = WirePeer.connect(dealer.bind(sockets.endpoint(Transport.TCP)))) {
        peer.expect("FF 00 00 00 00 00 00 00 01 7F").send("FF 00*8").expectNoMoreYet();
        peer.send("7F").expect("03").expectNoMoreYet();
        peer.send("03").expect("01 4E 55 4C 4C 00*16 00 00*31").expectNoMoreYet();
        peer.send("01 4E 55 4C 4C 00*16 00 00*31");
        peer.send(WirePeer.ready("DEALER")).expect(WirePeer.ready("DEALER"));
      }
    }

    @Test
    void isTheSameFromTheSideThatConnects(NioSockets sockets) throws IOException {
      Socket dealer = sockets.open(SocketType.DEALER);
      try (WirePeer.Listener listener = new WirePeer.Listener()) {
        dealer.connect(listener.endpoint());
        try (WirePeer peer = listener.accept()) {
          peer.expect("FF 00 00 00 00 00 00 00 01 7F").send("FF 00*8").expectNoMoreYet();
          peer.send("7F").expect("03").expectNoMoreYet();
          peer.send("03").expect("01 4E 55 4C 4C 00*16 00 00*31").expectNoMoreYet();
          peer.send("01 4E 55 4C 4C 00*16 00 00*31");
          peer.send(WirePeer.ready("DEALER")).expect(WirePeer.ready("DEALER"));
          dealer.send("m");
          peer.expect("00 01 6D");
        }
      }
    }

    @Test
    void tellsTheLengthOfTheRoutingId(NioSockets sockets) throws IOException {
      Socket dealer = sockets.open(SocketType.DEALER);
      dealer.set(SocketOptions.ROUTING_ID, "ABCDE".getBytes(UTF_8));
      try (WirePeer peer = WirePeer.connect(dealer.bind(sockets.endpoint(Transport.TCP)))) {
        peer.expect("FF 00 00 00 00 00 00 00 06 7F");
      }
    }

    @Test
    void mayComeInOnePiece(NioSockets sockets) throws IOException {
      Socket pull = sockets.open(SocketType.PULL);
      try (WirePeer peer = WirePeer.connect(pull.bind(sockets.endpoint(Transport.TCP)))) {
        peer.send("FF 00*8 7F 03" + WirePeer.REST_3_1);
        peer.expect(WirePeer.SIGNATURE + "03" + WirePeer.REST_3_1);
        peer.send(WirePeer.ready("PUSH")).expect(WirePeer.ready("PULL")).send("00 01 6D");
        assertThat(pull.recvString()).isEqualTo("m");
      }
    }

    @Test
    void mayComeWithReadyAndMessagesInOnePiece(NioSockets sockets) throws IOException {
      // libzmq fails such a connection; RFC 23 allows it, and nothing is unclear about it.
      Socket pull = sockets.open(SocketType.PULL);
      try (WirePeer peer = WirePeer.connect(pull.bind(sockets.endpoint(Transport.TCP)))) {
        peer.send(
            "FF 00*8 7F 03" + WirePeer.REST_3_1 + WirePeer.ready("PUSH") + "01 01 61 00 01 62");
        assertThat(pull.recvMessage()).isEqualTo(Message.of("a", "b"));
      }
    }

    @Test
    void mayComeOneOctetAtATime(NioSockets sockets) throws IOException {
      Socket pull = sockets.open(SocketType.PULL);
      try (WirePeer peer = WirePeer.connect(pull.bind(sockets.endpoint(Transport.TCP)))) {
        peer.sendOneByOne("FF 00*8 7F 03" + WirePeer.REST_3_1);
        peer.expect(WirePeer.SIGNATURE + "03" + WirePeer.REST_3_1);
        peer.sendOneByOne(WirePeer.ready("PUSH")).expect(WirePeer.ready("PULL"));
        peer.sendOneByOne("01 02 'hi' 01 00 02 00*7 03 'xxx'");
        assertThat(pull.recvMessage()).isEqualTo(Message.of("hi", "", "xxx"));
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"03 00", "03 01", "03 02", "03 09", "04 00", "7F 00", "02 01"})
    void getsTheSameAnswerInEveryLaterVersion(String version, NioSockets sockets)
        throws IOException {
      // RFC 37 takes 02 for 2.0; libzmq does not, and no known peer sends it.
      Socket dealer = sockets.open(SocketType.DEALER);
      try (WirePeer peer = WirePeer.connect(dealer.bind(sockets.endpoint(Transport.TCP)))) {
        peer.expect(WirePeer.SIGNATURE).send("FF 00*8 7F").expect("03");
        peer.send(version + "'NULL' 00*16 00 00*31").expect(WirePeer.REST_3_1);
        peer.send(WirePeer.ready("DEALER")).expect(WirePeer.ready("DEALER"));
        peer.send("00 01 6D");
        assertThat(dealer.recvString()).isEqualTo("m");
      }
    }

    @Test
    void doesNotHaveToTellWhoIsTheServerAndMayFillAnything(NioSockets sockets) throws IOException {
      Socket pull = sockets.open(SocketType.PULL);
      try (WirePeer peer = WirePeer.connect(pull.bind(sockets.endpoint(Transport.TCP)))) {
        peer.greet("01 'NULL' 00*16 01 EE*31");
        peer.send(WirePeer.ready("PUSH")).expect(WirePeer.ready("PULL")).send("00 01 6D");
        assertThat(pull.recvString()).isEqualTo("m");
      }
    }
  }

  @Nested
  class Ready {
    private static final String P = "05 52 45 41 44 59 0B 53 6F 63 6B 65 74 2D 54 79 70 65";

    @ParameterizedTest
    @CsvSource({
      "PAIR, PAIR, 04 1A, 00 00 00 04 50 41 49 52",
      "PUB, SUB, 04 19, 00 00 00 03 50 55 42",
      "SUB, PUB, 04 19, 00 00 00 03 53 55 42",
      "REQ, REP, 04 26, 00 00 00 03 52 45 51 08 49 64 65 6E 74 69 74 79 00 00 00 00",
      "REP, REQ, 04 19, 00 00 00 03 52 45 50",
      "DEALER, REP, 04 29, 00 00 00 06 44 45 41 4C 45 52 08 49 64 65 6E 74 69 74 79 00 00 00 00",
      "ROUTER, REQ, 04 29, 00 00 00 06 52 4F 55 54 45 52 08 49 64 65 6E 74 69 74 79 00 00 00 00",
      "PULL, PUSH, 04 1A, 00 00 00 04 50 55 4C 4C",
      "PUSH, PULL, 04 1A, 00 00 00 04 50 55 53 48",
      "XPUB, SUB, 04 1A, 00 00 00 04 58 50 55 42",
      "XSUB, PUB, 04 1A, 00 00 00 04 58 53 55 42"
    })
    void hasTheseOctets(
        SocketType type, String peerType, String header, String value, NioSockets sockets)
        throws IOException {
      Socket socket = sockets.open(type);
      try (WirePeer peer = WirePeer.connect(socket.bind(sockets.endpoint(Transport.TCP)))) {
        peer.greet(WirePeer.REST_3_1);
        peer.send(WirePeer.ready(peerType)).expect(header + P + value);
        peer.ping();
      }
    }

    @Test
    void comesWithoutWaitingForThePeers(NioSockets sockets) throws IOException {
      Socket pull = sockets.open(SocketType.PULL);
      try (WirePeer peer = WirePeer.connect(pull.bind(sockets.endpoint(Transport.TCP)))) {
        peer.greet(WirePeer.REST_3_1).expect(WirePeer.ready("PULL"));
      }
    }

    @Test
    void carriesTheRoutingId(NioSockets sockets) throws IOException {
      Socket dealer = sockets.open(SocketType.DEALER);
      dealer.set(SocketOptions.ROUTING_ID, "ABCDE".getBytes(UTF_8));
      try (WirePeer peer = WirePeer.connect(dealer.bind(sockets.endpoint(Transport.TCP)))) {
        peer.expect("FF 00*7 06 7F").send("FF 00*8 7F 03 " + WirePeer.REST_3_1).expect("03");
        peer.expect(WirePeer.REST_3_1).send(WirePeer.ready("ROUTER"));
        peer.expect(
            "04 2E"
                + P
                + "00 00 00 06 44 45 41 4C 45 52 08 49 64 65 6E 74 69 74 79"
                + "00 00 00 05 41 42 43 44 45");
      }
    }

    @Test
    void mayCarryOtherProperties(NioSockets sockets) throws IOException {
      Socket pull = sockets.open(SocketType.PULL);
      try (WirePeer peer = WirePeer.connect(pull.bind(sockets.endpoint(Transport.TCP)))) {
        peer.greet(WirePeer.REST_3_1);
        peer.send("04 2B" + P + "00 00 00 04 'PUSH' 07 'X-hello' 00 00 00 05 'world'");
        peer.expect(WirePeer.ready("PULL")).send("00 01 6D");
        assertThat(pull.recvString()).isEqualTo("m");
      }
    }

    @Test
    void mayCarryNoneAtAll(NioSockets sockets) throws IOException {
      Socket dealer = sockets.open(SocketType.DEALER);
      try (WirePeer peer = WirePeer.connect(dealer.bind(sockets.endpoint(Transport.TCP)))) {
        peer.greet(WirePeer.REST_3_1).send("04 06 05 52 45 41 44 59");
        peer.expect(WirePeer.ready("DEALER")).send("00 01 6D");
        assertThat(dealer.recvString()).isEqualTo("m");
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "05"})
    void isKnownByItsNameNotByItsFlags(String flags, NioSockets sockets) throws IOException {
      Socket dealer = sockets.open(SocketType.DEALER);
      try (WirePeer peer = WirePeer.connect(dealer.bind(sockets.endpoint(Transport.TCP)))) {
        peer.greet(WirePeer.REST_3_1).send(flags + WirePeer.ready("DEALER").substring(2));
        peer.expect(WirePeer.ready("DEALER")).send("00 01 6D");
        assertThat(dealer.recvString()).isEqualTo("m");
      }
    }

    @Test
    void namesARouterPeer(NioSockets sockets) throws IOException {
      Socket router = sockets.open(SocketType.ROUTER);
      try (WirePeer peer = WirePeer.connect(router.bind(sockets.endpoint(Transport.TCP)))) {
        peer.greet(WirePeer.REST_3_1);
        peer.send(WirePeer.ready("DEALER", "08 'Identity' 00 00 00 03 'xyz'"));
        peer.expect(WirePeer.ready("ROUTER")).send("00 01 6D");
        assertThat(router.recvMessage()).isEqualTo(Message.of("xyz", "m"));
        router.send(Message.of("xyz", "n"));
        peer.expect("00 01 6E");
      }
    }

    @Test
    void withoutAnIdGetsFiveOctetsMadeUp(NioSockets sockets) throws IOException {
      Socket router = sockets.open(SocketType.ROUTER);
      try (WirePeer peer = connected(router, sockets, "DEALER").send("00 01 6D")) {
        byte[] id = router.recv();
        assertThat(id).hasSize(5).startsWith(0);
        assertThat(router.recvString()).isEqualTo("m");
        router.send(Message.of(id, "n".getBytes(UTF_8)));
        peer.expect("00 01 6E");
      }
    }
  }

  @Nested
  class Frames {
    @Test
    void goOutWithTheseOctets(NioSockets sockets) throws IOException {
      Socket dealer = sockets.open(SocketType.DEALER);
      try (WirePeer peer = connected(dealer, sockets, "DEALER")) {
        dealer.send(Message.of("hi", "", "xxx"));
        peer.expect("01 02 68 69 01 00 00 03 78 78 78");
        dealer.send("");
        peer.expect("00 00");
        dealer.send("y".repeat(255));
        peer.expect("00 FF 79*255");
        dealer.send("y".repeat(256));
        peer.expect("02 00 00 00 00 00 00 01 00 79*256");
        dealer.send(Message.of("y".repeat(256), "z"));
        peer.expect("03 00 00 00 00 00 00 01 00 79*256 00 01 7A");
        dealer.send("y".repeat(100_000));
        peer.expect("02 00 00 00 00 00 01 86 A0 79*100000").ping();
      }
    }

    @Test
    void comeInWithTheseOctets(NioSockets sockets) throws IOException {
      Socket dealer = sockets.open(SocketType.DEALER);
      try (WirePeer peer = connected(dealer, sockets, "DEALER")) {
        peer.send("01 02 68 69 01 00 00 03 78 78 78 00 00");
        peer.send("00 FF 79*255 02 00 00 00 00 00 00 01 00 79*256");
        peer.send("03 00 00 00 00 00 00 01 00 79*256 00 01 7A");
        assertThat(dealer.recvMessage()).isEqualTo(Message.of("hi", "", "xxx"));
        assertThat(dealer.recvMessage()).isEqualTo(Message.of(""));
        assertThat(dealer.recvMessage()).isEqualTo(Message.of("y".repeat(255)));
        assertThat(dealer.recvMessage()).isEqualTo(Message.of("y".repeat(256)));
        assertThat(dealer.recvMessage()).isEqualTo(Message.of("y".repeat(256), "z"));
      }
    }

    @Test
    void mayBeUnusual(NioSockets sockets) throws IOException {
      Socket dealer = sockets.open(SocketType.DEALER);
      try (WirePeer peer = connected(dealer, sockets, "DEALER")) {
        peer.send("02 00 00 00 00 00 00 00 03 61 62 63"); // LONG, size 3
        assertThat(dealer.recvString()).isEqualTo("abc");
        peer.send("F8 01 79"); // reserved bits: ignored, as libzmq does
        assertThat(dealer.recvString()).isEqualTo("y");
        peer.send("F9 01 79 F8 01 7A");
        assertThat(dealer.recvMessage()).isEqualTo(Message.of("y", "z"));
      }
    }

    @Test
    void mayComeOneOctetAtATime(NioSockets sockets) throws IOException {
      Socket dealer = sockets.open(SocketType.DEALER);
      try (WirePeer peer = connected(dealer, sockets, "DEALER")) {
        peer.sendOneByOne("01 02 68 69 01 00 00 03 78 78 78 02 00*6 01 00 79*256 00 00");
        assertThat(dealer.recvMessage()).isEqualTo(Message.of("hi", "", "xxx"));
        assertThat(dealer.recvMessage()).isEqualTo(Message.of("y".repeat(256)));
        assertThat(dealer.recvMessage()).isEqualTo(Message.of(""));
      }
    }

    @Test
    void waitForThePeersReady(NioSockets sockets) throws IOException {
      Socket push = sockets.open(SocketType.PUSH);
      try (WirePeer.Listener listener = new WirePeer.Listener()) {
        push.connect(listener.endpoint());
        push.send("early");
        try (WirePeer peer = listener.accept()) {
          peer.greet(WirePeer.REST_3_1).expect(WirePeer.ready("PUSH")).expectNoMoreYet();
          peer.send(WirePeer.ready("PULL")).expect("00 05 'early'");
        }
      }
    }
  }

  @Nested
  class Subscriptions {
    @Test
    void ofASubAreCommands(NioSockets sockets) throws IOException {
      Socket sub = sockets.open(SocketType.SUB);
      try (WirePeer peer = connected(sub, sockets, "PUB")) {
        sub.subscribe("AB");
        peer.expect("04 0C 09 53 55 42 53 43 52 49 42 45 41 42");
        sub.unsubscribe("AB");
        peer.expect("04 09 06 43 41 4E 43 45 4C 41 42");
        sub.subscribe("");
        peer.expect("04 0A 09 53 55 42 53 43 52 49 42 45");
        sub.unsubscribe("");
        peer.expect("04 07 06 43 41 4E 43 45 4C");
      }
    }

    @Test
    void areAllSentButOnlyTheLastCancelled(NioSockets sockets) throws IOException {
      Socket sub = sockets.open(SocketType.SUB);
      try (WirePeer peer = connected(sub, sockets, "PUB")) {
        peer.ping(); // now the socket knows it
        sub.subscribe("A").subscribe("A").unsubscribe("A").unsubscribe("A").unsubscribe("A");
        peer.expect("04 0B 09 'SUBSCRIBE' 41 04 0B 09 'SUBSCRIBE' 41 04 08 06 'CANCEL' 41").ping();
      }
    }

    @ParameterizedTest
    @CsvSource({
      "245, 04 FF",
      "246, 06 00 00 00 00 00 00 01 00", // libzmq 4.3.4 forgets the LONG flag here
      "256, 06 00 00 00 00 00 00 01 0A"
    })
    void mayBeLong(int length, String header, NioSockets sockets) throws IOException {
      Socket sub = sockets.open(SocketType.SUB);
      try (WirePeer peer = connected(sub, sockets, "PUB")) {
        sub.subscribe("t".repeat(length));
        peer.expect(header + "09 'SUBSCRIBE' 74*" + length);
      }
    }

    @Test
    void areRepeatedToANewPublisher(NioSockets sockets) throws IOException {
      Socket sub = sockets.open(SocketType.SUB);
      sub.subscribe("AB").subscribe("AB").subscribe("CD").unsubscribe("CD");
      try (WirePeer peer = connected(sub, sockets, "PUB")) {
        peer.expect("04 0C 09 'SUBSCRIBE' 41 42").ping();
      }
    }

    @Test
    void ofAnXsubAreMessagesAsItsApplicationSendsThem(NioSockets sockets) throws IOException {
      // As libzmq: what was sent as a message stays one; publishers understand both.
      Socket xsub = sockets.open(SocketType.XSUB);
      try (WirePeer peer = connected(xsub, sockets, "XPUB")) {
        peer.ping(); // now the socket knows it
        xsub.send(Octets.of("01 41 42"));
        peer.expect("00 03 01 41 42");
        xsub.send(Octets.of("00 41 42"));
        peer.expect("00 03 00 41 42");
        xsub.send(Octets.of("02 68"));
        peer.expect("00 02 02 68");
      }
    }

    @Test
    void ofAnXsubAreRepeatedAsCommands(NioSockets sockets) throws IOException {
      Socket xsub = sockets.open(SocketType.XSUB);
      xsub.send(Octets.of("01 41 42"));
      try (WirePeer peer = connected(xsub, sockets, "XPUB")) {
        peer.expect("04 0C 09 53 55 42 53 43 52 49 42 45 41 42");
      }
    }

    @Test
    void showAsMessagesInAnXpub(NioSockets sockets) throws IOException {
      Socket xpub = sockets.open(SocketType.XPUB);
      try (WirePeer peer = connected(xpub, sockets, "XSUB")) {
        peer.send("04 0B 09 'SUBSCRIBE' 41");
        assertThat(xpub.recv()).isEqualTo(Octets.of("01 41"));
        xpub.send("A1");
        peer.expect("00 02 41 31");
        peer.send("04 08 06 'CANCEL' 41");
        assertThat(xpub.recv()).isEqualTo(Octets.of("00 41"));
        peer.send("04 08 06 'CANCEL' 5A"); // unknown
        assertThat(xpub.recv()).isEqualTo(Octets.of("00 5A"));
        peer.send("00 06 02 'hello'");
        assertThat(xpub.recv()).isEqualTo(Octets.of("02 'hello'"));
        xpub.send("A2"); // nobody wants it any more
        peer.ping();
      }
    }

    @Test
    void mayComeAsMessagesToo(NioSockets sockets) throws IOException {
      Socket xpub = sockets.open(SocketType.XPUB);
      try (WirePeer peer = connected(xpub, sockets, "XSUB")) {
        peer.send("00 02 01 41");
        assertThat(xpub.recv()).isEqualTo(Octets.of("01 41"));
        xpub.send("A1");
        peer.expect("00 02 41 31").send("00 02 00 41");
        assertThat(xpub.recv()).isEqualTo(Octets.of("00 41"));
      }
    }

    @Test
    void mayBeSeveralInOneMessage(NioSockets sockets) throws IOException {
      Socket xpub = sockets.open(SocketType.XPUB);
      try (WirePeer peer = connected(xpub, sockets, "XSUB").send("01 02 01 41 00 02 01 42")) {
        assertThat(xpub.recvMessage()).isEqualTo(Message.of(Octets.of("01 41")));
        assertThat(xpub.recvMessage()).isEqualTo(Message.of(Octets.of("01 42")));
        xpub.send("B1");
        peer.expect("00 02 42 31");
      }
    }

    @Test
    void areKnownByTheExactName(NioSockets sockets) throws IOException {
      Socket xpub = sockets.open(SocketType.XPUB);
      try (WirePeer peer = connected(xpub, sockets, "SUB")) {
        peer.send("04 0B 09 'subscribe' 41").send("04 0B 09 'SUBSCRIBE' 42");
        assertThat(xpub.recv()).isEqualTo(Octets.of("01 42"));
        xpub.send("A1");
        xpub.send("B1");
        peer.expect("00 02 42 31");
      }
    }
  }

  @Nested
  class Heartbeat {
    @ParameterizedTest
    @CsvSource({
      "04 07 04 50 49 4E 47 00 00, 04 05 04 50 4F 4E 47",
      "04 0A 04 50 49 4E 47 00 00 61 62 63, 04 08 04 50 4F 4E 47 61 62 63",
      "04 17 04 50 49 4E 47 00 00 78*16, 04 15 04 50 4F 4E 47 78*16",
      "04 1B 04 50 49 4E 47 00 00 78*16 79*4, 04 15 04 50 4F 4E 47 78*16",
      "06 00 00 00 00 00 00 00 07 04 50 49 4E 47 00 00, 04 05 04 50 4F 4E 47"
    })
    void isAnswered(String ping, String pong, NioSockets sockets) throws IOException {
      Socket dealer = sockets.open(SocketType.DEALER);
      try (WirePeer peer = connected(dealer, sockets, "DEALER")) {
        peer.send(ping).expect(pong).sendOneByOne(ping).expect(pong);
        peer.send("00 01 6D " + ping + " 00 01 6E").expect(pong);
        assertThat(dealer.recvString()).isEqualTo("m");
        assertThat(dealer.recvString()).isEqualTo("n");
      }
    }

    @ParameterizedTest
    @EnumSource(names = "STREAM", mode = EnumSource.Mode.EXCLUDE)
    void isAnsweredByEveryType(SocketType type, NioSockets sockets) throws IOException {
      String peerType = type.peers().iterator().next().name();
      try (WirePeer peer = connected(sockets.open(type), sockets, peerType)) {
        peer.ping().ping();
      }
    }

    @Test
    void mayComeBetweenTheFramesOfAMessage(NioSockets sockets) throws IOException {
      Socket pull = sockets.open(SocketType.PULL);
      try (WirePeer peer = connected(pull, sockets, "PUSH")) {
        peer.send("01 01 61 04 07 04 'PING' 00 00").expect("04 05 04 'PONG'").send("00 01 62");
        assertThat(pull.recvMessage()).isEqualTo(Message.of("a", "b"));
      }
    }
  }

  @Nested
  class RequestReply {
    @Test
    void ofAReqBeginsWithADelimiter(NioSockets sockets) throws IOException {
      Socket req = sockets.open(SocketType.REQ);
      try (WirePeer peer = connected(req, sockets, "REP")) {
        req.send(Message.of("a", "b"));
        peer.expect("01 00 01 01 61 00 01 62").send("01 00 00 01 63");
        assertThat(req.recvMessage()).isEqualTo(Message.of("c"));
      }
    }

    @Test
    void ofACorrelatingReqBeginsWithAnId(NioSockets sockets) throws IOException {
      Socket req = sockets.open(SocketType.REQ).set(SocketOptions.REQ_CORRELATE, true);
      try (WirePeer peer = connected(req, sockets, "REP")) {
        byte[] last = {};
        for (int i = 0; i < 3; i++) {
          req.send("c");
          peer.expect("01 04");
          byte[] id = peer.read(4);
          assertThat(id).isNotEqualTo(last);
          peer.expect("01 00 00 01 63");
          peer.send("01 04").send(id).send("01 00 00 01 64");
          assertThat(req.recvString()).isEqualTo("d");
          last = id;
        }
      }
    }

    @Test
    void ofARepGivesTheEnvelopeBack(NioSockets sockets) throws IOException {
      Socket rep = sockets.open(SocketType.REP);
      try (WirePeer peer = connected(rep, sockets, "DEALER")) {
        peer.send("01 03 69 64 31 01 03 69 64 32 01 00 00 01 71");
        assertThat(rep.recvMessage()).isEqualTo(Message.of("q"));
        rep.send("r");
        peer.expect("01 03 69 64 31 01 03 69 64 32 01 00 00 01 72");
      }
    }

    @Test
    void withoutADelimiterIsSkippedByARep(NioSockets sockets) throws IOException {
      Socket rep = sockets.open(SocketType.REP);
      try (WirePeer peer = connected(rep, sockets, "DEALER")) {
        peer.send("01 01 61 00 01 62").send("01 00 00 01 71");
        assertThat(rep.recvMessage()).isEqualTo(Message.of("q"));
        rep.send("r");
        peer.expect("01 00 00 01 72");
      }
    }

    @ParameterizedTest
    @EnumSource(names = {"DEALER", "REQ", "ROUTER"})
    void mayBeginWithAProbe(SocketType type, NioSockets sockets) throws IOException {
      Socket prober = sockets.open(type).set(SocketOptions.PROBE_ROUTER, true);
      try (WirePeer peer = connected(prober, sockets, "ROUTER")) {
        peer.expect("00 00");
      }
    }
  }
}
