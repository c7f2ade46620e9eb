package io.niomq.zmtp;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.testing.Octets.hex;
import static io.niomq.testing.Octets.text;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Errno;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqArgumentException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 37, Connection Heartbeating. {@code ZMQ_HEARTBEAT_IVL}, {@code _TTL}, {@code _TIMEOUT}. */
@ExtendWith(NoLeaks.class)
class HeartbeatTest {
  private static final String PING = "\4PING";

  @RegisterExtension final Sockets zmq = new Sockets();

  /** A socket that sends PINGs and does not mind when they are not answered. */
  private Socket pinging(SocketType type, int intervalMillis) {
    return pinging(type, intervalMillis, 0);
  }

  private Socket pinging(SocketType type, int intervalMillis, int timeoutMillis) {
    return zmq.socket(type)
        .set(SocketOptions.HEARTBEAT_IVL, Duration.ofMillis(intervalMillis))
        .set(SocketOptions.HEARTBEAT_TIMEOUT, Duration.ofMillis(timeoutMillis))
        .set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(1));
  }

  private static byte[] ping(int tenths) {
    return RawPeer.command("PING", new byte[] {(byte) (tenths >> 8), (byte) tenths});
  }

  private static RawPeer.Frame readPing(RawPeer peer) {
    RawPeer.Frame frame = peer.readFrame();
    assertThat(frame.isCommand()).isTrue();
    assertThat(frame.text()).startsWith(PING);
    return frame;
  }

  @Nested
  class Pings {
    @Test
    @ShowsOption("ZMQ_HEARTBEAT_IVL")
    void comeAtTheInterval() {
      Socket pull = pinging(PULL, 40);
      try (RawPeer push = RawPeer.connect(pull.bind(Endpoints.TCP)).handshake("PUSH")) {
        long begin = System.nanoTime();
        for (int i = 0; i < 5; i++) {
          assertThat(text(readPing(push).body())).isEqualTo("0450494E470000");
        }
        assertThat(System.nanoTime() - begin).isGreaterThan(4 * 38_000_000L);
      }
    }

    @Test
    @ShowsOption("ZMQ_HEARTBEAT_TTL")
    void tellThePeerHowLongToBearSilence() {
      Socket pull = pinging(PULL, 10).set(SocketOptions.HEARTBEAT_TTL, Duration.ofMillis(6599));
      try (RawPeer push = RawPeer.connect(pull.bind(Endpoints.TCP)).handshake("PUSH")) {
        assertThat(text(readPing(push).body())).isEqualTo("0450494E470041"); // 65 tenths
      }
    }

    @Test
    void areNotSentByDefault() {
      Socket pull = zmq.socket(PULL);
      try (RawPeer push = RawPeer.connect(pull.bind(Endpoints.TCP)).handshake("PUSH")) {
        assertThat(push.isSilent(100)).isTrue();
      }
    }

    @Test
    void goToPeersOfThreeZeroToo() {
      Socket pull = pinging(PULL, 10);
      try (RawPeer push =
          RawPeer.connect(pull.bind(Endpoints.TCP)).handshake(0, RawPeer.ready("PUSH"))) {
        readPing(push);
      }
    }

    @Test
    void neverGoToOlderPeers() {
      Socket pull = pinging(PULL, 5, 20);
      try (RawPeer push = RawPeer.connect(pull.bind(Endpoints.TCP))) {
        push.send(RawPeer.SIGNATURE, "01 08  00 00");
        assertThat(text(push.read(14))).isEqualTo("FF00000000000000017F03070000");
        assertThat(push.isSilent(100)).isTrue();
        push.sendMessage("still here");
        assertThat(pull.recvString()).isEqualTo("still here");
      }
    }

    @Test
    void doNotComeBetweenTheFramesOfAMessage() {
      Socket push = pinging(PUSH, 1).set(SocketOptions.SNDBUF, 4096);
      AtomicBoolean pinged = new AtomicBoolean();
      try (RawPeer pull = RawPeer.connect(push.bind(Endpoints.TCP)).handshake("PULL")) {
        Task<Void> sender =
            Task.run(
                () -> {
                  int sent = 0;
                  while (sent < 20_000 || (!pinged.get() && sent < 2_000_000)) {
                    push.send(Message.of("a", "b", "c"));
                    sent++;
                  }
                  push.send("end of " + sent);
                });
        int frames = 0;
        String end = null;
        while (end == null) {
          RawPeer.Frame frame = pull.readFrame();
          if (frame.isCommand()) {
            assertThat(frames % 3).isZero();
            pinged.set(true);
          } else if (frame.text().startsWith("end")) {
            end = frame.text();
          } else {
            assertThat(frame.text()).isEqualTo(new String[] {"a", "b", "c"}[frames % 3]);
            frames++;
          }
        }
        sender.result();
        assertThat(pinged).isTrue();
        assertThat(frames % 3).isZero();
        assertThat(end).isEqualTo("end of " + frames / 3);
      }
    }

    @Test
    void doNotPileUpForAPeerThatTakesNothing() {
      Socket push = pinging(PUSH, 2).set(SocketOptions.SNDHWM, 4);
      String endpoint = push.bind(Endpoints.TCP);
      try (RawPeer stuck = RawPeer.connect(endpoint).handshake("PULL")) {
        byte[] body = new byte[100_000];
        int sent = 0;
        while (push.send(body, Duration.ofMillis(200))) {
          sent++;
        }
        long before = push.explain().peers().get(0).out().totalOctets();
        try (RawPeer other = RawPeer.connect(endpoint).handshake("PULL")) {
          for (int i = 0; i < 50; i++) {
            readPing(other);
          }
        }
        long after = push.explain().peers().get(0).out().totalOctets();
        assertThat(after - before).as("octets of more PINGs behind one").isLessThan(100);
        int pings = 0;
        for (int messages = 0; messages < sent; ) {
          RawPeer.Frame frame = stuck.readFrame();
          if (frame.isCommand()) {
            pings++;
          } else {
            messages++;
          }
        }
        assertThat(pings).isLessThan(40);
      }
    }

    @Test
    void surviveConflation() {
      Socket push = pinging(PUSH, 2).set(SocketOptions.CONFLATE, true);
      try (RawPeer pull = RawPeer.connect(push.bind(Endpoints.TCP)).handshake("PULL")) {
        Task<Void> sender =
            Task.run(
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    push.trySend("x");
                  }
                });
        for (int pings = 0; pings < 5; ) {
          if (pull.readFrame().isCommand()) {
            pings++;
          }
        }
        sender.interrupt();
        sender.result();
      }
    }
  }

  @Nested
  class ASilentPeer {
    /** Whether the application sits in a receive, and reads the channel itself, or stays away. */
    @ParameterizedTest(name = "application waits in recv: {0}")
    @ValueSource(booleans = {true, false})
    @ShowsOption("ZMQ_HEARTBEAT_TIMEOUT")
    void isGivenUpAndConnectedAgain(boolean applicationWaits) {
      Socket dealer = pinging(DEALER, 50, 300);
      Events events = Events.of(dealer);
      try (RawPeer.Listener listener = RawPeer.listen()) {
        dealer.connect(listener.endpoint());
        try (RawPeer silent = listener.accept().handshake("DEALER")) {
          Task<String> receiver = null;
          if (applicationWaits) {
            silent.sendMessage("first");
            assertThat(dealer.recvString()).isEqualTo("first");
            receiver = Task.call(dealer::recvString).untilWaiting();
          }
          SocketEvent end = events.await(Type.DISCONNECTED);
          assertThat(end.errno()).isEqualTo(Errno.ETIMEDOUT);
          assertThat(end.detail()).contains("300 ms", "ZMQ_HEARTBEAT_TIMEOUT");
          try (RawPeer again = acceptInTime(listener)) {
            again.sendMessage("back");
            assertThat(receiver == null ? dealer.recvString() : receiver.result())
                .isEqualTo("back");
          }
        }
      }
    }

    /** A slow machine may take longer for the handshake than the peer may be silent. */
    private RawPeer acceptInTime(RawPeer.Listener listener) {
      for (int i = 0; i < 50; i++) {
        RawPeer peer = listener.accept();
        try {
          return peer.handshake("DEALER");
        } catch (UncheckedIOException tooSlow) {
          peer.close();
        }
      }
      throw new AssertionError("no attempt was in time");
    }

    @Test
    void isGivenUpAfterTheIntervalWhenThereIsNoTimeout() {
      Socket pull = zmq.socket(PULL).set(SocketOptions.HEARTBEAT_IVL, Duration.ofMillis(200));
      Events events = Events.of(pull);
      try (RawPeer push = RawPeer.connect(pull.bind(Endpoints.TCP)).handshake("PUSH")) {
        readPing(push);
        push.readToEnd();
      }
      assertThat(events.await(Type.DISCONNECTED).detail()).contains("200 ms");
    }

    @Test
    void isKeptForEverWithATimeoutOfZero() {
      Socket pull = pinging(PULL, 2, 0);
      try (RawPeer push = RawPeer.connect(pull.bind(Endpoints.TCP)).handshake("PUSH")) {
        for (int i = 0; i < 50; i++) {
          readPing(push);
        }
        push.sendMessage("still here");
        assertThat(pull.recvString()).isEqualTo("still here");
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"04 05 04 504F4E47", "00 01 78", "04 07 04 50494E47 0000", "02"})
    void isOneOfWhichNothingComesAtAll(String signOfLife) throws Exception {
      Await.oneInTime(() -> answerPings(signOfLife));
    }

    private void answerPings(String signOfLife) {
      // Octets are a sign of life, whatever they are: the last is the beginning of a long frame.
      Socket pull = pinging(PULL, 40, 400);
      Events events = Events.of(pull);
      try (RawPeer push = RawPeer.connect(pull.bind(Endpoints.TCP)).handshake("PUSH")) {
        byte[] octets = hex(signOfLife);
        if (octets.length == 1) {
          push.send(octets);
          push.send(hex("0000000000001000"));
          octets = new byte[1];
        }
        for (int pings = 0; pings < 20; ) {
          RawPeer.Frame frame = push.readFrame();
          if (frame.text().startsWith(PING)) {
            pings++;
            push.send(octets);
          }
        }
        assertThat(events.types()).doesNotContain(Type.DISCONNECTED);
      }
    }

    @Test
    void isNotOneThatWeDoNotListenTo() throws Exception {
      Await.oneInTime(this::sendMoreThanWeListenTo);
    }

    private void sendMoreThanWeListenTo() {
      Socket pull = pinging(PULL, 40, 400).set(SocketOptions.RCVHWM, 1);
      Events events = Events.of(pull);
      try (RawPeer push = RawPeer.connect(pull.bind(Endpoints.TCP)).handshake("PUSH")) {
        byte[] message = RawPeer.frame(0, new byte[20_000]);
        for (int i = 0; i < 10; i++) {
          push.send(message);
        }
        for (int i = 0; i < 20; i++) {
          readPing(push); // and says nothing more
        }
        assertThat(events.types()).doesNotContain(Type.DISCONNECTED);
        assertThat(pull.recv()).hasSize(20_000);
      }
    }

    @Test
    void isNotOneThatStillTakesWhatComesBeforeThePing() throws Exception {
      Await.oneInTime(this::readSlowly);
    }

    private void readSlowly() {
      // Much is queued before the first PING, and the peer reads slowly, without saying anything.
      Socket push = pinging(PUSH, 150, 150);
      Events events = Events.of(push);
      try (RawPeer pull = RawPeer.connect(push.bind(Endpoints.TCP)).handshake("PULL")) {
        assertThat(push.awaitConnected(1, Await.LONG)).isTrue();
        byte[] body = new byte[100_000];
        for (int i = 0; i < 400; i++) { // several times what the channel takes
          assertThat(push.trySend(body)).isTrue();
        }
        long begin = System.nanoTime();
        int read = 0;
        while (System.nanoTime() - begin < 700_000_000L) {
          assertThat(pull.readFrame().isCommand()).isFalse();
          read++;
          LockSupport.parkNanos(2_500_000);
        }
        assertThat(read).isLessThan(400);
        assertThat(events.types()).doesNotContain(Type.DISCONNECTED);
      }
    }
  }

  @Nested
  class TheTimeToLiveOfThePeersPing {
    @Test
    void endsTheConnectionWhenNothingComesForSoLong() {
      Socket pull = zmq.socket(PULL);
      Events events = Events.of(pull);
      try (RawPeer push = RawPeer.connect(pull.bind(Endpoints.TCP)).handshake("PUSH")) {
        long begin = System.nanoTime();
        push.send(ping(2));
        assertThat(push.readFrame().text()).isEqualTo("\4PONG");
        push.readToEnd();
        assertThat(System.nanoTime() - begin).isGreaterThan(195_000_000L);
      }
      SocketEvent end = events.await(Type.DISCONNECTED);
      assertThat(end.errno()).isEqualTo(Errno.ETIMEDOUT);
      assertThat(end.detail()).contains("200 ms");
    }

    @Test
    void beginsAnewWithWhateverComes() throws Exception {
      Await.oneInTime(this::speakAgainAndAgain);
    }

    private void speakAgainAndAgain() {
      Socket pull = zmq.socket(PULL);
      Events events = Events.of(pull);
      try (RawPeer push = RawPeer.connect(pull.bind(Endpoints.TCP)).handshake("PUSH")) {
        push.send(ping(5));
        assertThat(push.readFrame().text()).isEqualTo("\4PONG");
        for (int i = 0; i < 40; i++) {
          push.sendMessage("x");
          assertThat(push.isSilent(20)).isTrue();
        }
        assertThat(events.types()).doesNotContain(Type.DISCONNECTED);
        push.readToEnd();
      }
    }

    @Test
    void isTakenBackByAPingWithout() throws Exception {
      Await.oneInTime(this::takeBack);
    }

    private void takeBack() {
      Socket pull = zmq.socket(PULL);
      try (RawPeer push = RawPeer.connect(pull.bind(Endpoints.TCP)).handshake("PUSH")) {
        push.send(ping(3));
        assertThat(push.readFrame().text()).isEqualTo("\4PONG"); // its clock runs by now
        push.send(ping(0));
        assertThat(push.readFrame().text()).isEqualTo("\4PONG");
        assertThat(push.isSilent(700)).isTrue();
      }
    }
  }

  @Nested
  class Options {
    @Test
    void refuseATimeToLiveThatLibzmqWouldMisunderstand() {
      Socket pull = zmq.socket(PULL);
      assertThatThrownBy(() -> pull.set(SocketOptions.HEARTBEAT_TTL, Duration.ofSeconds(66)))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining("65500")
          .hasMessageContaining("libzmq");
    }

    @Test
    void applyToEndpointsMadeAfterwards() {
      Socket pull = zmq.socket(PULL);
      String before = pull.bind(Endpoints.TCP);
      pull.set(SocketOptions.HEARTBEAT_IVL, Duration.ofMillis(10));
      String after = pull.bind(Endpoints.TCP);
      try (RawPeer pinged = RawPeer.connect(after).handshake("PUSH");
          RawPeer unpinged = RawPeer.connect(before).handshake("PUSH")) {
        readPing(pinged);
        assertThat(unpinged.isSilent(50)).isTrue();
        unpinged.send(RawPeer.frame(0, utf8("x")));
        assertThat(pull.recvString()).isEqualTo("x");
      }
    }
  }
}
