package io.niomq.explain;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.ROUTER;
import static io.niomq.SocketType.SUB;
import static io.niomq.SocketType.XPUB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.DropReason;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.ZmqClosedException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.JsonText;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the reports hold, and how they print. */
@ExtendWith(NoLeaks.class)
class ExplainTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private static PeerReport only(Socket socket) {
    assertThat(socket.explain().peers()).hasSize(1);
    return socket.explain().peers().get(0);
  }

  @Nested
  class OfASocket {
    @Test
    void tellsWhoOpenedItAndWhere() {
      SocketReport report = zmq.socket(PUB).explain();
      assertThat(report.type()).isEqualTo(PUB);
      assertThat(report.openedBy()).isEqualTo(Thread.currentThread().getName());
      assertThat(report.openedAt()).contains("Sockets.java:"); // which opens it for the tests
      assertThat(report.age()).isBetween(Duration.ZERO, Await.LONG);
      assertThat(zmq.socket(PUB).explain().number()).isEqualTo(report.number() + 1);
    }

    @Test
    void tellsTheOptionsThatAreSet() {
      Socket dealer =
          zmq.context()
              .socket(DEALER)
              .set(SocketOptions.SNDHWM, 7)
              .set(SocketOptions.LINGER, Duration.ZERO)
              .set(SocketOptions.ROUTING_ID, new byte[] {1, 2});
      zmq.keep(dealer);
      assertThat(dealer.explain().options())
          .containsEntry("ZMQ_SNDHWM", "7")
          .containsEntry("ZMQ_LINGER", "0 ms")
          .containsEntry("ZMQ_ROUTING_ID", "0x0102")
          .doesNotContainKey("ZMQ_RCVHWM");
    }

    @Test
    void tellsTheStateOfItsEndpoints() {
      Socket pull = zmq.socket(PULL);
      String endpoint = pull.bind(Endpoints.TCP);
      Socket push = zmq.socket(PUSH);
      Events events = Events.of(push);
      push.connect(endpoint);
      events.await(Type.HANDSHAKE_SUCCEEDED);
      assertThat(pull.explain().endpoints())
          .singleElement()
          .satisfies(
              e -> {
                assertThat(e.endpoint()).isEqualTo(endpoint);
                assertThat(e.bound()).isTrue();
                assertThat(e.state()).isEqualTo(EndpointReport.State.LISTENING);
              });
      EndpointReport connected = push.explain().endpoints().get(0);
      assertThat(connected.bound()).isFalse();
      assertThat(connected.state()).isEqualTo(EndpointReport.State.CONNECTED);
      assertThat(connected.connections()).isEqualTo(1);
      assertThat(connected.attempts()).isEqualTo(1);
    }

    @Test
    void tellsOfAttemptsToConnect() {
      Socket push = zmq.socket(PUSH);
      push.set(SocketOptions.RECONNECT_IVL, Duration.ofHours(1));
      Events events = Events.of(push);
      push.connect(Endpoints.freeTcp());
      events.await(Type.CONNECT_RETRIED);
      EndpointReport e = push.explain().endpoints().get(0);
      assertThat(e.state()).isEqualTo(EndpointReport.State.RETRYING);
      assertThat(e.attempts()).isEqualTo(1);
      assertThat(e.connections()).isZero();
      assertThat(e.lastError()).contains("refused");
      assertThat(e.nextAttempt()).isBetween(Duration.ofMinutes(50), Duration.ofMinutes(121));
    }

    @Test
    void tellsOfAPeer() {
      Socket router = zmq.socket(ROUTER);
      String endpoint = router.bind(Endpoints.TCP);
      Socket dealer = zmq.socket(DEALER);
      dealer.set(SocketOptions.ROUTING_ID, "bob".getBytes(StandardCharsets.UTF_8));
      dealer.connect(endpoint);
      dealer.send("x");
      router.recvMessage();
      PeerReport peer = only(router);
      assertThat(peer.type()).isEqualTo(DEALER);
      assertThat(peer.endpoint()).isEqualTo(endpoint);
      assertThat(peer.address()).contains("127.0.0.1");
      assertThat(peer.protocol()).isEqualTo("ZMTP 3.1");
      assertThat(peer.mechanism()).isEqualTo("NULL");
      assertThat(peer.routingId()).isEqualTo("bob");
      assertThat(peer.connected()).isTrue();
      assertThat(peer.connectedFor()).isBetween(Duration.ZERO, Await.LONG);
      assertThat(peer.name()).startsWith("DEALER bob at 127.0.0.1");
    }

    @Test
    void countsWhatGoesThroughItsQueues() {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
      for (int i = 0; i < 10; i++) {
        push.send(new byte[98]);
      }
      pull.recv();
      Await.until("all came", () -> only(pull).in().totalMessages() == 10);
      Await.until("all is written", () -> only(push).out().messages() == 0);
      QueueReport in = only(pull).in();
      assertThat(in.messages()).isEqualTo(9);
      assertThat(in.octets()).isEqualTo(900);
      assertThat(in.totalOctets()).isEqualTo(1000);
      assertThat(in.highWaterMark()).isEqualTo(1000);
      QueueReport out = only(push).out();
      assertThat(out.totalMessages()).isEqualTo(10);
      assertThat(out.totalOctets()).isEqualTo(1000);
      assertThat(out.octets()).isZero();
    }

    @Test
    void countsWhatIsUnsent() {
      Socket push = zmq.connected(PUSH, Endpoints.freeTcp());
      push.send(new byte[98]);
      push.send(new byte[198]);
      QueueReport out = only(push).out();
      assertThat(out.messages()).isEqualTo(2);
      assertThat(out.octets()).isEqualTo(300);
      assertThat(only(push).connected()).isFalse();
    }

    @Test
    void countsWhatAnInprocPeerHasNotRead() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Socket push = zmq.connected(PUSH, endpoint);
      for (int i = 0; i < 5; i++) {
        push.send("12345678");
      }
      pull.recv();
      assertThat(only(push).out().messages()).isEqualTo(4);
      assertThat(only(push).out().octets()).isEqualTo(40);
      assertThat(only(pull).in().messages()).isEqualTo(4);
      assertThat(only(pull).protocol()).isEqualTo("inproc");
    }

    @Test
    void tellsOfSubscriptions() {
      String endpoint = Endpoints.inproc();
      Socket xpub = zmq.bound(XPUB, endpoint);
      Socket sub = zmq.connected(SUB, endpoint);
      for (int i = 0; i < 7; i++) {
        sub.subscribe("topic" + i);
      }
      sub.subscribe(new byte[] {0, 1});
      assertThat(sub.explain().subscriptions().count()).isEqualTo(8);
      assertThat(sub.explain().subscriptions().first()).hasSize(5).contains("0x0001", "topic0");
      assertThat(sub.explain().subscriptions()).asString().endsWith("and 3 more");
      assertThat(xpub.explain().subscriptions().count()).isEqualTo(8);
      assertThat(only(xpub).subscriptions()).isEqualTo(8);
      sub.unsubscribe("topic0");
      assertThat(only(xpub).subscriptions()).isEqualTo(7);
      assertThat(zmq.socket(PULL).explain().subscriptions()).isNull();
    }

    @Test
    void tellsWhoWaits() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Task<byte[]> one = Task.call(pull::recv).untilWaiting();
      Task<byte[]> two = Task.call(pull::recv).untilWaiting();
      assertThat(pull.explain().receiving()).isEqualTo(2);
      pull.close();
      assertThat(one.failure()).isInstanceOf(ZmqClosedException.class);
      assertThat(two.failure()).isInstanceOf(ZmqClosedException.class);
      assertThat(pull.explain().receiving()).isZero();
    }

    @Test
    void tellsWhoWaitsInASelect() {
      Socket rep = zmq.socket(REP);
      Socket dealer = zmq.connected(DEALER, rep.bind(Endpoints.TCP));
      dealer.send(Message.of("", "x"));
      rep.recv();
      rep.send("y");
      Task<byte[]> recv = Task.call(rep::recv).untilWaiting();
      assertThat(rep.explain().receiving()).isEqualTo(1);
      dealer.send(Message.of("", "z"));
      assertThat(recv.result()).containsExactly('z');
    }

    @Test
    void tellsThatAListenerIsClosedWhileItsPeersGetTheRest() {
      Socket push = zmq.limited(PUSH, 5, 0).set(SocketOptions.SNDBUF, 8192);
      String endpoint = push.bind(Endpoints.TCP);
      try (RawPeer pull = RawPeer.connect(endpoint).withSmallWindow().handshake("PULL")) {
        byte[] large = new byte[1 << 20];
        while (push.send(large, Duration.ofMillis(200))) {
          assertThat(push.drops()).isEmpty();
        }
        push.close();
        SocketReport report = push.explain();
        assertThat(report.endpoints())
            .singleElement()
            .extracting(EndpointReport::state)
            .isEqualTo(EndpointReport.State.CLOSED);
        assertThat(report.peers()).hasSize(1);
        pull.reset();
      }
      Await.until("nothing is left", () -> push.explain().endpoints().isEmpty());
    }

    @Test
    void worksAfterTheClose() {
      Socket router = zmq.socket(ROUTER);
      router.send(Message.of("nobody", "x"));
      router.close();
      SocketReport report = router.explain();
      assertThat(report.closed()).isTrue();
      assertThat(report.drops()).containsEntry(DropReason.NO_ROUTE, 1L);
      assertThat(report.peers()).isEmpty();
    }

    @Test
    void isImmutable() {
      SocketReport report = zmq.socket(PUB).explain();
      Finding finding = new Finding(Cause.DROPPED, "x");
      assertThatThrownBy(() -> report.findings().add(finding))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThatThrownBy(() -> report.drops().clear())
          .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void disturbsNobodyWhoSendsAndReceives() {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
      int messages = 200_000;
      Task<Void> sender =
          Task.run(
              () -> {
                for (int i = 0; i < messages; i++) {
                  push.send(new byte[i % 64]);
                }
              });
      Task<Void> receiver =
          Task.run(
              () -> {
                for (int i = 0; i < messages; i++) {
                  assertThat(pull.recv()).hasSize(i % 64);
                }
              });
      while (!receiver.isDone()) {
        for (Socket s : List.of(push, pull)) {
          for (PeerReport p : s.explain().peers()) {
            for (QueueReport q : List.of(p.in(), p.out())) {
              assertThat(q.messages()).isBetween(0L, (long) messages);
              assertThat(q.octets()).isBetween(0L, 64L * messages);
            }
          }
        }
      }
      sender.result();
      receiver.result();
    }
  }

  /** Over inproc there is no note of time: one report is compared with the next. */
  @Nested
  class LastHeard {
    private static final Duration WHILE = Duration.ofMillis(100);

    private Duration since(long start) {
      return Duration.ofNanos(System.nanoTime() - start);
    }

    private void awaitConnectedForAWhile(Socket socket) {
      Await.until(
          "connected for a while",
          () ->
              socket.explain().peers().stream()
                  .anyMatch(p -> p.connected() && p.connectedFor().compareTo(WHILE) > 0));
    }

    @Test
    void isKnownToTheFirstReport() {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
      awaitConnectedForAWhile(push);
      long start = System.nanoTime();
      push.send("1");
      pull.recv();
      PeerReport peer = only(pull);
      assertThat(peer.heardWithin()).isLessThanOrEqualTo(since(start)).isEqualTo(peer.silentFor());
    }

    /** Who waits long reads by himself, while the I/O thread sleeps. */
    @Test
    void isKnownOfACallerThatWaitedLong() {
      Socket rep = zmq.socket(REP);
      Socket dealer = zmq.connected(DEALER, rep.bind(Endpoints.TCP));
      for (int i = 0; i < 3; i++) {
        Task<byte[]> recv = Task.call(rep::recv).untilWaiting();
        long waits = System.nanoTime();
        Await.until("it has waited long", () -> since(waits).compareTo(WHILE) > 0);
        long start = System.nanoTime();
        dealer.send(Message.of("", "x"));
        recv.result();
        assertThat(only(rep).heardWithin()).isLessThanOrEqualTo(since(start));
        rep.send("y");
      }
    }

    /** Who polls without waiting may read before the I/O thread can wake. */
    @Test
    void isKnownOfACallerThatNeverWaits() {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
      awaitConnectedForAWhile(push);
      long start = 0;
      for (int i = 0; i < 64; i++) {
        start = i == 48 ? System.nanoTime() : start; // at least eight reads before the last
        push.send("x");
        Await.until("received", () -> pull.tryRecv() != null);
      }
      PeerReport peer = only(pull);
      assertThat(peer.heardWithin()).isLessThanOrEqualTo(since(start));
      assertThat(peer.silentFor()).isLessThanOrEqualTo(peer.heardWithin());
    }

    @Test
    void isKnownWhenThePeerIsGone() {
      Socket pull = zmq.socket(PULL);
      String endpoint = Endpoints.freeTcp();
      pull.connect(endpoint);
      Socket push = zmq.bound(PUSH, endpoint);
      push.send("1");
      pull.recv();
      push.close();
      Await.until("disconnected", () -> !only(pull).connected());
      assertThat(only(pull).heardWithin()).isNotNull();
    }

    @Test
    void isKnownFromTheReportBefore() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Socket push = zmq.connected(PUSH, endpoint);
      push.send("1");
      pull.recv();
      Duration first = only(pull).heardWithin();
      assertThat(first).isNotNull();
      push.send("2");
      pull.recv();
      PeerReport heard = only(pull);
      assertThat(heard.heardWithin()).isLessThan(first.plus(Await.LONG));
      Await.until(
          "silence grows", () -> only(pull).silentFor().compareTo(Duration.ofMillis(20)) > 0);
      PeerReport silent = only(pull);
      assertThat(silent.heardWithin()).isGreaterThanOrEqualTo(silent.silentFor());
    }

    @Test
    void isNotKnownOfAPeerThatNeverSpoke() {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
      push.send("1");
      pull.recv();
      assertThat(only(push).heardWithin()).isNull();
      assertThat(only(push).silentFor()).isNull();
    }
  }

  @Nested
  class OfAContext {
    @Test
    void holdsAllItsSockets() {
      zmq.bound(PUB, Endpoints.inproc());
      zmq.socket(PULL).close();
      zmq.socket(PUSH);
      ContextReport report = zmq.context().explain();
      assertThat(report.sockets()).extracting(SocketReport::type).containsExactly(PUB, PUSH);
      assertThat(report.socketsGone()).isEqualTo(1);
      assertThat(report.ioThreads()).isEqualTo(1);
      assertThat(report.maxSockets()).isEqualTo(1023);
      assertThat(report.shutdown()).isFalse();
      assertThat(report.openedAt()).contains("Sockets.java:");
      assertThat(report.allFindings())
          .extracting(Finding::cause)
          .containsExactly(Cause.NOBODY_CONNECTED, Cause.NO_ENDPOINT);
    }

    @Test
    void worksAfterTheClose() {
      zmq.socket(PUB);
      zmq.context().close();
      ContextReport report = zmq.context().explain();
      assertThat(report.shutdown()).isTrue();
      assertThat(report.sockets()).isEmpty();
    }
  }

  @Nested
  class Prints {
    @Test
    void aPage() {
      Socket xpub = zmq.socket(XPUB);
      String endpoint = xpub.bind(Endpoints.TCP);
      Socket sub = zmq.socket(SUB).subscribe("a");
      sub.connect(endpoint);
      xpub.recv();
      xpub.send("b");
      assertThat(zmq.context().explain().toString())
          .contains("1 I/O thread, 2 of 1023 sockets open")
          .contains("XPUB #1, opened ", " by thread ", "Sockets.java:")
          .contains("\n  ! 1 message was dropped, because no subscription of the 1 connected peer")
          .contains("\n  bound to " + endpoint + ": listening for ")
          .contains("\n  SUB at 127.0.0.1", ", ZMTP 3.1 NULL, connected for ")
          .contains("\n    in:  0 messages (")
          .contains("\n  subscriptions: \"a\"\n")
          .contains("\n  dropped: NO_SUBSCRIBER 1\n")
          .contains("SUB #2", "connect to " + endpoint + ": connected for ", "1 attempt")
          .endsWith("\n");
    }

    @Test
    @SuppressWarnings("unchecked")
    void json() {
      Socket router = zmq.bound(ROUTER, Endpoints.inproc());
      String id = "a \"quoted\" \\ id";
      router.send(Message.of(id, "x"));
      Map<String, Object> context =
          (Map<String, Object>) JsonText.parse(zmq.context().explain().toJson());
      assertThat(context).containsEntry("ioThreads", 1.0).containsEntry("shutdown", false);
      List<Object> sockets = (List<Object>) context.get("sockets");
      assertThat(sockets).hasSize(1);
      Map<String, Object> socket = (Map<String, Object>) sockets.get(0);
      assertThat(socket)
          .containsEntry("type", "ROUTER")
          .containsEntry("unroutable", id)
          .containsEntry("drops", Map.of("NO_ROUTE", 1.0))
          .containsEntry("subscriptions", null);
      List<Object> findings = (List<Object>) socket.get("findings");
      assertThat((Map<String, Object>) findings.get(findings.size() - 1))
          .containsEntry("cause", "UNROUTABLE")
          .extractingByKey("sentence")
          .asString()
          .contains(id);
      assertThat(JsonText.parse(router.explain().toJson())).isInstanceOf(Map.class);
    }

    @Test
    void jsonWithPeers() {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
      push.send("x");
      pull.recv();
      assertThat(JsonText.parse(pull.explain().toJson()))
          .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
          .extractingByKey("peers")
          .asString()
          .contains("protocol=ZMTP 3.1", "totalMessages=1.0");
    }

    @Test
    void oddOctetsAndAFewOfMany() {
      String endpoint = Endpoints.inproc();
      Socket xpub = zmq.bound(XPUB, endpoint);
      Socket sub = zmq.connected(SUB, endpoint);
      sub.subscribe(new byte[1_000_000]);
      sub.subscribe("\"\\\u2028\ud800");
      assertThat(xpub.explain().subscriptions().first())
          .anyMatch(s -> s.startsWith("0x0000") && s.endsWith("00... (1000000 octets)"));
      for (Socket s : List.of(xpub, sub)) {
        assertThat(s.explain().toJson()).hasSizeLessThan(10_000);
        assertThat(JsonText.parse(s.explain().toJson())).isNotNull();
        assertThat(s.explain().toString()).hasSizeLessThan(10_000);
      }
    }

    @Test
    void noLineOfAnEndpoint() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc() + "\n  ! fake");
      assertThat(pull.explain().toString().lines()).noneMatch(line -> line.startsWith("  ! fake"));
      assertThat(JsonText.parse(pull.explain().toJson())).isNotNull();
    }

    @Test
    void controlCharactersAndSurrogatesAsEscapes() {
      Json json = new Json().add("k", "\u0001\n\t\r\u007f \ud83d\ude00 \u00e9");
      assertThat(json).hasToString("{\"k\":\"\\u0001\\n\\t\\r\\u007f \\ud83d\\ude00 \u00e9\"}");
      assertThat(JsonText.parse(json.toString()))
          .isEqualTo(Map.of("k", "\u0001\n\t\r\u007f \ud83d\ude00 \u00e9"));
    }
  }
}
