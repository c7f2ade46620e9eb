package io.niomq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Peers that break the protocol: it costs them their connection, and is reported; other peers of
 * the socket notice nothing. The octets, and which of them close, are as captured from libzmq
 * 4.3.4. It closes silently; NioMQ may send ERROR first.
 */
@ExtendWith(NioMq.class)
class HostilePeersTest {
  private static final String ERROR = "05 'ERROR'";

  /** A DEALER with one well-behaved peer, to which each test adds a bad one. */
  private static final class Victim implements AutoCloseable {
    final Socket socket;
    final String endpoint;
    final WirePeer good;
    final Events events;

    Victim(NioSockets sockets) throws IOException {
      socket = sockets.open(SocketType.DEALER).set(SocketOptions.IMMEDIATE, true);
      endpoint = socket.bind(sockets.endpoint(Transport.TCP));
      events = Events.of(socket);
      good = WirePeer.connect(endpoint).handshake("DEALER", "DEALER");
      events.await(Type.HANDSHAKE_SUCCEEDED);
      assertUndisturbed();
    }

    void assertUndisturbed() {
      good.ping().send("00 02 'ok'");
      assertThat(socket.recvString()).isEqualTo("ok");
      assertThat(socket.tryRecv()).isNull();
      socket.send("fine");
      good.expect("00 04 'fine'");
    }

    @Override
    public void close() {
      good.close();
    }
  }

  /** What comes before the close: nothing, or READY, or ERROR, or both. */
  private static void assertClosed(WirePeer bad, String... allowedFirst) {
    byte[] last = bad.awaitClose();
    for (String allowed : allowedFirst) {
      byte[] octets = Octets.of(allowed);
      if (last.length >= octets.length
          && Arrays.equals(last, 0, octets.length, octets, 0, octets.length)) {
        last = Arrays.copyOfRange(last, octets.length, last.length);
      }
    }
    if (last.length > 0) {
      assertThat(Octets.show(last)).startsWith("04").contains(Octets.show(Octets.of(ERROR)));
    }
  }

  @Nested
  class InTheGreeting {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "'PLAIN' 00*15",
          "'CURVE' 00*15",
          "'null' 00*16",
          "'NULL ' 00*15",
          "'NULL' 00*15 01",
          "00*20"
        })
    void anotherMechanism(String mechanism, NioSockets sockets) throws IOException {
      try (Victim victim = new Victim(sockets);
          WirePeer bad = WirePeer.connect(victim.endpoint)) {
        bad.greet("01" + mechanism + "00 00*31");
        assertClosed(bad, WirePeer.ready("DEALER"));
        SocketEvent event = victim.events.await(Type.HANDSHAKE_FAILED_PROTOCOL);
        assertThat(event.detail()).isNotEmpty();
        victim.events.await(Type.DISCONNECTED);
        victim.assertUndisturbed();
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "00", // a ZMTP 1.0 frame of size 0
          "00 00",
          "FF 00*8 00", // the same in the long form
          "FF 7F FF*7 00" // an identity of nearly 2^63 octets
        })
    void anImpossibleIdentityOfAnOldPeer(String octets, NioSockets sockets) throws IOException {
      try (Victim victim = new Victim(sockets);
          WirePeer bad = WirePeer.connect(victim.endpoint).send(octets)) {
        if (octets.equals("00")) {
          bad.send("00"); // libzmq decides at the first octet; we may want the flags, too
        }
        assertClosed(bad, WirePeer.SIGNATURE);
        victim.events.await(Type.DISCONNECTED);
        victim.assertUndisturbed();
      }
    }

    @Test
    void aWebBrowser(NioSockets sockets) throws IOException {
      // It looks like a ZMTP 1.0 peer with an identity of 70 octets; only the handshake's deadline
      // ends it.
      Socket pull = sockets.open(SocketType.PULL);
      String patient = pull.bind(sockets.endpoint(Transport.TCP));
      pull.set(SocketOptions.HANDSHAKE_IVL, Duration.ofMillis(100));
      String endpoint = pull.bind(sockets.endpoint(Transport.TCP));
      Events events = Events.of(pull);
      try (WirePeer good = WirePeer.connect(patient).handshake("PUSH", "PULL");
          WirePeer bad = WirePeer.connect(endpoint)) {
        bad.send("'GET / HTTP/1.1' 0D 0A 'Host: localhost' 0D 0A 0D 0A");
        assertClosed(bad, WirePeer.SIGNATURE);
        events.await(Type.HANDSHAKE_FAILED_NO_DETAIL);
        good.ping().send("00 02 'ok'");
        assertThat(pull.recvString()).isEqualTo("ok");
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "FF", "FF 00*8 7F", "FF 00*8 7F 03", "FF 00*8 7F 01", "01"})
    void silence(String beginning, NioSockets sockets) throws IOException {
      Socket pull = sockets.open(SocketType.PULL);
      pull.set(SocketOptions.HANDSHAKE_IVL, Duration.ofMillis(50));
      Events events = Events.of(pull);
      try (WirePeer bad = WirePeer.connect(pull.bind(sockets.endpoint(Transport.TCP)))) {
        bad.send(beginning).awaitClose();
        SocketEvent event = events.await(Type.HANDSHAKE_FAILED_NO_DETAIL);
        assertThat(event.errno()).isNotNull();
        events.await(Type.DISCONNECTED);
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "FF", "FF 00*8 7F", "FF 00*8 7F 03 01 'NULL'", "01"})
    void anEarlyEnd(String beginning, NioSockets sockets) throws IOException {
      try (Victim victim = new Victim(sockets)) {
        try (WirePeer bad = WirePeer.connect(victim.endpoint)) {
          bad.expect(WirePeer.SIGNATURE).send(beginning);
        }
        victim.events.await(Type.HANDSHAKE_FAILED_NO_DETAIL);
        victim.events.await(Type.DISCONNECTED);
        victim.assertUndisturbed();
      }
    }
  }

  @Nested
  class InsteadOfReady {
    private static final String P = "05 'READY' 0B 'Socket-Type'";

    @ParameterizedTest
    @CsvSource({
      "a PUB, 04 19" + P + "00 00 00 03 'PUB'",
      "a type in lower case, 04 1C" + P + "00 00 00 06 'dealer'",
      "a type that nobody knows, 04 1C" + P + "00 00 00 06 'DEALES'",
      "a stray octet, 04 1D" + P + "00 00 00 06 'DEALER' 00",
      "a name that overruns, 04 08 05 'READY' 0B 'S'",
      "a value that overruns, 04 1C" + P + "00 00 00 07 'DEALER'",
      "a value of 2^32-1 octets, 04 1C" + P + "FF FF FF FF 'DEALER'",
      "a message, 00 03 61 62 63",
      "another command, 04 04 03 'FOO'",
      "a PING, 04 07 04 'PING' 00 00",
      "an empty command, 04 00",
      "ERROR without a reason, 04 06 05 45 52 52 4F 52",
      "ERROR with a reason that overruns, 04 09 05 45 52 52 4F 52 04 'ab'",
      "a command of 2^62 octets, 06 40 00*7",
      "a command of 2^64-1 octets, 06 FF*8"
    })
    void itCloses(String what, String octets, NioSockets sockets) throws IOException {
      try (Victim victim = new Victim(sockets);
          WirePeer bad = WirePeer.connect(victim.endpoint)) {
        bad.greet(WirePeer.REST_3_1).send(octets);
        assertClosed(bad, WirePeer.ready("DEALER"));
        SocketEvent event = victim.events.await(Type.HANDSHAKE_FAILED_PROTOCOL);
        assertThat(event.detail()).as(what).isNotEmpty();
        victim.events.await(Type.DISCONNECTED);
        victim.assertUndisturbed();
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"300", "400", "500"})
    void anErrorIsReportedAsItIsMeant(String status, NioSockets sockets) throws IOException {
      try (Victim victim = new Victim(sockets);
          WirePeer bad = WirePeer.connect(victim.endpoint)) {
        bad.greet(WirePeer.REST_3_1).send("04 0A 05 45 52 52 4F 52 03 '" + status + "'");
        assertClosed(bad, WirePeer.ready("DEALER"));
        assertThat(victim.events.await(Type.HANDSHAKE_FAILED_AUTH).detail()).contains(status);
        victim.assertUndisturbed();
      }
    }

    @Test
    void aRefusedConnecterDoesNotComeBack(NioSockets sockets) throws IOException {
      Socket dealer = sockets.open(SocketType.DEALER);
      dealer.set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(1));
      Events events = Events.of(dealer);
      try (WirePeer.Listener listener = new WirePeer.Listener()) {
        dealer.connect(listener.endpoint());
        try (WirePeer bad = listener.accept()) {
          bad.greet(WirePeer.REST_3_1).send(WirePeer.ready("PUB"));
          assertClosed(bad, WirePeer.ready("DEALER"));
          events.await(Type.HANDSHAKE_FAILED_PROTOCOL);
          SocketEvent next = events.await(Type.DISCONNECTED, Type.CONNECT_RETRIED);
          assertThat(next.type()).isEqualTo(Type.DISCONNECTED);
        }
      }
    }

    @Test
    void aLostConnecterComesBack(NioSockets sockets) throws IOException {
      Socket dealer = sockets.open(SocketType.DEALER);
      dealer.set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(1));
      try (WirePeer.Listener listener = new WirePeer.Listener()) {
        dealer.connect(listener.endpoint());
        listener.accept().close();
        try (WirePeer halfWay = listener.accept()) {
          halfWay.greet(WirePeer.REST_3_1);
        }
        try (WirePeer good = listener.accept()) {
          good.handshake("DEALER", "DEALER");
          dealer.send("at last");
          good.expect("00 07 'at last'");
        }
      }
    }
  }

  @Nested
  class InTheTraffic {
    @ParameterizedTest
    @CsvSource({
      "an unknown command, 04 09 06 'FOOBAR' 7A 7A",
      "a name that overruns, 04 03 09 61 62",
      "an empty command, 04 00",
      "a PONG that nobody asked for, 04 05 04 'PONG'",
      "a second READY, 04 06 05 'READY'",
      "an ERROR, 04 0A 05 'ERROR' 03 '400'",
      "a subscription, 04 0B 09 'SUBSCRIBE' 41",
      "an unknown command with MORE, 05 04 03 'FOO'",
      "a long unknown command, 06 00*6 01 00 03 'FOO' 78*252"
    })
    void aCommandThatMeansNothingIsIgnored(String what, String octets, NioSockets sockets)
        throws IOException {
      try (Victim victim = new Victim(sockets);
          WirePeer odd = WirePeer.connect(victim.endpoint).handshake("DEALER", "DEALER")) {
        odd.send(octets).ping().send("00 01 6D");
        assertThat(victim.socket.recvString()).as(what).isEqualTo("m");
        odd.send("01 01 61").send(octets).send("00 01 62").ping();
        assertThat(victim.socket.recvMessage().strings()).as(what).containsExactly("a", "b");
      }
    }

    @ParameterizedTest
    @CsvSource({
      "a frame of 2^64-1 octets, 02 FF*8",
      "a frame of 2^63-1 octets, 02 7F FF*7",
      "a command of 2^62 octets, 06 40 00*7",
      "a PING without its time to live, 04 05 04 'PING'"
    })
    void whatCannotBeCloses(String what, String octets, NioSockets sockets) throws IOException {
      try (Victim victim = new Victim(sockets);
          WirePeer bad = WirePeer.connect(victim.endpoint).handshake("DEALER", "DEALER")) {
        bad.send(octets);
        assertClosed(bad);
        SocketEvent event = victim.events.await(Type.DISCONNECTED);
        assertThat(event.detail()).as(what).isNotEmpty();
        victim.assertUndisturbed();
      }
    }

    @Test
    void aFrameOverTheLimitCloses(NioSockets sockets) throws IOException {
      Socket pull = sockets.open(SocketType.PULL).set(SocketOptions.MAXMSGSIZE, 1000L);
      String endpoint = pull.bind(sockets.endpoint(Transport.TCP));
      try (WirePeer good = WirePeer.connect(endpoint).handshake("PUSH", "PULL");
          WirePeer bad = WirePeer.connect(endpoint).handshake("PUSH", "PULL")) {
        bad.send("02 00*6 03 E8 79*1000");
        assertThat(pull.recvString()).isEqualTo("y".repeat(1000));
        bad.send("01 01 61 02 00*6 03 E9 79");
        assertClosed(bad);
        good.ping().send("00 02 'ok'");
        assertThat(pull.recvString()).isEqualTo("ok");
      }
    }

    @Test
    void aFrameOfAnOldPeerOverTheLimitCloses(NioSockets sockets) throws IOException {
      Socket pull = sockets.open(SocketType.PULL).set(SocketOptions.MAXMSGSIZE, 1000L);
      try (WirePeer bad = WirePeer.connect(pull.bind(sockets.endpoint(Transport.TCP)))) {
        bad.send("01 00 FF 00*6 03 E9 00 79*1000");
        assertThat(pull.recvString()).isEqualTo("y".repeat(1000));
        bad.send("FF 00*6 03 EA 00");
        assertClosed(bad, WirePeer.SIGNATURE);
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"01 00 00", "01 00 FF 00*8 00", "01 00 02 01 6D 00"})
    void anOldPeersFrameOfSizeZeroCloses(String octets, NioSockets sockets) throws IOException {
      try (Victim victim = new Victim(sockets);
          WirePeer bad = WirePeer.connect(victim.endpoint).send(octets)) {
        if (octets.endsWith(" 00")) {
          bad.send("00");
        }
        assertClosed(bad, WirePeer.SIGNATURE);
        victim.events.await(Type.DISCONNECTED);
        victim.assertUndisturbed();
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "01 01 61",
          "00",
          "00 05 'abc'",
          "02 00*6 FF FF",
          "01 01 61 02 00*6 FF FF 78*100"
        })
    void anEndInTheMiddleOfAMessageDropsIt(String octets, NioSockets sockets) throws IOException {
      try (Victim victim = new Victim(sockets)) {
        try (WirePeer bad = WirePeer.connect(victim.endpoint).handshake("DEALER", "DEALER")) {
          bad.ping().send(octets);
        }
        victim.events.await(Type.DISCONNECTED);
        victim.assertUndisturbed();
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "00 01 61",
          "01 01 61 00 01 62",
          "01 04 'abcd' 01 01 61",
          "00 00",
          "01 03 'abc'"
        })
    void aReplyWithoutADelimiterCloses(String reply, NioSockets sockets) throws IOException {
      Socket req = sockets.open(SocketType.REQ);
      Events events = Events.of(req);
      try (WirePeer bad = WirePeer.connect(req.bind(sockets.endpoint(Transport.TCP)))) {
        bad.handshake("REP", "REQ");
        req.send("q");
        bad.expect("01 00 00 01 71").send(reply);
        assertClosed(bad);
        events.await(Type.DISCONNECTED);
      }
    }
  }
}
