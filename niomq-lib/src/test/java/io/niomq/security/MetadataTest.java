package io.niomq.security;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PAIR;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.ROUTER;
import static io.niomq.SocketType.XPUB;
import static io.niomq.SocketType.XSUB;
import static io.niomq.testing.Octets.join;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Errno;
import io.niomq.Message;
import io.niomq.PeerProperties;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.ZmqArgumentException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RFC 37, Connection Metadata; zmq_msg_gets. */
@ExtendWith(NoLeaks.class)
class MetadataTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  @Nested
  class OfAReceivedMessage {
    @Test
    void tellsTheSubscriberOfANotice() {
      Socket xpub = zmq.socket(XPUB).set(SocketOptions.XPUB_VERBOSER, true);
      String endpoint = xpub.bind(Endpoints.TCP);
      for (String name : new String[] {"X-name:one", "X-name:two"}) {
        Socket xsub = zmq.socket(XSUB).set(SocketOptions.METADATA, name);
        xsub.connect(endpoint);
        assertThat(xsub.awaitConnected(1, Await.LONG)).isTrue();
        xsub.send("\u0001A");
        xsub.send("a message");
        for (String body : new String[] {"\u0001A", "a message"}) {
          Message notice = xpub.recvMessage();
          assertThat(notice).isEqualTo(Message.of(body));
          PeerProperties peer = notice.peerProperties();
          assertThat("X-name:" + peer.get("X-name")).isEqualTo(name);
          assertThat(peer.get("Peer-Address")).isEqualTo("127.0.0.1");
        }
        xsub.close();
        Message cancelled = xpub.recvMessage(); // made up here, because the peer is gone
        assertThat(cancelled).isEqualTo(Message.of("\0A"));
        assertThat(cancelled.peerProperties().isEmpty()).isTrue();
      }
    }

    @Test
    void tellsTypeIdentityAndAddressOfItsSender() {
      Socket router = zmq.socket(ROUTER);
      Socket dealer = zmq.socket(DEALER).set(SocketOptions.ROUTING_ID, utf8("alice"));
      dealer.connect(router.bind(Endpoints.TCP));
      dealer.send("hello");
      PeerProperties peer = router.recvMessage().peerProperties();
      assertThat(peer.get("Socket-Type")).isEqualTo("DEALER");
      assertThat(peer.bytes("Identity")).isEqualTo(utf8("alice"));
      assertThat(peer.get("Peer-Address")).isEqualTo("127.0.0.1");
      assertThat(peer.get("User-Id")).isNull();
      assertThat(peer.names()).containsExactlyInAnyOrder("Socket-Type", "Identity", "Peer-Address");
    }

    @Test
    void isAlsoToldOfALocalPeerOverIpc() {
      Socket pull = zmq.socket(PULL);
      String endpoint = pull.bind(Endpoints.ipc());
      zmq.connected(PUSH, endpoint).send("hello");
      assertThat(pull.recvMessage().peerProperties().get("Peer-Address"))
          .startsWith("localhost:" + System.getProperty("user.name"));
    }

    @Test
    void isThatOfEachMessagesOwnSender() {
      Socket pull = zmq.socket(PULL);
      String endpoint = pull.bind(Endpoints.TCP);
      for (String name : new String[] {"one", "two", "three"}) {
        Socket push = zmq.socket(PUSH).set(SocketOptions.METADATA, "X-name:" + name);
        push.connect(endpoint);
        push.send(name);
      }
      for (int i = 0; i < 3; i++) {
        Message message = pull.recvMessage();
        assertThat(message.peerProperties().get("X-name")).isEqualTo(message.string(0));
        assertThat(pull.lastPeerProperties().get("X-name")).isEqualTo(message.string(0));
      }
    }

    @Test
    void isKnownForFramesToo() {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.socket(PUSH).set(SocketOptions.METADATA, "X-a:b");
      push.connect(pull.bind(Endpoints.TCP));
      assertThat(pull.lastPeerProperties().isEmpty()).isTrue();
      push.send(Message.of("1", "2", "3"));
      pull.recv();
      assertThat(pull.lastPeerProperties().get("X-a")).isEqualTo("b");
      assertThat(pull.recvMessage().peerProperties().get("X-a")).isEqualTo("b");
    }

    @Test
    void goesWithACopyAndNotWithTheMessageThatIsSentOn() {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.socket(PUSH).set(SocketOptions.METADATA, "X-a:b");
      push.connect(pull.bind(Endpoints.TCP));
      push.send("x");
      Message message = pull.recvMessage();
      assertThat(message.copy().peerProperties().get("X-a")).isEqualTo("b");
      push.send(message);
      assertThat(message.peerProperties().isEmpty()).isTrue();
    }

    @Test
    void isEmptyWithinOneProcess() {
      String endpoint = Endpoints.inproc();
      Socket one = zmq.bound(PAIR, endpoint);
      Socket two = zmq.socket(PAIR).set(SocketOptions.METADATA, "X-a:b");
      two.connect(endpoint);
      two.send("x");
      assertThat(one.recvMessage().peerProperties().isEmpty()).isTrue();
    }
  }

  @Nested
  class FromThePeer {
    private PeerProperties received(byte[]... properties) {
      Socket pull = zmq.socket(PULL);
      String endpoint = pull.bind(Endpoints.TCP);
      byte[] all = join(RawPeer.property("Socket-Type", utf8("PUSH")), join(properties));
      try (RawPeer push = RawPeer.connect(endpoint)) {
        push.handshake(1, RawPeer.command("READY", all)).sendMessage("x");
        return pull.recvMessage().peerProperties();
      }
    }

    @Test
    void isReadWhateverItsName() {
      PeerProperties peer =
          received(
              RawPeer.property("Resource", utf8("/printers")),
              RawPeer.property("Colour", utf8("blue")),
              RawPeer.property("X-empty", new byte[0]));
      assertThat(peer.get("Resource")).isEqualTo("/printers");
      assertThat(peer.get("colour")).isEqualTo("blue");
      assertThat(peer.get("X-empty")).isEmpty();
      assertThat(peer.get("X-absent")).isNull();
    }

    @Test
    void countsOnceAndFirst() {
      PeerProperties peer =
          received(RawPeer.property("X-a", utf8("1")), RawPeer.property("x-A", utf8("2")));
      assertThat(peer.get("X-a")).isEqualTo("1");
    }

    /** libzmq lets a peer name its own user as long as there is no ZAP handler. */
    @Test
    void cannotClaimAUserOrAnAddress() {
      PeerProperties peer =
          received(
              RawPeer.property("User-Id", utf8("root")),
              RawPeer.property("user-id", utf8("root")),
              RawPeer.property("Peer-Address", utf8("10.0.0.1")));
      assertThat(peer.get("User-Id")).isNull();
      assertThat(peer.get("Peer-Address")).isEqualTo("127.0.0.1");
    }
  }

  @Nested
  class Ours {
    private static final int LIMIT = 61440;

    /** vectors.md: PUSH with X-hello:world. */
    @Test
    @ShowsOption("ZMQ_METADATA")
    void followsTypeAndIdentityInReady() {
      Socket push = zmq.socket(PUSH).set(SocketOptions.METADATA, "X-hello:world");
      String endpoint = push.bind(Endpoints.TCP);
      try (RawPeer pull = RawPeer.connect(endpoint)) {
        pull.send(RawPeer.greeting(1));
        pull.read(64);
        assertThat(pull.readFrame().text())
            .isEqualTo("\5READY\13Socket-Type\0\0\0\4PUSH\7X-hello\0\0\0\5world");
      }
    }

    @Test
    @ShowsOption("ZMQ_METADATA")
    void addsUpAndKeepsTheFirstValueOfAName() {
      Socket pull = zmq.socket(PULL);
      Socket push =
          zmq.socket(PUSH)
              .set(SocketOptions.METADATA, "X-a:1")
              .set(SocketOptions.METADATA, "X-b:2:3")
              .set(SocketOptions.METADATA, "X-a:4");
      push.connect(pull.bind(Endpoints.TCP));
      push.send("x");
      PeerProperties peer = pull.recvMessage().peerProperties();
      assertThat(peer.get("X-a")).isEqualTo("1");
      assertThat(peer.get("X-b")).isEqualTo("2:3");
    }

    /** A property takes four octets more than its name and value, and one for the name's size. */
    @Test
    void arriveUpToTheLimitAndAreRefusedBeyond() {
      Socket router = zmq.socket(ROUTER);
      Socket dealer = zmq.socket(DEALER).set(SocketOptions.ROUTING_ID, new byte[255]);
      dealer.set(SocketOptions.METADATA, "X-a:" + "a".repeat(1 << 15));
      int rest = LIMIT - (1 + 3 + 4 + (1 << 15)) - (1 + 3 + 4);
      assertThatThrownBy(() -> dealer.set(SocketOptions.METADATA, "X-b:" + "b".repeat(rest + 1)))
          .isInstanceOfSatisfying(
              ZmqArgumentException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
          .hasMessageContaining("ZMQ_METADATA")
          .hasMessageContaining("X-b")
          .hasMessageContaining("61440");
      dealer.set(SocketOptions.METADATA, "X-b:" + "\u00e9".repeat(rest / 2));
      assertThatThrownBy(() -> dealer.set(SocketOptions.METADATA, "X-c:c"))
          .isInstanceOf(ZmqArgumentException.class);
      dealer.set(SocketOptions.METADATA, "X-A:again"); // known already, and so not sent

      dealer.connect(router.bind(Endpoints.TCP));
      dealer.send("x");
      PeerProperties peer = router.recvMessage().peerProperties();
      assertThat(peer.get("X-a")).hasSize(1 << 15);
      assertThat(peer.get("X-b")).hasSize(rest / 2);
      assertThat(peer.get("X-c")).isNull();
    }

    /** They are as many properties as one likes, but not more. */
    @Test
    void thatAreManyAddUp() {
      Socket push = zmq.socket(PUSH);
      int size = 1 + 6 + 4 + 1000;
      for (int i = 0; i < LIMIT / size; i++) {
        push.set(SocketOptions.METADATA, "X-" + (1000 + i) + ":" + "v".repeat(1000));
      }
      assertThatThrownBy(() -> push.set(SocketOptions.METADATA, "X-more:" + "v".repeat(1000)))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining("X-more");
    }
  }
}
