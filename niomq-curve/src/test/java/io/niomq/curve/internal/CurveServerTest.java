package io.niomq.curve.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.ProtocolError;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.curve.Curve;
import io.niomq.internal.security.ProtocolException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Octets;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a CURVE server makes of clients that do not keep to RFC 26. */
@ExtendWith(NoLeaks.class)
class CurveServerTest {
  private static final int STRANGERS = 200;

  @RegisterExtension final Sockets zmq = new Sockets();

  private final Curve.KeyPair keys = Curve.keyPair();
  private Socket pull;
  private Events events;
  private String endpoint;

  @BeforeEach
  void bind() {
    bind(SocketType.PULL);
  }

  private void bind(SocketType type) {
    pull =
        zmq.socket(type)
            .set(SocketOptions.CURVE_SERVER, true)
            .set(SocketOptions.CURVE_SECRETKEY, keys.secretKey())
            .set(SocketOptions.HANDSHAKE_IVL, Duration.ofSeconds(20));
    events = Events.of(pull);
    endpoint = pull.bind(Endpoints.TCP);
  }

  private CurvePeer peer() {
    return new CurvePeer(endpoint, "PUSH", Curve.keyPair(), keys.publicKey());
  }

  private void assertRefused(CurvePeer peer, ProtocolError error) {
    assertThat(peer.raw.readToEnd()).isEmpty();
    assertThat(events.await(Type.HANDSHAKE_FAILED_PROTOCOL).value()).isEqualTo(error.number());
  }

  private void assertServed() throws ProtocolException {
    try (CurvePeer good = peer().handshake()) {
      good.send(0, "served");
      assertThat(pull.recvString()).isEqualTo("served");
    }
  }

  @Test
  void aGoodClientIsServed() throws ProtocolException {
    assertServed();
    events.await(Type.HANDSHAKE_SUCCEEDED);
  }

  @Test
  void aClientWithAnotherServersKeyIsNot() throws ProtocolException {
    try (CurvePeer peer =
        new CurvePeer(endpoint, "PUSH", Curve.keyPair(), Curve.keyPair().publicKey())) {
      peer.command(peer.hello());
      assertRefused(peer, ProtocolError.ZMTP_CRYPTOGRAPHIC);
    }
    assertServed();
  }

  @Test
  void aHelloOfAnotherVersionIsMalformed() throws ProtocolException {
    try (CurvePeer peer = peer()) {
      byte[] hello = peer.hello();
      hello[6] = 2;
      peer.command(hello);
      assertRefused(peer, ProtocolError.ZMTP_MALFORMED_COMMAND_HELLO);
    }
  }

  @Test
  void aHelloOfAnotherSizeIsMalformed() throws ProtocolException {
    try (CurvePeer peer = peer()) {
      peer.command(Arrays.copyOf(peer.hello(), 199));
      assertRefused(peer, ProtocolError.ZMTP_MALFORMED_COMMAND_HELLO);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 50, 104, 113, 140, 250})
  void anInitiateThatWasTouchedIsRefused(int at) throws ProtocolException {
    try (CurvePeer peer = peer()) {
      byte[] initiate = peer.initiate();
      initiate[at] ^= 1;
      peer.command(initiate);
      assertRefused(peer, ProtocolError.ZMTP_CRYPTOGRAPHIC);
    }
  }

  @Test
  void aShortInitiateIsMalformed() throws ProtocolException {
    try (CurvePeer peer = peer()) {
      peer.command(Arrays.copyOf(peer.initiate(), 256));
      assertRefused(peer, ProtocolError.ZMTP_MALFORMED_COMMAND_INITIATE);
    }
  }

  /** Who has a client's public key only cannot vouch for it. */
  @Test
  void aClientThatDoesNotOwnItsKeyIsRefused() throws ProtocolException {
    Curve.KeyPair mixed =
        new Curve.KeyPair(Curve.keyPair().publicKey(), Curve.keyPair().secretKey());
    try (CurvePeer peer = new CurvePeer(endpoint, "PUSH", mixed, keys.publicKey())) {
      peer.command(peer.initiate());
      assertRefused(peer, ProtocolError.ZMTP_CRYPTOGRAPHIC);
    }
  }

  @Test
  void theInitiateOfAnotherConnectionIsRefused() throws ProtocolException {
    byte[] recorded;
    try (CurvePeer first = peer()) {
      recorded = first.initiate();
    }
    try (CurvePeer second = peer()) {
      second.initiate();
      second.command(recorded);
      assertRefused(second, ProtocolError.ZMTP_CRYPTOGRAPHIC);
    }
  }

  @Test
  void somethingElseThanTheNextCommandIsUnexpected() throws ProtocolException {
    try (CurvePeer peer = peer()) {
      peer.raw.send(RawPeer.ready("PUSH"));
      assertRefused(peer, ProtocolError.ZMTP_UNEXPECTED_COMMAND);
    }
  }

  // ------------------------------------------------------------ traffic

  private void assertCutOff(CurvePeer peer, String detail) throws ProtocolException {
    peer.raw.readToEnd();
    assertThat(events.await(Type.DISCONNECTED).detail()).contains(detail);
    assertThat(pull.tryRecv()).isNull();
    assertServed();
  }

  @Test
  void aMessageThatIsSentAgainEndsTheConnection() throws ProtocolException {
    try (CurvePeer peer = peer().handshake()) {
      byte[] body = peer.sealed(0, "once");
      peer.raw.send(RawPeer.frame(0, body));
      assertThat(pull.recvString()).isEqualTo("once");
      peer.raw.send(RawPeer.frame(0, body));
      assertCutOff(peer, "again");
    }
  }

  @Test
  void aGapInTheNoncesIsAllowed() throws ProtocolException {
    try (CurvePeer peer = peer().handshake()) {
      peer.sealed(0, "lost");
      peer.send(0, "came");
      assertThat(pull.recvString()).isEqualTo("came");
    }
  }

  @Test
  void aMessageThatWasTouchedEndsTheConnection() throws ProtocolException {
    try (CurvePeer peer = peer().handshake()) {
      byte[] body = peer.sealed(0, "touched");
      body[body.length - 1] ^= 1;
      peer.raw.send(RawPeer.frame(0, body));
      assertCutOff(peer, "keys do not open");
    }
  }

  @Test
  void aClearFrameEndsTheConnection() throws ProtocolException {
    try (CurvePeer peer = peer().handshake()) {
      peer.raw.sendCommand("PING", new byte[100]);
      assertCutOff(peer, "MESSAGE");
    }
  }

  @Test
  void aShortFrameEndsTheConnection() throws ProtocolException {
    try (CurvePeer peer = peer().handshake()) {
      peer.raw.send(RawPeer.frame(0, Arrays.copyOf(peer.sealed(0, ""), 32)));
      assertCutOff(peer, "32 octets");
    }
  }

  @Test
  void outerFramesHaveNothingMoreToCome() throws ProtocolException {
    try (CurvePeer peer = peer().handshake()) {
      peer.raw.send(RawPeer.frame(1, peer.sealed(0, "x")));
      assertCutOff(peer, "more to come");
    }
  }

  /** RFC 26 sends commands; libzmq, in contrast, drops them silently. */
  @Test
  void outerFramesMayBeCommands() throws ProtocolException {
    try (CurvePeer peer = peer().handshake()) {
      peer.raw.send(RawPeer.frame(4, peer.sealed(0, "x")));
      assertThat(pull.recvString()).isEqualTo("x");
    }
  }

  @Test
  void framesOfAMessageAreSealedOneByOne() throws ProtocolException {
    try (CurvePeer peer = peer().handshake()) {
      peer.send(1, "one");
      peer.send(2, "\7UNKNOWN"); // a command in between is ignored
      peer.send(0, "two");
      assertThat(pull.recvMessage().strings()).containsExactly("one", "two");
    }
  }

  @Test
  void pingIsAnsweredInABox() throws ProtocolException {
    try (CurvePeer peer = peer().handshake()) {
      peer.send(2, "\4PING\0\0abc");
      assertThat(peer.receive()).isEqualTo("0 2 \4PONGabc");
    }
  }

  @Test
  void subscriptionsComeAsCommandsOrAsMessages() throws ProtocolException {
    bind(SocketType.XPUB);
    try (CurvePeer sub =
        new CurvePeer(endpoint, "SUB", Curve.keyPair(), keys.publicKey()).handshake()) {
      sub.send(2, "\11SUBSCRIBEa");
      assertThat(pull.recvString()).isEqualTo("\1a");
      sub.send(0, "\1b");
      assertThat(pull.recvString()).isEqualTo("\1b");
      sub.send(2, "\6CANCELa");
      assertThat(pull.recvString()).isEqualTo("\0a");
      pull.send("b1");
      assertThat(sub.receive()).isEqualTo("0 0 b1");
    }
  }

  @Test
  void aFrameAboveTheLimitEndsTheConnection() throws ProtocolException {
    pull.set(SocketOptions.MAXMSGSIZE, 400L);
    endpoint = pull.bind(Endpoints.TCP);
    try (CurvePeer peer = peer().handshake()) {
      peer.send(0, "x".repeat(300));
      assertThat(pull.recv()).hasSize(300);
      peer.send(0, "x".repeat(400));
      peer.raw.readToEnd();
      assertThat(events.await(Type.DISCONNECTED).detail()).contains("400");
    }
  }

  /** One large message goes out before the first PING, and the peer reads slowly. */
  @Test
  void aPeerThatStillTakesWhatComesBeforeThePingIsNotSilent() throws Exception {
    Await.oneInTime(this::readSlowly);
  }

  private void readSlowly() throws ProtocolException {
    Socket push =
        zmq.socket(SocketType.PUSH)
            .set(SocketOptions.CURVE_SERVER, true)
            .set(SocketOptions.CURVE_SECRETKEY, keys.secretKey())
            .set(SocketOptions.HEARTBEAT_IVL, Duration.ofMillis(150))
            .set(SocketOptions.HEARTBEAT_TIMEOUT, Duration.ofMillis(150));
    Events atPush = Events.of(push);
    String bound = push.bind(Endpoints.TCP);
    try (CurvePeer pull =
        new CurvePeer(bound, "PULL", Curve.keyPair(), keys.publicKey()).handshake()) {
      Task<Void> sender = Task.run(() -> push.send(new byte[32_000_000]));
      long begin = System.nanoTime();
      int read = 0;
      while (System.nanoTime() - begin < 700_000_000L) {
        read += pull.raw.read(100_000).length;
        LockSupport.parkNanos(2_500_000);
      }
      assertThat(read).isLessThan(30_000_000);
      assertThat(atPush.types()).doesNotContain(Type.DISCONNECTED);
      sender.result();
    }
  }

  /** A client that asks all the time, and does not take the answers, gets no more of them. */
  @Test
  void pingsWithoutEndTakeNoMemory() throws ProtocolException {
    pull.set(SocketOptions.SNDBUF, 8192);
    endpoint = pull.bind(Endpoints.TCP);
    try (CurvePeer peer = peer().handshake()) {
      for (int i = 0; i < 30; i++) { // 39 000 of them
        byte[][] pings = new byte[1300][];
        for (int p = 0; p < pings.length; p++) {
          pings[p] = RawPeer.frame(0, peer.sealed(2, "\4PING\0\0sixteen octets!"));
        }
        peer.raw.send(Octets.join(pings));
      }
      peer.send(0, "after them");
      assertThat(pull.recvString()).isEqualTo("after them");
      assertThat(pull.explain().peers().get(0).out().totalOctets()).isLessThan(400_000);
    }
  }

  /** Bounded; the seed is printed. */
  @Test
  void strangersDisturbNobody() throws ProtocolException {
    long seed = Long.getLong("niomq.fuzz.seed", System.nanoTime());
    System.out.println("fuzz of CURVE: -Dniomq.fuzz.seed=" + seed);
    Random random = new Random(seed);
    for (int i = 0; i < STRANGERS; i++) {
      try (CurvePeer stranger = peer()) {
        byte[] body;
        switch (random.nextInt(3)) {
          case 0 -> body = stranger.hello();
          case 1 -> body = stranger.initiate();
          default -> body = stranger.handshake().sealed(random.nextInt(4), "x".repeat(i));
        }
        int cut = random.nextInt(4) == 0 ? random.nextInt(body.length) : body.length;
        byte[] mutated = Arrays.copyOf(body, cut);
        for (int m = random.nextInt(4); m > 0 && cut > 0; m--) {
          mutated[random.nextInt(cut)] = (byte) random.nextInt();
        }
        stranger.raw.sendAsFarAsPossible(RawPeer.frame(random.nextInt(8) & ~2, mutated));
      }
    }
    while (pull.tryRecv() != null) {
      // what came through was sealed by its sender
    }
    try (CurvePeer good = peer().handshake()) {
      good.send(0, "served");
      String received = pull.recvString();
      while (!received.equals("served")) {
        received = pull.recvString();
      }
    }
  }
}
