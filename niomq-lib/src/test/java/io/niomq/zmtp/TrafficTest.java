package io.niomq.zmtp;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.testing.Octets.hex;
import static io.niomq.testing.Octets.join;
import static io.niomq.testing.Octets.random;
import static io.niomq.testing.Octets.text;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.testing.Await;
import io.niomq.testing.Cores;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 37, Framing and commands, after the handshake. */
@ExtendWith(NoLeaks.class)
class TrafficTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private Socket pull;
  private String endpoint;

  @BeforeEach
  void bind() {
    pull = zmq.socket(PULL);
    endpoint = pull.bind(Endpoints.TCP);
  }

  private RawPeer push() {
    return RawPeer.connect(endpoint).handshake("PUSH");
  }

  /** The same octets in one piece, and one by one. */
  static Stream<Arguments> manners() {
    BiConsumer<RawPeer, byte[]> atOnce = RawPeer::send;
    BiConsumer<RawPeer, byte[]> oneByOne = RawPeer::sendOneByOne;
    return Stream.of(Arguments.of("at once", atOnce), Arguments.of("one by one", oneByOne));
  }

  @Nested
  class Frames {
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.niomq.zmtp.TrafficTest#manners")
    void ofTheSpecificationAreUnderstood(String manner, BiConsumer<RawPeer, byte[]> sender) {
      try (RawPeer push = push()) {
        sender.accept(push, hex("00 03 616263"));
        assertThat(pull.recvMessage()).isEqualTo(Message.of("abc"));
        sender.accept(push, hex("00 00"));
        assertThat(pull.recvMessage()).isEqualTo(Message.of(""));
        sender.accept(push, hex("01 02 6869  01 00  00 03 787878"));
        assertThat(pull.recvMessage()).isEqualTo(Message.of("hi", "", "xxx"));
        sender.accept(push, hex("02 0000000000000003 616263")); // LONG, size 3, "abc"
        assertThat(pull.recvMessage()).isEqualTo(Message.of("abc"));
        sender.accept(push, hex("03 0000000000000000  02 0000000000000001 7A"));
        assertThat(pull.recvMessage()).isEqualTo(Message.of("", "z"));
        sender.accept(push, join(hex("00 FF"), random(1, 255)));
        assertThat(pull.recv()).isEqualTo(random(1, 255));
        sender.accept(push, join(hex("02 0000000000000100"), random(2, 256)));
        assertThat(pull.recv()).isEqualTo(random(2, 256));
      }
    }

    @Test
    void mayBeCutAnywhere() {
      byte[] octets =
          join(
              hex("01 02 6869  03 0000000000000003 616263  00 00"),
              RawPeer.command("PING", hex("0000")),
              RawPeer.frame(0, random(3, 300)));
      try (RawPeer push = push()) {
        for (int cut = 1; cut < octets.length; cut++) {
          push.send(Arrays.copyOf(octets, cut));
          push.send(Arrays.copyOfRange(octets, cut, octets.length));
          assertThat(pull.recvMessage()).isEqualTo(Message.of("hi", "abc", ""));
          assertThat(pull.recv()).isEqualTo(random(3, 300));
        }
      }
    }

    @Test
    void mayComeInGreatNumbersInOnePiece() {
      byte[] body = {1, 2, 3};
      byte[][] frames = new byte[20_000][];
      for (int i = 0; i < frames.length; i++) {
        frames[i] = RawPeer.frame(0, i % 100 == 0 ? random(i, i % 3000) : body);
      }
      byte[] octets = join(frames);
      try (RawPeer push = push()) {
        Task<RawPeer> sending = Task.call(() -> push.send(octets));
        for (int i = 0; i < frames.length; i++) {
          byte[] received = pull.recv();
          if (i % 100 == 0 || received.length != 3) {
            assertThat(received).isEqualTo(i % 100 == 0 ? random(i, i % 3000) : body);
          }
        }
        sending.result();
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255, 256, 8191, 8192, 65_535, 70_000, 1 << 20, 5_000_000})
    void ofAnySizeAreSentAsTheSpecificationSays(int size) {
      Socket dealer = zmq.socket(DEALER);
      String bound = dealer.bind(Endpoints.TCP);
      byte[] body = random(size, size);
      try (RawPeer peer = RawPeer.connect(bound).handshake("DEALER")) {
        dealer.send(Message.of(body).add("").add(body));
        assertFrame(peer, 1, body);
        assertFrame(peer, 1, new byte[0]);
        assertFrame(peer, 0, body);
        peer.send(join(RawPeer.frame(1, body), RawPeer.frame(0, body)));
        try (Message message = dealer.recvMessage()) {
          assertThat(message.bytes(0)).isEqualTo(body);
          assertThat(message.bytes(1)).isEqualTo(body);
        }
      }
    }

    /** Short header up to 255 octets, long from 256. */
    private void assertFrame(RawPeer peer, int flags, byte[] body) {
      boolean isLong = body.length > 255;
      assertThat(peer.read(1)[0]).isEqualTo((byte) (isLong ? flags | 2 : flags));
      long size =
          isLong ? ByteBuffer.wrap(peer.read(8)).getLong() : Byte.toUnsignedInt(peer.read(1)[0]);
      assertThat(size).isEqualTo(body.length);
      assertThat(peer.read(body.length)).isEqualTo(body);
    }

    @Test
    void thatAreNotCompletedAreNotDelivered() {
      Events events = Events.of(pull);
      for (String cut : new String[] {"00", "00 05 61", "02 00000000", "01 01 61", "01 01 61 00"}) {
        try (RawPeer push = push()) {
          push.send(cut);
        }
      }
      events.await(Type.DISCONNECTED, 5);
      assertThat(pull.tryRecv()).isNull();
      assertThat(pull.drops()).containsOnly(Map.entry(DropReason.PARTLY_RECEIVED, 5L));
    }
  }

  @Nested
  class Sizes {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "02 FFFFFFFFFFFFFFFF", // above 2^63-1
          "02 8000000000000000",
          "03 FFFFFFFFFFFFFFFF",
          "06 FFFFFFFFFFFFFFFF"
        })
    void thatAreNegativeCostTheConnection(String header) {
      try (RawPeer push = push()) {
        push.sendMessage("before");
        push.sendAsFarAsPossible(join(hex(header), new byte[10]));
        push.readToEnd();
      }
      assertThat(pull.recvString()).isEqualTo("before");
      try (RawPeer push = push()) {
        push.sendMessage("after");
        assertThat(pull.recvString()).isEqualTo("after");
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "02 7FFFFFFFFFFFFFFF", // the largest of the specification
          "02 0000000100000000",
          "02 000000007FFFFFFF", // the largest array
          "02 0000000040000000"
        })
    void takeNoMemoryBeforeTheOctetsCome(String header) {
      BufferPoolMXBean direct =
          ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
              .filter(pool -> pool.getName().equals("direct"))
              .findFirst()
              .orElseThrow();
      long before = direct.getMemoryUsed();
      RawPeer[] peers = new RawPeer[8];
      for (int i = 0; i < peers.length; i++) {
        peers[i] = push();
        peers[i].sendAsFarAsPossible(join(hex(header), new byte[1000]));
      }
      try (RawPeer good = push()) {
        for (int i = 0; i < 100; i++) {
          good.sendMessage("m" + i);
          assertThat(pull.recvString()).isEqualTo("m" + i);
        }
      }
      assertThat(direct.getMemoryUsed() - before).isLessThan(32 << 20);
      for (RawPeer peer : peers) {
        peer.close();
      }
    }

    @Test
    void overTheMaximumCostTheConnection() {
      Socket limited = zmq.socket(PULL).set(SocketOptions.MAXMSGSIZE, 100L);
      Events events = Events.of(limited);
      String bound = limited.bind(Endpoints.TCP);
      try (RawPeer push = RawPeer.connect(bound).handshake("PUSH")) {
        push.send(RawPeer.frame(0, new byte[100]));
        assertThat(limited.recv()).hasSize(100);
        push.send(join(RawPeer.frame(1, new byte[100]), RawPeer.frame(0, new byte[100])));
        assertThat(limited.recvMessage().totalSize()).isEqualTo(200);
        push.sendAsFarAsPossible(hex("00 65"));
        push.readToEnd();
      }
      assertThat(events.await(Type.DISCONNECTED).errno()).isEqualTo(Errno.EMSGSIZE);
      try (RawPeer push = RawPeer.connect(bound).handshake("PUSH")) {
        push.sendMessage("others are welcome");
        assertThat(limited.recvString()).isEqualTo("others are welcome");
      }
    }

    @Test
    void ofTheMaximumConcernTheConnectingSideToo() {
      Socket limited = zmq.socket(PULL).set(SocketOptions.MAXMSGSIZE, 100L);
      Events events = Events.of(limited);
      try (RawPeer.Listener listener = RawPeer.listen()) {
        limited.connect(listener.endpoint());
        try (RawPeer push = listener.accept().handshake("PUSH")) {
          push.sendAsFarAsPossible(hex("02 0000000000000065"));
          push.readToEnd();
        }
        events.await(Type.DISCONNECTED);
        assertThat(listener.isConnectedTo(300)).as("tried again").isFalse();
      }
    }
  }

  @Nested
  class Flags {
    @ParameterizedTest
    @ValueSource(strings = {"F8 01 79", "08 01 79", "80 01 79"})
    void thatAreReservedAreIgnoredOrCostTheConnection(String frame) {
      try (RawPeer push = push()) {
        push.sendAsFarAsPossible(hex(frame));
        push.shutdownOutput();
        push.readToEnd();
      }
      try (RawPeer push = push()) {
        push.sendMessage("after");
        String next = pull.recvString();
        assertThat(next).isIn("y", "after");
        if (next.equals("y")) {
          assertThat(pull.recvString()).isEqualTo("after");
        }
      }
    }
  }

  @Nested
  class Commands {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "04 09 06 464F4F424152 7A7A", // FOOBAR
          "04 03 09 6162", // a name that overruns
          "04 00", // no name
          "04 05 04 504F4E47", // a PONG that nobody asked for
          "06 0000000000000005 04 504F4E47"
        })
    void thatAreUnknownAreIgnored(String command) {
      try (RawPeer push = push()) {
        push.send(command);
        push.sendMessage("after");
        assertThat(pull.recvMessage()).isEqualTo(Message.of("after"));
      }
    }

    @Test
    void betweenTheFramesOfAMessageDoNotDisturbIt() {
      try (RawPeer push = push()) {
        push.send("01 01 61");
        push.send(RawPeer.command("PING", hex("0000")));
        push.send("01 01 62");
        push.send("04 09 06 464F4F424152 7A7A");
        push.send("00 01 63");
        assertThat(push.readFrame().text()).isEqualTo("\4PONG");
        assertThat(pull.recvMessage()).isEqualTo(Message.of("a", "b", "c"));
      }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.niomq.zmtp.TrafficTest#manners")
    void pingIsAnsweredWithItsContext(String manner, BiConsumer<RawPeer, byte[]> sender) {
      try (RawPeer push = push()) {
        sender.accept(push, hex("04 07 04 50494E47 0000"));
        assertThat(push.readFrame().hex()).isEqualTo("04 04504F4E47");
        sender.accept(push, hex("04 0A 04 50494E47 0000 616263"));
        assertThat(push.readFrame().hex()).isEqualTo("04 04504F4E47616263");
        byte[] sixteen = random(16, 16);
        sender.accept(push, RawPeer.command("PING", join(hex("0000"), sixteen)));
        assertThat(push.readFrame().hex()).isEqualTo("04 04504F4E47" + text(sixteen));
      }
    }

    @Test
    void pingWithALongContextIsAnsweredWithSixteenOctetsOfIt() {
      byte[] context = random(20, 20);
      try (RawPeer push = push()) {
        push.send(RawPeer.command("PING", join(hex("0000"), context)));
        assertThat(push.readFrame().hex())
            .isEqualTo("04 04504F4E47" + text(context).substring(0, 32));
      }
    }

    /** Whoever asks all the time, and does not take the answers, gets no more of them. */
    @Test
    void pingsWithoutEndTakeNoMemory() {
      byte[] ping = RawPeer.command("PING", join(hex("0000"), random(3, 16)));
      byte[] many = join(Collections.nCopies(4000, ping).toArray(byte[][]::new));
      pull.set(SocketOptions.SNDBUF, 8192);
      String narrow = pull.bind(Endpoints.TCP);
      try (RawPeer push = RawPeer.connect(narrow).handshake("PUSH")) {
        for (int i = 0; i < 40; i++) { // 4 MB
          push.send(many);
        }
        push.sendMessage("after them");
        assertThat(pull.recvString()).isEqualTo("after them");
        long octets = pull.explain().peers().get(0).out().totalOctets();
        assertThat(octets).isLessThan(1_000_000);
        for (long i = octets / RawPeer.command("PONG", random(3, 16)).length; i > 0; i--) {
          assertThat(push.readFrame().text()).startsWith("\4PONG");
        }
        push.send(ping); // the answers were taken, so there are some again
        assertThat(push.readFrame().text()).startsWith("\4PONG");
        push.sendMessage("still here");
        assertThat(pull.recvString()).isEqualTo("still here");
      }
    }

    /** Nor does it while nobody receives, who would take the commands out of the queue. */
    @Test
    void pingsTakeNoMemoryWhileNobodyReceives() {
      byte[] ping = RawPeer.command("PING", join(hex("0000"), random(3, 16)));
      byte[] many = join(Collections.nCopies(1000, ping).toArray(byte[][]::new));
      try (RawPeer push = push()) {
        for (int i = 0; i < 40; i++) { // 1 MB
          push.send(many);
          for (int answers = 0; answers < 1000; answers++) {
            assertThat(push.readFrame().text()).startsWith("\4PONG");
          }
        }
        assertThat(Cores.of(zmq.context()).memoryInUse()).isLessThan(6);
      }
    }

    @Test
    void pingIsAnsweredWhileTheReaderIsAway() {
      try (RawPeer push = push()) {
        for (int i = 0; i < 50; i++) {
          push.sendMessage("unread " + i);
          push.send(RawPeer.command("PING", hex("0000")));
          assertThat(push.readFrame().hex()).isEqualTo("04 04504F4E47");
        }
      }
      for (int i = 0; i < 50; i++) {
        assertThat(pull.recvString()).isEqualTo("unread " + i);
      }
    }

    @Test
    void pingThatIsTooShortDisturbsNobody() {
      try (RawPeer push = push()) {
        push.sendAsFarAsPossible(hex("04 05 04 50494E47"));
        push.sendAsFarAsPossible(hex("04 06 04 50494E47 00"));
        push.shutdownOutput();
        assertThat(push.readToEnd().length).isLessThan(30);
      }
      try (RawPeer push = push()) {
        push.sendMessage("after");
        assertThat(pull.recvString()).isEqualTo("after");
      }
    }

    @Test
    void thatAreVeryLargeDisturbNobody() {
      try (RawPeer push = push()) {
        push.sendAsFarAsPossible(join(hex("06 0000000000100000"), new byte[1 << 20]));
        push.shutdownOutput();
        push.readToEnd();
      }
      try (RawPeer push = push()) {
        push.sendMessage("after");
        assertThat(pull.recvString()).isEqualTo("after");
      }
    }

    @Test
    void inGreatNumbersDoNotPileUpAnswers() {
      byte[] pings =
          join(
              Collections.nCopies(10_000, RawPeer.command("PING", hex("0000")))
                  .toArray(byte[][]::new));
      try (RawPeer rude = push();
          RawPeer good = push()) {
        Task<Void> flooding =
            Task.run(
                () -> {
                  for (int i = 0; i < 100; i++) { // a million, none of whose answers it reads
                    rude.sendAsFarAsPossible(pings);
                  }
                });
        for (int i = 0; i < 100; i++) {
          good.sendMessage("m" + i);
          assertThat(pull.recvString()).isEqualTo("m" + i);
        }
        rude.reset();
        flooding.result();
      }
    }
  }

  @Nested
  class TheEnd {
    @Test
    void mayBeOneSided() {
      Socket dealer = zmq.socket(DEALER);
      String bound = dealer.bind(Endpoints.TCP);
      Events events = Events.of(dealer);
      try (RawPeer peer = RawPeer.connect(bound).handshake("DEALER")) {
        peer.sendMessage("last words");
        peer.shutdownOutput();
        assertThat(dealer.recvString()).isEqualTo("last words");
        peer.readToEnd();
      }
      events.await(Type.DISCONNECTED);
    }

    @Test
    void byAResetLeavesWhatWasRead() {
      Events events = Events.of(pull);
      RawPeer push = push();
      push.sendMessage("1");
      assertThat(pull.recvString()).isEqualTo("1");
      push.reset();
      events.await(Type.DISCONNECTED);
      assertThat(pull.tryRecv()).isNull();
    }
  }

  @Nested
  class OlderPeers {
    @Test
    void ofZmtp30GetNoNewCommands() {
      try (RawPeer push = RawPeer.connect(endpoint).handshake(0, RawPeer.ready("PUSH"))) {
        push.sendMessage("x");
        assertThat(pull.recvString()).isEqualTo("x");
        assertThat(push.isSilent(100)).isTrue();
      }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.niomq.zmtp.TrafficTest#manners")
    void ofZmtp20AreServed(String manner, BiConsumer<RawPeer, byte[]> sender) {
      try (RawPeer push = RawPeer.connect(endpoint)) {
        sender.accept(push, hex("FF 0000000000000000 7F  01 08  00 00  00 01 6D"));
        assertThat(pull.recvString()).isEqualTo("m");
        byte[] said = push.read(14);
        assertThat(text(said).substring(18)).isEqualTo("7F03070000");
      }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.niomq.zmtp.TrafficTest#manners")
    void ofZmtp10AreServed(String manner, BiConsumer<RawPeer, byte[]> sender) {
      try (RawPeer push = RawPeer.connect(endpoint)) {
        sender.accept(push, hex("01 00  02 00 6D  03 01 6161  02 00 62"));
        assertThat(pull.recvMessage()).isEqualTo(Message.of("m"));
        assertThat(pull.recvMessage()).isEqualTo(Message.of("aa", "b"));
      }
    }

    @Test
    void ofZmtp20AreSpokenTo() {
      Socket push = zmq.socket(PUSH);
      String bound = push.bind(Endpoints.TCP);
      try (RawPeer peer = RawPeer.connect(bound)) {
        peer.send("FF 0000000000000000 7F  01 07  00 00");
        push.send(Message.of(utf8("hello"), random(1, 256)));
        assertThat(text(peer.read(14)).substring(18)).isEqualTo("7F03080000");
        assertThat(text(peer.read(7))).isEqualTo("010568656C6C6F");
        assertThat(text(peer.read(9))).isEqualTo("020000000000000100");
        assertThat(peer.read(256)).isEqualTo(random(1, 256));
      }
    }

    @Test
    void ofZmtp10AreSpokenTo() {
      Socket push = zmq.socket(PUSH);
      String bound = push.bind(Endpoints.TCP);
      try (RawPeer peer = RawPeer.connect(bound)) {
        peer.send("01 00");
        push.send(Message.of("hello", "world"));
        peer.read(10); // our signature, which it takes for the header of an empty identity
        assertThat(text(peer.read(14))).isEqualTo("060168656C6C6F0600776F726C64");
      }
    }

    @Test
    void ofZmtp10GetEverythingThatIsPublished() {
      Socket pub = zmq.socket(PUB);
      String bound = pub.bind(Endpoints.TCP);
      try (RawPeer peer = RawPeer.connect(bound)) {
        peer.send("01 00");
        assertThat(pub.awaitSubscribers(1, Await.LONG)).isTrue();
        pub.send("x");
        peer.read(10);
        assertThat(text(peer.read(3))).isEqualTo("020078");
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"00 00", "01 00 00 00", "01 00 FF 0000000000000000 00"})
    void ofZmtp10ThatBreakTheProtocolAreDisconnected(String octets) {
      try (RawPeer peer = RawPeer.connect(endpoint)) {
        peer.sendAsFarAsPossible(hex(octets));
        peer.readToEnd();
      }
      try (RawPeer push = push()) {
        push.sendMessage("after");
        assertThat(pull.recvString()).isEqualTo("after");
      }
    }
  }
}
