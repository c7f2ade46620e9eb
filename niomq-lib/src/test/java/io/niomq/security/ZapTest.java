package io.niomq.security;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.ROUTER;
import static io.niomq.testing.Octets.hex;
import static io.niomq.testing.Octets.text;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Errno;
import io.niomq.Message;
import io.niomq.PeerProperties;
import io.niomq.ProtocolError;
import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZapHandler;
import io.niomq.ZapHandler.Verdict;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqEndpointException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 27, ZAP. */
@ExtendWith(NoLeaks.class)
class ZapTest {
  private static final String ZAP = "inproc://zeromq.zap.01";

  @RegisterExtension final Sockets zmq = new Sockets();

  private Socket pull;
  private Events events;
  private String endpoint;
  private ZapHandler ready;

  private void bindPull(String domain) {
    pull = zmq.socket(PULL).set(SocketOptions.ZAP_DOMAIN, domain);
    events = Events.of(pull);
    endpoint = pull.bind(Endpoints.TCP);
  }

  private void start(ZapHandler.Policy policy) {
    ready = ZapHandler.start(zmq.context(), policy);
  }

  @AfterEach
  void end() {
    if (ready != null) {
      ready.close();
    }
  }

  private void assertServed() {
    Socket push = zmq.connected(PUSH, endpoint);
    push.send("served");
    assertThat(pull.recvString()).isEqualTo("served");
  }

  /** The frames that a REP reads, without the delimiter. */
  @Nested
  class TheRequest {
    /** vectors.md, 8. */
    @Test
    @ShowsOption("ZMQ_ZAP_DOMAIN")
    void tellsDomainAddressAndMechanism() {
      Socket handler = zmq.bound(REP, ZAP);
      bindPull("global");
      try (RawPeer push = RawPeer.connect(endpoint)) {
        push.send(RawPeer.greeting(1));
        push.read(64);
        assertThat(handler.recvMessage())
            .isEqualTo(Message.of("1.0", "1", "global", "127.0.0.1", "", "NULL"));
        assertThat(push.isSilent(50)).as("READY waits for the reply").isTrue();
        handler.send(Message.of("1.0", "1", "200", "OK", "", ""));
        assertThat(push.readFrame().text()).startsWith("\5READY");
      }
    }

    @Test
    void tellsNameAndPasswordOfPlain() {
      Socket handler = zmq.bound(REP, ZAP);
      Socket server =
          zmq.socket(ROUTER)
              .set(SocketOptions.PLAIN_SERVER, true)
              .set(SocketOptions.ROUTING_ID, utf8("SRV1"))
              .set(SocketOptions.ZAP_DOMAIN, "dom");
      Socket client =
          zmq.socket(DEALER)
              .set(SocketOptions.PLAIN_USERNAME, "admin")
              .set(SocketOptions.PLAIN_PASSWORD, "secret");
      client.connect(server.bind(Endpoints.TCP));
      assertThat(handler.recvMessage())
          .isEqualTo(
              Message.of("1.0", "1", "dom", "127.0.0.1", "SRV1", "PLAIN", "admin", "secret"));
    }

    @Test
    void isMadeByTheConnectingSideToo() {
      Socket handler = zmq.bound(REP, ZAP);
      Socket listener = zmq.socket(PULL);
      Socket push = zmq.socket(PUSH).set(SocketOptions.ZAP_DOMAIN, "out");
      push.connect(listener.bind(Endpoints.TCP));
      push.send("x");
      assertThat(handler.recvMessage().string(2)).isEqualTo("out");
      handler.send(Message.of("1.0", "1", "200", "OK", "", ""));
      assertThat(listener.recvString()).isEqualTo("x");
    }

    @Test
    void isNotMadeForNullWithoutADomain() {
      Socket handler = zmq.bound(REP, ZAP);
      bindPull("");
      assertServed();
      assertThat(handler.tryRecv()).isNull();
    }

    @Test
    void mayBeAnsweredByARouter() {
      Socket handler = zmq.bound(ROUTER, ZAP);
      bindPull("global");
      List<Socket> pushes = new ArrayList<>();
      List<Message> requests = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        pushes.add(zmq.connected(PUSH, endpoint));
        requests.add(handler.recvMessage());
      }
      for (int i = 4; i >= 0; i--) { // in any order
        Message request = requests.get(i);
        assertThat(request.bytes(1)).isEmpty();
        Message reply = new Message().add(request.bytes(0)).addEmpty();
        reply.add("1.0").add(request.bytes(3)).add("200").add("OK").add("user " + i).addEmpty();
        handler.send(reply);
        pushes.get(i).send("x");
        assertThat(pull.recvMessage().peerProperties().get("User-Id")).isEqualTo("user " + i);
      }
    }
  }

  @Nested
  class TheReply {
    private void answer(byte[]... frames) {
      Socket handler = zmq.bound(REP, ZAP);
      bindPull("global");
      zmq.connected(PUSH, endpoint).trySend("unheard");
      handler.recvMessage();
      handler.send(Message.of(frames));
    }

    private void answer(String... frames) {
      answer(List.of(frames).stream().map(f -> utf8(f)).toArray(byte[][]::new));
    }

    /** vectors.md, 8. */
    @Test
    void namesTheUserAndOtherProperties() {
      answer(
          utf8("1.0"),
          utf8("1"),
          utf8("200"),
          utf8("txt"),
          utf8("joe"),
          hex("04 526F6C65 00000005 61646D696E"));
      PeerProperties peer = pull.recvMessage().peerProperties();
      assertThat(peer.get("User-Id")).isEqualTo("joe");
      assertThat(peer.get("Role")).isEqualTo("admin");
      assertThat(peer.get("Socket-Type")).isEqualTo("PUSH");
    }

    @Test
    void winsOverThePeersOwnWords() {
      Socket handler = zmq.bound(REP, ZAP);
      bindPull("global");
      Socket push = zmq.socket(PUSH).set(SocketOptions.METADATA, "X-role:root");
      push.connect(endpoint);
      push.send("x");
      handler.recvMessage();
      byte[] properties = RawPeer.property("x-role", utf8("guest"));
      handler.send(
          Message.of(utf8("1.0"), utf8("1"), utf8("200"), new byte[0], new byte[0], properties));
      PeerProperties peer = pull.recvMessage().peerProperties();
      assertThat(peer.get("X-role")).isEqualTo("guest");
      assertThat(peer.get("User-Id")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"400", "500"})
    void refusesAndThePeerIsTold(String status) {
      Socket handler = zmq.bound(REP, ZAP);
      bindPull("global");
      try (RawPeer push = RawPeer.connect(endpoint)) {
        push.send(RawPeer.greeting(1));
        push.read(64);
        handler.recvMessage();
        handler.send(Message.of("1.0", "1", status, "no", "", ""));
        assertThat(text(push.readToEnd())).isEqualTo("040A054552524F5203" + text(utf8(status)));
        SocketEvent refused = events.await(Type.HANDSHAKE_FAILED_AUTH);
        assertThat(refused.detail()).contains(status, "no");
        assertThat(refused.value()).isEqualTo(Integer.parseInt(status));
      }
    }

    @Test
    void refusesForTheMomentAndThePeerTriesAgain() {
      Socket handler = zmq.bound(REP, ZAP);
      bindPull("global");
      Socket push = zmq.socket(PUSH).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(1));
      push.connect(endpoint);
      push.send("in the end");
      handler.recvMessage();
      handler.send(Message.of("1.0", "1", "300", "later", "", ""));
      assertThat(events.await(Type.HANDSHAKE_FAILED_AUTH).detail()).contains("300");
      handler.recvMessage();
      handler.send(Message.of("1.0", "1", "200", "OK", "", ""));
      assertThat(pull.recvString()).isEqualTo("in the end");
    }

    /** As libzmq: a connecting endpoint whose own handler refuses the peer asks again. */
    @ParameterizedTest
    @CsvSource({
      "300, HANDSHAKE_FAILED_AUTH",
      "400, HANDSHAKE_FAILED_AUTH",
      "500, HANDSHAKE_FAILED_AUTH",
      "201, HANDSHAKE_FAILED_PROTOCOL"
    })
    void refusesAPeerThatWeHaveConnectedToUntilTheNextAttempt(String status, Type event) {
      Socket handler = zmq.bound(REP, ZAP);
      pull = zmq.socket(PULL);
      Socket push =
          zmq.socket(PUSH)
              .set(SocketOptions.ZAP_DOMAIN, "out")
              .set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(1));
      events = Events.of(push);
      push.connect(pull.bind(Endpoints.TCP));
      push.send("in the end");
      handler.recvMessage();
      handler.send(Message.of("1.0", "1", status, "later", "", ""));
      events.await(event);
      handler.recvMessage();
      handler.send(Message.of("1.0", "1", "200", "OK", "", ""));
      assertThat(pull.recvString()).isEqualTo("in the end");
    }

    @ParameterizedTest
    @CsvSource({
      "1.1 1 200 OK - -, version, ZAP_BAD_VERSION",
      "1.0 2 200 OK - -, request id, ZAP_BAD_REQUEST_ID",
      "1.0 1 201 OK - -, status, ZAP_INVALID_STATUS_CODE",
      "1.0 1 2000 OK - -, status, ZAP_INVALID_STATUS_CODE",
      "1.0 1 200 OK -, frames, ZAP_MALFORMED_REPLY",
      "1.0 1 200 OK - - -, frames, ZAP_MALFORMED_REPLY",
      "1.0 1 200 OK - 2, metadata, ZAP_INVALID_METADATA",
    })
    void thatIsMalformedCostsTheConnection(String frames, String fault, ProtocolError error) {
      answer(
          List.of(frames.split(" ")).stream()
              .map(f -> f.equals("-") ? "" : f)
              .toArray(String[]::new));
      SocketEvent failed = events.await(Type.HANDSHAKE_FAILED_PROTOCOL);
      assertThat(failed.detail()).contains(fault);
      assertThat(failed.value()).isEqualTo(error.number());
      assertThat(pull.tryRecv()).isNull();
    }
  }

  @Nested
  class AMissingHandler {
    @Test
    @ShowsOption("ZMQ_ZAP_ENFORCE_DOMAIN")
    void letsNullPeersInUnlessTheDomainIsEnforced() {
      bindPull("global");
      assertServed();
      Socket strict =
          zmq.socket(PULL)
              .set(SocketOptions.ZAP_DOMAIN, "global")
              .set(SocketOptions.ZAP_ENFORCE_DOMAIN, true);
      Events refusals = Events.of(strict);
      zmq.connected(PUSH, strict.bind(Endpoints.TCP));
      assertThat(refusals.await(Type.HANDSHAKE_FAILED_NO_DETAIL).errno()).isEqualTo(Errno.EFAULT);
    }

    @Test
    @ShowsOption("ZMQ_ZAP_ENFORCE_DOMAIN")
    void isNotMissedWithoutADomain() {
      pull = zmq.socket(PULL).set(SocketOptions.ZAP_ENFORCE_DOMAIN, true);
      endpoint = pull.bind(Endpoints.TCP);
      assertServed();
    }

    /** libzmq fails an assertion here. */
    @Test
    void withPlainAndAnEnforcedDomainThatIsEmptyRefuses() {
      Socket server =
          zmq.socket(PULL)
              .set(SocketOptions.PLAIN_SERVER, true)
              .set(SocketOptions.ZAP_ENFORCE_DOMAIN, true);
      Events refusals = Events.of(server);
      Socket client = zmq.socket(PUSH).set(SocketOptions.PLAIN_USERNAME, "a");
      client.connect(server.bind(Endpoints.TCP));
      assertThat(refusals.await(Type.HANDSHAKE_FAILED_NO_DETAIL).detail()).contains("ZAP_DOMAIN");
    }

    @Test
    void thatWasThereIsNoticedAtOnce() {
      Socket handler = zmq.bound(REP, ZAP);
      bindPull("global");
      zmq.connected(PUSH, endpoint);
      handler.recvMessage();
      handler.close();
      assertThat(events.await(Type.HANDSHAKE_FAILED_NO_DETAIL).errno()).isEqualTo(Errno.EFAULT);
    }

    @ParameterizedTest
    @EnumSource(
        value = SocketType.class,
        names = {"PULL", "PUB", "PAIR"})
    void isNotReplacedByASocketOfAnotherType(SocketType type) {
      zmq.bound(type, ZAP);
      bindPull("global");
      zmq.connected(PUSH, endpoint);
      assertThat(events.await(Type.HANDSHAKE_FAILED_NO_DETAIL).errno()).isEqualTo(Errno.EFAULT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"01 00", "FF 0000000000000001 7F 01 08"})
    void keepsPeersOutThatKnowNoSecurity(String octets) {
      bindPull("global");
      try (RawPeer peer = RawPeer.connect(endpoint).send(octets)) {
        peer.readToEnd();
        events.await(Type.HANDSHAKE_FAILED_PROTOCOL);
      }
    }
  }

  @Nested
  class ASilentHandler {
    @Test
    void holdsUpNobodyElse() {
      Socket handler = zmq.bound(REP, ZAP);
      bindPull("global");
      zmq.connected(PUSH, endpoint);
      handler.recvMessage(); // and no reply
      Socket open = zmq.socket(PULL);
      Socket push = zmq.connected(PUSH, open.bind(Endpoints.TCP));
      push.send("x");
      assertThat(open.recvString()).isEqualTo("x");
      assertThat(events.count(Type.HANDSHAKE_SUCCEEDED)).isZero();
    }

    @Test
    void isWaitedForAsLongAsAHandshakeMayTake() {
      zmq.bound(REP, ZAP);
      pull =
          zmq.socket(PULL)
              .set(SocketOptions.ZAP_DOMAIN, "global")
              .set(SocketOptions.HANDSHAKE_IVL, Duration.ofMillis(50));
      events = Events.of(pull);
      zmq.connected(PUSH, pull.bind(Endpoints.TCP));
      assertThat(events.await(Type.HANDSHAKE_FAILED_NO_DETAIL).errno()).isEqualTo(Errno.EAGAIN);
    }

    @Test
    void letsNoPeerFillTheMemoryMeanwhile() {
      Socket handler = zmq.bound(REP, ZAP);
      bindPull("global");
      try (RawPeer push = RawPeer.connect(endpoint)) {
        push.send(RawPeer.greeting(1)).send(RawPeer.ready("PUSH"));
        push.read(64);
        handler.recvMessage();
        byte[] message = RawPeer.frame(0, new byte[1000]);
        Thread flood =
            new Thread(
                () -> {
                  for (int i = 0; i < 20_000; i++) {
                    push.sendAsFarAsPossible(message); // 20 MB
                  }
                },
                "test-flood");
        flood.start();
        handler.send(Message.of("1.0", "1", "200", "OK", "", ""));
        for (int i = 0; i < 20_000; i++) {
          assertThat(pull.recv()).hasSize(1000);
        }
        flood.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Nested
  class TheReadyMadeHandler {
    @Test
    void asksThePolicyAboutEachPeer() {
      List<String> asked = new CopyOnWriteArrayList<>();
      start(
          request -> {
            asked.add(request.toString());
            return new Verdict(200, "", "joe", Map.of("Role", "admin"));
          });
      bindPull("global");
      zmq.connected(PUSH, endpoint).send("x");
      PeerProperties peer = pull.recvMessage().peerProperties();
      assertThat(peer.get("User-Id")).isEqualTo("joe");
      assertThat(peer.get("Role")).isEqualTo("admin");
      assertThat(asked).containsExactly("NULL peer at 127.0.0.1, domain \"global\"");
    }

    @Test
    void allowsAddresses() {
      start(ZapHandler.addresses(List.of("10.0.0.1"), request -> Verdict.accept("")));
      bindPull("global");
      zmq.connected(PUSH, endpoint);
      assertThat(events.await(Type.HANDSHAKE_FAILED_AUTH).detail()).contains("address");
    }

    @Test
    void survivesAPolicyThatFails() {
      start(
          request -> {
            if (request.domain().equals("bad")) {
              throw new IllegalStateException("provoked by the test");
            }
            return Verdict.accept("");
          });
      bindPull("bad");
      zmq.connected(PUSH, endpoint);
      assertThat(events.await(Type.HANDSHAKE_FAILED_AUTH).detail()).contains("500");
      bindPull("good");
      assertServed();
    }

    @Test
    void survivesAPolicyThatFailsAndALoggerThatCannotSayIt() {
      Logger logger = Logger.getLogger("io.niomq");
      logger.setFilter(
          entry -> { // as a logger does that needs a file, when there are no descriptors left
            if (entry.getMessage().startsWith("the ZAP policy")) {
              throw new NoClassDefFoundError("provoked by the test");
            }
            return true;
          });
      try {
        survivesAPolicyThatFails();
      } finally {
        logger.setFilter(null);
      }
    }

    @Test
    void survivesAPolicyThatFailsBadly() {
      start(
          request -> {
            if (request.domain().equals("bad")) {
              throw new NoClassDefFoundError("provoked by the test");
            }
            return Verdict.accept("");
          });
      bindPull("bad");
      zmq.connected(PUSH, endpoint);
      assertThat(events.await(Type.HANDSHAKE_FAILED_AUTH).detail()).contains("500");
      bindPull("good");
      assertServed();
    }

    /** Without a handler the peer would be let in. */
    @Test
    void survivesAPolicyThatLeavesItsThreadInterrupted() {
      start(
          request -> {
            Thread.currentThread().interrupt();
            return request.domain().equals("bad") ? Verdict.refuse("bad") : Verdict.accept("joe");
          });
      bindPull("good");
      zmq.connected(PUSH, endpoint).send("x");
      assertThat(pull.recvMessage().peerProperties().get("User-Id")).isEqualTo("joe");
      bindPull("bad");
      zmq.connected(PUSH, endpoint);
      assertThat(events.await(Type.HANDSHAKE_FAILED_AUTH).detail()).contains("bad");
    }

    @Test
    void survivesAnInterruptWhileItWaits() {
      AtomicReference<Thread> its = new AtomicReference<>();
      start(
          request -> {
            its.set(Thread.currentThread());
            return Verdict.accept("joe");
          });
      bindPull("global");
      assertServed();
      for (int i = 0; i < 3; i++) {
        Await.until("the handler waits", () -> Task.isWaiting(its.get()));
        its.get().interrupt();
        Await.until("it has noticed", () -> !its.get().isInterrupted());
      }
      bindPull("global");
      zmq.connected(PUSH, endpoint).send("x");
      assertThat(pull.recvMessage().peerProperties().get("User-Id")).isEqualTo("joe");
    }

    @Test
    void mayBeClosedByItsPolicy() {
      AtomicLong took = new AtomicLong(-1);
      start(
          request -> {
            long begin = System.nanoTime();
            ready.close();
            took.set(System.nanoTime() - begin);
            return Verdict.accept("");
          });
      bindPull("global");
      zmq.connected(PUSH, endpoint);
      assertThat(events.await(Type.HANDSHAKE_FAILED_NO_DETAIL).errno()).isEqualTo(Errno.EFAULT);
      Await.until("the close returns", () -> took.get() >= 0);
      assertThat(took.get()).isLessThan(Duration.ofSeconds(5).toNanos());
    }

    @Test
    void knowsFourStatusesAndShortNames() {
      assertThatThrownBy(() -> new Verdict(403, "", "", Map.of()))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining("403");
      for (String name : new String[] {"", "x".repeat(256), "N\u00e4me"}) {
        assertThatThrownBy(() -> new Verdict(200, "", "", Map.of(name, "")))
            .isInstanceOf(ZmqArgumentException.class)
            .hasMessageContaining("255");
      }
    }

    @Test
    void isOneForAContext() {
      start(request -> Verdict.refuse(""));
      assertThatThrownBy(() -> start(request -> Verdict.refuse("")))
          .isInstanceOf(ZmqEndpointException.class);
      ready.close();
      start(request -> Verdict.refuse(""));
    }

    @Test
    void endsWithItsContext() {
      ZapHandler.start(zmq.context(), request -> Verdict.refuse(""));
      zmq.context().close(); // and no thread is left: see NoLeaks
    }
  }
}
