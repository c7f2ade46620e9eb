package io.niomq.zmtp;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PAIR;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.REQ;
import static io.niomq.SocketType.ROUTER;
import static io.niomq.testing.Octets.hex;
import static io.niomq.testing.Octets.join;
import static io.niomq.testing.Octets.text;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
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
import java.util.Arrays;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 37, Greeting and the NULL security handshake. */
@ExtendWith(NoLeaks.class)
class HandshakeTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private Socket pull;
  private String endpoint;

  private void bindPull() {
    pull = zmq.socket(PULL);
    endpoint = pull.bind(Endpoints.TCP);
  }

  private void assertServes(String body) {
    try (RawPeer push = RawPeer.connect(endpoint).handshake("PUSH")) {
      push.sendMessage(body);
      assertThat(pull.recvString()).isEqualTo(body);
    }
  }

  @Nested
  class Greeting {
    @Test
    void beginsWithTenOctetsThatEveryVersionUnderstands() {
      bindPull();
      try (RawPeer peer = RawPeer.connect(endpoint)) {
        byte[] signature = peer.read(10);
        assertThat(signature[0]).isEqualTo((byte) 0xFF);
        assertThat(signature[9]).isEqualTo((byte) 0x7F);
      }
    }

    @Test
    void goesOnWhenThePeerIsKnownToSpeakZmtp3() {
      bindPull();
      try (RawPeer peer = RawPeer.connect(endpoint)) {
        peer.read(10);
        peer.send(RawPeer.SIGNATURE);
        peer.send("03");
        byte[] rest = peer.read(54);
        assertThat(text(rest)).startsWith("0301" + text(utf8("NULL")) + "00".repeat(16) + "00");
        assertThat(text(rest)).endsWith("00".repeat(31));
      }
    }

    @Test
    void isTheSameOnTheConnectingSide() {
      try (RawPeer.Listener listener = RawPeer.listen()) {
        Socket push = zmq.connected(PUSH, listener.endpoint());
        try (RawPeer peer = listener.accept()) {
          assertThat(peer.read(10)[9]).isEqualTo((byte) 0x7F);
          peer.handshakeRest("PULL");
          push.send("x");
          assertThat(peer.readFrame().text()).isEqualTo("x");
        }
      }
    }

    @Test
    void mayComeOneOctetAtATime() {
      bindPull();
      try (RawPeer push = RawPeer.connect(endpoint)) {
        push.sendOneByOne(join(RawPeer.greeting(1), RawPeer.ready("PUSH")));
        push.read(64);
        assertThat(push.readFrame().text()).startsWith("\5READY");
        push.sendOneByOne(RawPeer.frame(0, utf8("slowly")));
        assertThat(pull.recvString()).isEqualTo("slowly");
      }
    }

    @Test
    void mayCarryAnyPaddingAndFiller() {
      bindPull();
      byte[] greeting = RawPeer.greeting(1);
      for (int i = 1; i < 9; i++) {
        greeting[i] = (byte) (17 * i);
      }
      greeting[32] = 1; // as-server: nobody looks
      for (int i = 33; i < 64; i++) {
        greeting[i] = (byte) i;
      }
      try (RawPeer push = RawPeer.connect(endpoint)) {
        push.send(greeting);
        push.read(64);
        push.send(RawPeer.ready("PUSH"));
        push.readFrame();
        push.sendMessage("x");
        assertThat(pull.recvString()).isEqualTo("x");
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"03 00", "03 01", "03 02", "03 7F", "04 00", "FF FF"})
    void ofALaterVersionIsTakenAsOneThatWeSpeak(String version) {
      bindPull();
      byte[] greeting = RawPeer.greeting(0);
      System.arraycopy(hex(version), 0, greeting, 10, 2);
      try (RawPeer push = RawPeer.connect(endpoint)) {
        push.send(greeting);
        push.read(64);
        push.send(RawPeer.ready("PUSH"));
        push.readFrame();
        push.sendMessage("x");
        assertThat(pull.recvString()).isEqualTo("x");
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "CURVE", "null", "NULLX", ""})
    void ofAnotherMechanismIsRefusedAndReported(String mechanism) {
      bindPull();
      Events events = Events.of(pull);
      byte[] greeting = RawPeer.greeting(1);
      System.arraycopy(new byte[20], 0, greeting, 12, 20);
      System.arraycopy(utf8(mechanism), 0, greeting, 12, mechanism.length());
      try (RawPeer push = RawPeer.connect(endpoint)) {
        push.send(greeting);
        push.readToEnd();
      }
      events.await(Type.HANDSHAKE_FAILED_PROTOCOL);
      assertServes("others are welcome");
    }
  }

  @Nested
  class Ready {
    @ParameterizedTest
    @ValueSource(strings = {"PAIR", "PUB", "SUB", "REP", "PULL", "PUSH", "XPUB", "XSUB"})
    void tellsTheSocketType(String type) {
      Socket socket = zmq.socket(SocketType.valueOf(type));
      try (RawPeer peer = greet(socket)) {
        assertThat(peer.readFrame().hex())
            .isEqualTo("04 " + text(utf8("\5READY\13Socket-Type")) + size(type) + text(utf8(type)));
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"REQ", "DEALER", "ROUTER"})
    void tellsTheRoutingIdToo(String type) {
      Socket socket = zmq.socket(SocketType.valueOf(type));
      socket.set(SocketOptions.ROUTING_ID, utf8("ABCDE"));
      try (RawPeer peer = greet(socket)) {
        assertThat(peer.readFrame().hex())
            .isEqualTo(
                "04 "
                    + text(utf8("\5READY\13Socket-Type"))
                    + size(type)
                    + text(utf8(type))
                    + "084964656E74697479"
                    + "000000054142434445");
      }
    }

    @Test
    void tellsAnEmptyRoutingIdWhenThereIsNone() {
      try (RawPeer peer = greet(zmq.socket(DEALER))) {
        assertThat(peer.readFrame().hex()).endsWith("084964656E7469747900000000");
      }
    }

    private String size(String type) {
      return "0000000" + type.length();
    }

    private RawPeer greet(Socket socket) {
      RawPeer peer = RawPeer.connect(socket.bind(Endpoints.TCP));
      peer.send(RawPeer.greeting(1));
      peer.read(64);
      return peer;
    }

    @Test
    void mayCarryPropertiesThatWeDoNotKnow() {
      bindPull();
      byte[] ready =
          RawPeer.command(
              "READY",
              join(
                  RawPeer.property("X-colour", utf8("blue")),
                  RawPeer.property("Socket-Type", utf8("PUSH")),
                  RawPeer.property("Resource", new byte[0])));
      try (RawPeer push = RawPeer.connect(endpoint).handshake(1, ready)) {
        push.sendMessage("x");
        assertThat(pull.recvString()).isEqualTo("x");
      }
    }

    @Test
    void mayLackTheSocketType() {
      bindPull();
      try (RawPeer push =
          RawPeer.connect(endpoint).handshake(1, RawPeer.command("READY", new byte[0]))) {
        push.sendMessage("x");
        assertThat(pull.recvString()).isEqualTo("x");
      }
    }

    /** libzmq accepts READY with any flags; nobody sends it so. Either answer is fine. */
    @ParameterizedTest
    @ValueSource(bytes = {0, 5})
    void withOtherFlagsDisturbsNobody(byte flags) {
      bindPull();
      byte[] ready = RawPeer.ready("PUSH");
      ready[0] = flags;
      try (RawPeer push = RawPeer.connect(endpoint)) {
        push.send(RawPeer.greeting(1));
        push.read(64);
        push.sendAsFarAsPossible(ready);
        assertServes("x");
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "04 0A 05 52 45 41 44 59 0B 53 6F 63", // a name that overruns
          "04 13 05 52 45 41 44 59 0B 53 6F 63 6B 65 74 2D 54 79 70 65 00", // half a size
          "04 16 05 52 45 41 44 59 0B 53 6F 63 6B 65 74 2D 54 79 70 65 7F FF FF FF", // overruns
          "04 16 05 52 45 41 44 59 0B 53 6F 63 6B 65 74 2D 54 79 70 65 FF FF FF FF", // negative
          "04 1A 05 52 45 41 44 59 0B 53 6F 63 6B 65 74 2D 54 79 70 65 00 00 00 04 70 75 73 68",
          "04 1B 05 52 45 41 44 59 0B 53 6F 63 6B 65 74 2D 54 79 70 65 00 00 00 04 50 55 53 48 00",
          "00 03 61 62 63", // a message
          "04 06 05 57 52 4F 4E 47", // another command
          "04 00", // no name
          "04 05 09 61 62 63 64", // a command's name that overruns
          "06 7F FF FF FF FF FF FF FF 05 52 45 41 44 59", // far too large
          "06 FF FF FF FF FF FF FF FF 05 52 45 41 44 59" // negative
        })
    void thatIsMalformedCostsTheConnection(String ready) {
      bindPull();
      Events events = Events.of(pull);
      try (RawPeer push = RawPeer.connect(endpoint)) {
        push.send(RawPeer.greeting(1));
        push.read(64);
        push.sendAsFarAsPossible(hex(ready));
        push.readToEnd();
      }
      events.await(Type.HANDSHAKE_FAILED_PROTOCOL);
      assertServes("others are welcome");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "04 0A 05 45 52 52 4F 52 03 34 30 30", // ERROR "400"
          "04 07 05 45 52 52 4F 52 00", // ERROR without a reason
          "04 06 05 45 52 52 4F 52" // ERROR cut off
        })
    void mayBeAnErrorInstead(String error) {
      bindPull();
      Events events = Events.of(pull);
      try (RawPeer push = RawPeer.connect(endpoint)) {
        push.send(RawPeer.greeting(1));
        push.read(64);
        push.sendAsFarAsPossible(hex(error));
        push.readToEnd();
      }
      events.await(Type.DISCONNECTED);
      assertThat(events.types())
          .containsAnyOf(Type.HANDSHAKE_FAILED_AUTH, Type.HANDSHAKE_FAILED_PROTOCOL);
      assertServes("others are welcome");
    }

    @Test
    void isAwaitedBeforeAnyMessageIsSent() {
      Socket push = zmq.socket(PUSH);
      try (RawPeer.Listener listener = RawPeer.listen()) {
        push.connect(listener.endpoint());
        push.send("held back");
        try (RawPeer peer = listener.accept()) {
          peer.send(RawPeer.greeting(1));
          peer.read(64);
          assertThat(peer.readFrame().text()).startsWith("\5READY");
          assertThat(peer.isSilent(100)).isTrue();
          peer.send(RawPeer.ready("PULL"));
          assertThat(peer.readFrame().text()).isEqualTo("held back");
        }
      }
    }

    /** Ours may be larger than what the channel takes at once. */
    @Test
    void isSentWholeBeforeAnythingElse() {
      Socket push = zmq.socket(PUSH).set(SocketOptions.SNDBUF, 2048);
      String value = "v".repeat(15_000);
      for (String name : new String[] {"X-one", "X-two", "X-three", "X-four"}) {
        push.set(SocketOptions.METADATA, name + ":" + value);
      }
      try (RawPeer pull = RawPeer.connect(push.bind(Endpoints.TCP))) {
        pull.send(RawPeer.greeting(1)).send(RawPeer.ready("PULL"));
        Task<Void> sender = Task.run(() -> push.send("after it"));
        pull.read(64);
        RawPeer.Frame ready = pull.readFrame();
        assertThat(ready.text()).startsWith("\5READY").endsWith(value).hasSizeGreaterThan(60_000);
        assertThat(pull.readFrame().text()).isEqualTo("after it");
        sender.result();
      }
    }

    @Test
    void isReportedInAFewPrintableCharacters() {
      bindPull();
      Events events = Events.of(pull);
      try (RawPeer push = RawPeer.connect(endpoint)) {
        push.send(RawPeer.greeting(1));
        push.read(64);
        push.sendAsFarAsPossible(
            RawPeer.ready("PUSH\nWARNING: made up\33[2J" + "x".repeat(60_000)));
        assertThat(push.readFrame().text()).startsWith("\5READY");
        assertThat(push.readFrame().text()).startsWith("\5ERROR");
      }
      assertThat(events.await(Type.HANDSHAKE_FAILED_PROTOCOL).detail())
          .contains("PUSH?WARNING: made up?[2Jxxx")
          .matches("[ -~]{50,410}");
    }

    @Test
    void mayComeTogetherWithMessages() {
      bindPull();
      try (RawPeer push = RawPeer.connect(endpoint)) {
        push.send(
            join(
                RawPeer.greeting(1),
                RawPeer.ready("PUSH"),
                RawPeer.frame(1, utf8("all")),
                RawPeer.frame(0, utf8("at once"))));
        assertThat(pull.recvMessage()).isEqualTo(Message.of("all", "at once"));
      }
    }
  }

  @Nested
  class Identity {
    @Test
    void namesThePeerForARouter() {
      Socket router = zmq.socket(ROUTER);
      String bound = router.bind(Endpoints.TCP);
      try (RawPeer dealer = RawPeer.connect(bound).handshake(1, RawPeer.ready("DEALER", "abc"))) {
        dealer.sendMessage("x");
        assertThat(router.recvMessage()).isEqualTo(Message.of("abc", "x"));
      }
    }

    @Test
    void mayBeginWithAZeroOctetAndBeLong() {
      Socket router = zmq.socket(ROUTER);
      String bound = router.bind(Endpoints.TCP);
      String id = "\0" + "i".repeat(299);
      try (RawPeer dealer = RawPeer.connect(bound).handshake(1, RawPeer.ready("DEALER", id))) {
        dealer.sendMessage("x");
        assertThat(router.recvMessage()).isEqualTo(Message.of(id, "x"));
        router.send(Message.of(id, "y"));
        assertThat(dealer.readFrame().text()).isEqualTo("y");
      }
    }

    @Test
    void isOfNoInterestToOthers() {
      bindPull();
      try (RawPeer push = RawPeer.connect(endpoint).handshake(1, RawPeer.ready("PUSH", "abc"))) {
        push.sendMessage("x");
        assertThat(pull.recvMessage()).isEqualTo(Message.of("x"));
      }
    }
  }

  @Nested
  class Deadline {
    @ParameterizedTest
    @ValueSource(ints = {0, 5, 10, 11, 40, 64})
    @ShowsOption("ZMQ_HANDSHAKE_IVL")
    void endsAPeerThatStopsInTheMiddle(int octets) {
      pull = zmq.socket(PULL).set(SocketOptions.HANDSHAKE_IVL, Duration.ofMillis(100));
      endpoint = pull.bind(Endpoints.TCP);
      Events events = Events.of(pull);
      try (RawPeer push = RawPeer.connect(endpoint)) {
        push.send(Arrays.copyOf(RawPeer.greeting(1), octets));
        push.readToEnd();
      }
      events.await(Type.HANDSHAKE_FAILED_NO_DETAIL);
    }

    @Test
    void isOverOnceTheHandshakeIsComplete() throws Exception {
      pull = zmq.socket(PULL).set(SocketOptions.HANDSHAKE_IVL, Duration.ofMillis(100));
      endpoint = pull.bind(Endpoints.TCP);
      Await.oneInTime(
          () -> {
            try (RawPeer push = RawPeer.connect(endpoint).handshake("PUSH")) {
              assertThat(push.isSilent(300)).isTrue();
              push.sendMessage("still here");
              assertThat(pull.recvString()).isEqualTo("still here");
            }
          });
    }

    @Test
    void letsTheConnectingSideTryAgain() {
      Socket push =
          zmq.socket(PUSH)
              .set(SocketOptions.HANDSHAKE_IVL, Duration.ofMillis(50))
              .set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(1));
      try (RawPeer.Listener listener = RawPeer.listen()) {
        push.connect(listener.endpoint());
        push.send("patience");
        try (RawPeer silent = listener.accept()) {
          silent.readToEnd();
        }
        // The machine may be slow: one of the next attempts is in time.
        for (int i = 0; i < 50; i++) {
          try (RawPeer peer = listener.accept()) {
            peer.handshake("PULL");
            assertThat(peer.readFrame().text()).isEqualTo("patience");
            return;
          } catch (UncheckedIOException tooSlow) {
            continue;
          }
        }
        throw new AssertionError("no attempt was in time");
      }
    }
  }

  @Nested
  class AllTypes {
    @Test
    void talkToOneThatSaysAllAtOnce() {
      Socket rep = zmq.socket(REP);
      String bound = rep.bind(Endpoints.TCP);
      try (RawPeer req = RawPeer.connect(bound)) {
        req.send(
            join(
                RawPeer.greeting(1),
                RawPeer.ready("REQ"),
                hex("01 00 00 01 71"),
                hex("01 00 00 01 72")));
        assertThat(rep.recvString()).isEqualTo("q");
        rep.send("1");
        assertThat(rep.recvString()).isEqualTo("r");
        rep.send("2");
        req.read(64);
        req.readFrame();
        assertThat(text(req.read(10))).isEqualTo("01000001310100000132");
      }
    }

    @Test
    void talkToThemselves() {
      Socket pair = zmq.socket(PAIR);
      Socket other = zmq.connected(PAIR, pair.bind(Endpoints.TCP));
      pair.send("x");
      assertThat(other.recvString()).isEqualTo("x");
      Socket req = zmq.socket(REQ);
      Socket rep = zmq.connected(REP, req.bind(Endpoints.TCP));
      req.send("q");
      assertThat(rep.recvString()).isEqualTo("q");
    }
  }
}
