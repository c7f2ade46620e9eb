package io.niomq.pubsub;

import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.SUB;
import static io.niomq.SocketType.XPUB;
import static io.niomq.SocketType.XSUB;
import static io.niomq.testing.Octets.hex;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Message;
import io.niomq.Socket;
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
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Options of publishers and subscribers, as zmq_setsockopt and zmq_getsockopt describe them. */
@ExtendWith(NoLeaks.class)
class PublisherOptionsTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  @Nested
  class WelcomeMessage {
    @ParameterizedTest
    @EnumSource(names = {"PUB", "XPUB"})
    @ShowsOption("ZMQ_XPUB_WELCOME_MSG")
    void isTheFirstMessageToEachNewPeer(SocketType type) {
      Socket pub = zmq.socket(type).set(SocketOptions.XPUB_WELCOME_MSG, utf8("Hello"));
      String tcp = pub.bind(Endpoints.TCP);
      try (RawPeer one = RawPeer.connect(tcp).handshake("SUB");
          RawPeer two = RawPeer.connect(tcp).handshake("SUB")) {
        assertThat(one.readFrame().text()).isEqualTo("Hello"); // without any subscription
        one.sendCommand("SUBSCRIBE", new byte[0]);
        assertThat(pub.awaitSubscribers(1, Await.LONG)).isTrue();
        pub.send("news");
        assertThat(one.readFrame().text()).isEqualTo("news");
        assertThat(two.readFrame().text()).isEqualTo("Hello");
      }
    }

    @Test
    void isDroppedByASubThatDoesNotWantIt() {
      Socket pub = zmq.socket(PUB).set(SocketOptions.XPUB_WELCOME_MSG, utf8("Hello"));
      String endpoint = pub.bind(Endpoints.inproc());
      Socket wants = zmq.socket(SUB).subscribe("H");
      Socket wantsNot = zmq.socket(SUB).subscribe("news");
      wants.connect(endpoint);
      wantsNot.connect(endpoint);
      assertThat(wants.recvString()).isEqualTo("Hello");
      assertThat(pub.awaitSubscribers("news", 1, Await.LONG)).isTrue();
      pub.send("news");
      assertThat(wantsNot.recvString()).isEqualTo("news");
    }

    @Test
    void comesFromAConnectingPublisherToo() {
      String endpoint = Endpoints.inproc();
      Socket sub = zmq.bound(SUB, endpoint).subscribe("");
      Socket pub = zmq.socket(PUB).set(SocketOptions.XPUB_WELCOME_MSG, utf8("Hello"));
      pub.connect(endpoint);
      assertThat(sub.recvString()).isEqualTo("Hello");
    }

    @Test
    void isForPeersToCome() {
      Socket pub = zmq.socket(XPUB);
      String endpoint = pub.bind(Endpoints.inproc());
      Socket early = zmq.connected(SUB, endpoint).subscribe("");
      pub.set(SocketOptions.XPUB_WELCOME_MSG, utf8("Hello"));
      Socket late = zmq.connected(SUB, endpoint).subscribe("");
      pub.set(SocketOptions.XPUB_WELCOME_MSG, new byte[0]);
      Socket last = zmq.connected(SUB, endpoint).subscribe("");
      assertThat(pub.awaitSubscribers(3, Await.LONG)).isTrue();
      pub.send("news");
      assertThat(early.recvString()).isEqualTo("news");
      assertThat(late.recvString()).isEqualTo("Hello");
      assertThat(late.recvString()).isEqualTo("news");
      assertThat(last.recvString()).isEqualTo("news");
    }
  }

  @Nested
  class OnlyFirstSubscribe {
    private final byte[] subscribeA = hex("01 41");
    private final byte[] subscribeB = hex("01 42");

    @Test
    @ShowsOption("ZMQ_ONLY_FIRST_SUBSCRIBE")
    void leavesMessagesThatBeginOtherwiseAloneAtThePublisher() {
      Socket xpub = zmq.socket(XPUB).set(SocketOptions.ONLY_FIRST_SUBSCRIBE, true);
      String tcp = xpub.bind(Endpoints.TCP);
      try (RawPeer xsub = RawPeer.connect(tcp).handshake("XSUB")) {
        xsub.send("01 01 78  00 02 0141"); // a message of "x" and what looks like a subscription
        assertThat(xpub.recvMessage()).isEqualTo(Message.of(utf8("x"), subscribeA));
        assertThat(xpub.get(SocketOptions.TOPICS_COUNT)).isZero();
        xsub.send("01 02 0141  00 02 0142"); // begins with a subscription
        assertThat(xpub.recv()).isEqualTo(subscribeA);
        assertThat(xpub.recv()).isEqualTo(subscribeB);
        assertThat(xpub.get(SocketOptions.TOPICS_COUNT)).isEqualTo(2);
      }
    }

    @Test
    void isOffAtFirst() {
      Socket xpub = zmq.socket(XPUB);
      String tcp = xpub.bind(Endpoints.TCP);
      try (RawPeer xsub = RawPeer.connect(tcp).handshake("XSUB")) {
        xsub.send("01 01 78  00 02 0141");
        assertThat(xpub.recv()).isEqualTo(subscribeA);
        assertThat(xpub.recvMessage()).isEqualTo(Message.of("x"));
      }
    }

    @Test
    void leavesMessagesThatBeginOtherwiseAloneAtTheSubscriber() {
      Socket xsub = zmq.socket(XSUB).set(SocketOptions.ONLY_FIRST_SUBSCRIBE, true);
      Events events = Events.of(xsub);
      String tcp = xsub.bind(Endpoints.TCP);
      try (RawPeer pub = RawPeer.connect(tcp).handshake("XPUB")) {
        events.await(Type.HANDSHAKE_SUCCEEDED);
        xsub.send(Message.of(utf8("x"), subscribeA));
        assertThat(pub.readFrame().hex()).isEqualTo("01 78");
        assertThat(pub.readFrame().hex()).isEqualTo("00 0141");
        assertThat(xsub.get(SocketOptions.TOPICS_COUNT)).isZero();
        xsub.send(Message.of(subscribeA, subscribeB));
        assertThat(pub.readFrame().hex()).isEqualTo("00 0141");
        assertThat(pub.readFrame().hex()).isEqualTo("00 0142");
        assertThat(xsub.get(SocketOptions.TOPICS_COUNT)).isEqualTo(2);
      }
    }
  }

  @Nested
  class VerboseUnsubscribe {
    @Test
    @ShowsOption("ZMQ_XSUB_VERBOSE_UNSUBSCRIBE")
    void passesEachCancellationOn() {
      Socket xsub = zmq.socket(XSUB).set(SocketOptions.XSUB_VERBOSE_UNSUBSCRIBE, true);
      Events events = Events.of(xsub);
      String tcp = xsub.bind(Endpoints.TCP);
      try (RawPeer pub = RawPeer.connect(tcp).handshake("XPUB")) {
        events.await(Type.HANDSHAKE_SUCCEEDED);
        xsub.send(hex("01 41"));
        xsub.send(hex("01 41"));
        xsub.send(hex("00 41"));
        xsub.send(hex("00 41"));
        xsub.send(hex("00 41")); // of what is not subscribed any more
        for (String frame : new String[] {"0141", "0141", "0041", "0041", "0041"}) {
          assertThat(pub.readFrame().hex()).isEqualTo("00 " + frame);
        }
      }
    }
  }

  @Nested
  class TopicsCount {
    @Test
    @ShowsOption("ZMQ_TOPICS_COUNT")
    void isHowManyPrefixesThePeersHold() {
      String endpoint = Endpoints.inproc();
      Socket pub = zmq.bound(PUB, endpoint);
      assertThat(pub.get(SocketOptions.TOPICS_COUNT)).isZero();
      Socket one = zmq.connected(SUB, endpoint).subscribe("A").subscribe("AB").subscribe("");
      Socket two = zmq.connected(SUB, endpoint).subscribe("A").subscribe("C");
      assertThat(pub.awaitSubscribers("C", 2, Await.LONG)).isTrue();
      assertThat(pub.get(SocketOptions.TOPICS_COUNT)).isEqualTo(4);
      assertThat(pub.options()).containsEntry(SocketOptions.TOPICS_COUNT, 4);
      two.unsubscribe("C");
      Await.until("it is cancelled", () -> pub.get(SocketOptions.TOPICS_COUNT) == 3);
      one.close(); // its prefixes go with it, which libzmq forgets
      Await.until("they are gone", () -> pub.get(SocketOptions.TOPICS_COUNT) == 1);
    }

    @Test
    void isHowManyPrefixesASubscriberHas() {
      Socket sub = zmq.socket(SUB).subscribe("A").subscribe("A").subscribe("B");
      assertThat(sub.get(SocketOptions.TOPICS_COUNT)).isEqualTo(2);
      sub.unsubscribe("A");
      assertThat(sub.get(SocketOptions.TOPICS_COUNT)).isEqualTo(2);
      sub.unsubscribe("A");
      assertThat(sub.get(SocketOptions.TOPICS_COUNT)).isEqualTo(1);
      Socket xsub = zmq.socket(XSUB);
      xsub.send(hex("01 41"));
      xsub.send(hex("01 41 42"));
      assertThat(xsub.get(SocketOptions.TOPICS_COUNT)).isEqualTo(2);
      xsub.send(hex("00 41"));
      assertThat(xsub.get(SocketOptions.TOPICS_COUNT)).isEqualTo(1);
    }

    @Test
    void isOnlyForPublishersAndSubscribersAndOnlyToBeRead() {
      assertThatThrownBy(() -> zmq.socket(PUSH).get(SocketOptions.TOPICS_COUNT))
          .isInstanceOf(ZmqArgumentException.class);
      assertThatThrownBy(() -> zmq.socket(PUB).set(SocketOptions.TOPICS_COUNT, 1))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining("only be read");
    }
  }

  @Nested
  class InvertMatching {
    @ParameterizedTest
    @EnumSource(names = {"PUB", "XPUB"})
    @ShowsOption("ZMQ_INVERT_MATCHING")
    void onBothSidesDeliversWhatDoesNotMatch(SocketType type) {
      Socket pub = zmq.socket(type).set(SocketOptions.INVERT_MATCHING, true);
      String tcp = pub.bind(Endpoints.TCP);
      Socket sub = zmq.socket(SUB).set(SocketOptions.INVERT_MATCHING, true).subscribe("A");
      Socket xsub = zmq.connected(XSUB, tcp); // not concerned, and has no prefix that could match
      sub.connect(tcp);
      assertThat(pub.awaitConnected(2, Await.LONG)).isTrue();
      assertThat(pub.awaitSubscribers(1, Await.LONG)).isTrue();
      pub.send("A1");
      pub.send("B1");
      assertThat(sub.recvString()).isEqualTo("B1");
      assertThat(xsub.recvString()).isEqualTo("A1");
      assertThat(xsub.recvString()).isEqualTo("B1");
      assertThat(sub.drops()).isEmpty();
    }

    @Test
    void canBeReadAndTurnedOffAgain() {
      String endpoint = Endpoints.inproc();
      Socket pub = zmq.bound(PUB, endpoint).set(SocketOptions.INVERT_MATCHING, true);
      Socket sub = zmq.connected(SUB, endpoint).subscribe("A");
      assertThat(pub.get(SocketOptions.INVERT_MATCHING)).isTrue();
      pub.set(SocketOptions.INVERT_MATCHING, false);
      assertThat(pub.awaitSubscribers("A", 1, Await.LONG)).isTrue();
      pub.send("A1");
      assertThat(sub.recvString()).isEqualTo("A1");
    }
  }

  @Nested
  class Refusals {
    @Test
    void ofVerboseFlagsOnAPubThatShowsNothing() {
      Socket pub = zmq.socket(PUB);
      assertThatThrownBy(() -> pub.set(SocketOptions.XPUB_VERBOSE, true))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining("ZMQ_XPUB_VERBOSE")
          .hasMessageContaining("XPUB")
          .hasMessageContaining("not for PUB");
      assertThatThrownBy(() -> pub.set(SocketOptions.XPUB_VERBOSER, true))
          .isInstanceOf(ZmqArgumentException.class);
      assertThatThrownBy(() -> pub.set(SocketOptions.XPUB_MANUAL_LAST_VALUE, true))
          .isInstanceOf(ZmqArgumentException.class);
    }

    @Test
    void ofPublisherOptionsOnASub() {
      Socket sub = zmq.socket(SUB);
      assertThatThrownBy(() -> sub.set(SocketOptions.XPUB_WELCOME_MSG, utf8("x")))
          .isInstanceOf(ZmqArgumentException.class);
      assertThatThrownBy(() -> sub.set(SocketOptions.ONLY_FIRST_SUBSCRIBE, true))
          .isInstanceOf(ZmqArgumentException.class);
      assertThatThrownBy(() -> sub.set(SocketOptions.XSUB_VERBOSE_UNSUBSCRIBE, true))
          .isInstanceOf(ZmqArgumentException.class);
      assertThatThrownBy(() -> sub.set(SocketOptions.XPUB_NODROP, true))
          .isInstanceOf(ZmqArgumentException.class);
    }
  }
}
