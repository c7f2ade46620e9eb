package io.niomq.pubsub;

import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.SUB;
import static io.niomq.SocketType.XPUB;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.Message;
import io.niomq.Poller;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqUnsupportedException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RFC 29, The SUB Socket Type. */
@ExtendWith(NoLeaks.class)
class SubTest {
  private static final String SUBSCRIBE_A = "04 0953554253435249424541";
  private static final String CANCEL_A = "04 0643414E43454C41";

  @RegisterExtension final Sockets zmq = new Sockets();

  @Nested
  class Subscriptions {
    @Test
    void areNoneAtFirst() {
      String endpoint = Endpoints.inproc();
      Socket pub = zmq.bound(PUB, endpoint);
      Socket sub = zmq.connected(SUB, endpoint);
      pub.send("unwanted");
      sub.subscribe("");
      Joining.await(pub, sub, "");
      assertThat(sub.tryRecv()).isNull();
    }

    @Test
    @ShowsOption("ZMQ_SUBSCRIBE")
    void selectByPrefix() {
      String endpoint = Endpoints.inproc();
      Socket pub = zmq.bound(PUB, endpoint);
      Socket sub = zmq.connected(SUB, endpoint);
      sub.subscribe("ab").subscribe("x");
      Joining.await(pub, sub, "x");
      for (String s : new String[] {"a", "ab", "abc", "b", "x", ""}) {
        pub.send(s);
      }
      assertThat(sub.recvString()).isEqualTo("ab");
      assertThat(sub.recvString()).isEqualTo("abc");
      assertThat(sub.recvString()).isEqualTo("x");
      assertThat(sub.tryRecv()).isNull();
    }

    @Test
    @ShowsOption("ZMQ_UNSUBSCRIBE")
    void areCounted() {
      String endpoint = Endpoints.inproc();
      Socket pub = zmq.bound(PUB, endpoint);
      Socket sub = zmq.connected(SUB, endpoint);
      sub.subscribe("a").subscribe("a").subscribe("mark");
      Joining.await(pub, sub, "mark");
      sub.unsubscribe("a").unsubscribe("mark").subscribe("mark");
      Joining.await(pub, sub, "mark");
      pub.send("a1");
      assertThat(sub.recvString()).isEqualTo("a1");
      sub.unsubscribe("a");
      Joining.awaitLeft(pub, sub, "a", "mark");
    }

    @Test
    void thatWereNeverMadeMayBeTakenBack() {
      String endpoint = Endpoints.inproc();
      Socket pub = zmq.bound(PUB, endpoint);
      Socket sub = zmq.connected(SUB, endpoint);
      sub.unsubscribe("a").unsubscribe("a").subscribe("a");
      Joining.await(pub, sub, "a");
      pub.send("a1");
      assertThat(sub.recvString()).isEqualTo("a1");
    }

    @Test
    void ofALongerPrefixSurviveTheShorterOne() {
      String endpoint = Endpoints.inproc();
      Socket pub = zmq.bound(PUB, endpoint);
      Socket sub = zmq.connected(SUB, endpoint);
      sub.subscribe("a").subscribe("abc");
      Joining.await(pub, sub, "abc");
      sub.unsubscribe("a");
      Joining.awaitLeft(pub, sub, "a", "abc");
      pub.send("abcd");
      assertThat(sub.recvString()).isEqualTo("abcd");
    }

    @Test
    void mayBeMoreThanTheHighWaterMarkBeforeTheConnectionExists() {
      String endpoint = Endpoints.freeTcp();
      Socket sub = zmq.limited(SUB, 10, 10);
      for (int i = 0; i < 3000; i++) {
        sub.subscribe("topic " + i + ";");
      }
      sub.connect(endpoint);
      Socket pub = zmq.bound(PUB, endpoint);
      Joining.await(pub, sub, "topic 2999;");
      for (int i = 0; i < 3000; i += 100) {
        Joining.await(pub, sub, "topic " + i + ";");
      }
    }

    @Test
    void areForSubOnly() {
      Socket pub = zmq.socket(PUB);
      assertThatThrownBy(() -> pub.subscribe("a"))
          .isInstanceOfSatisfying(
              ZmqArgumentException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
      assertThatThrownBy(() -> pub.unsubscribe(utf8("a"))).isInstanceOf(ZmqArgumentException.class);
    }
  }

  @Nested
  class Wire {
    @Test
    void saysEverySubscribeButOnlyTheLastCancel() {
      Socket sub = zmq.socket(SUB);
      String endpoint = sub.bind(Endpoints.TCP);
      try (RawPeer pub = RawPeer.connect(endpoint).handshake("PUB")) {
        sub.subscribe("A");
        assertThat(pub.readFrame().hex()).isEqualTo(SUBSCRIBE_A);
        sub.subscribe("A");
        assertThat(pub.readFrame().hex()).isEqualTo(SUBSCRIBE_A);
        sub.unsubscribe("A").unsubscribe("A").unsubscribe("A").subscribe("B");
        assertThat(pub.readFrame().hex()).isEqualTo(CANCEL_A);
        assertThat(pub.readFrame().hex()).isEqualTo("04 0953554253435249424542");
      }
    }

    @Test
    void saysEachDistinctPrefixOnceToANewPublisher() {
      Socket sub = zmq.socket(SUB).subscribe("A").subscribe("A").subscribe("");
      String endpoint = sub.bind(Endpoints.TCP);
      for (int i = 0; i < 2; i++) {
        try (RawPeer pub = RawPeer.connect(endpoint).handshake("PUB")) {
          Set<String> said = new HashSet<>();
          said.add(pub.readFrame().hex());
          said.add(pub.readFrame().hex());
          assertThat(said).containsExactlyInAnyOrder(SUBSCRIBE_A, "04 09535542534352494245");
          sub.unsubscribe("unknown").subscribe("B").unsubscribe("B");
          assertThat(pub.readFrame().hex()).isEqualTo("04 0953554253435249424542");
          assertThat(pub.readFrame().hex()).isEqualTo("04 0643414E43454C42");
        }
      }
    }

    @Test
    void saysThemAgainAfterAReconnect() {
      Socket sub = zmq.socket(SUB).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(10));
      try (RawPeer.Listener listener = RawPeer.listen()) {
        sub.connect(listener.endpoint());
        sub.subscribe("A");
        try (RawPeer pub = listener.accept().handshake("PUB")) {
          assertThat(pub.readFrame().hex()).isEqualTo(SUBSCRIBE_A);
        }
        try (RawPeer pub = listener.accept().handshake("PUB")) {
          assertThat(pub.readFrame().hex()).isEqualTo(SUBSCRIBE_A);
          sub.unsubscribe("A");
          assertThat(pub.readFrame().hex()).isEqualTo(CANCEL_A);
        }
      }
    }

    @Test
    void saysThemAsMessagesToOlderPublishers() {
      Socket sub = zmq.socket(SUB).subscribe("AB");
      String endpoint = sub.bind(Endpoints.TCP);
      try (RawPeer pub = RawPeer.connect(endpoint).handshake(0, RawPeer.ready("PUB"))) {
        assertThat(pub.readFrame().hex()).isEqualTo("00 014142");
        sub.unsubscribe("AB");
        assertThat(pub.readFrame().hex()).isEqualTo("00 004142");
      }
    }

    @Test
    void saysLongPrefixesInLongFrames() {
      Socket sub = zmq.socket(SUB);
      String endpoint = sub.bind(Endpoints.TCP);
      try (RawPeer pub = RawPeer.connect(endpoint).handshake("PUB")) {
        for (int length : new int[] {245, 246, 255, 256, 70_000}) {
          sub.subscribe("t".repeat(length));
          RawPeer.Frame frame = pub.readFrame();
          assertThat(frame.flags()).isEqualTo(4);
          assertThat(frame.text()).isEqualTo("\tSUBSCRIBE" + "t".repeat(length));
        }
      }
    }
  }

  @Nested
  class Incoming {
    @Test
    void isFilteredHereToo() {
      Socket sub = zmq.socket(SUB).subscribe("a");
      String endpoint = sub.bind(Endpoints.TCP);
      try (RawPeer pub = RawPeer.connect(endpoint).handshake("PUB")) {
        pub.sendMessage("unwanted").sendMessage("a1");
        pub.send("01 01 62 00 01 61"); // first frame "b": the second one does not count
        pub.sendMessage("a2");
        assertThat(sub.recvString()).isEqualTo("a1");
        assertThat(sub.recvString()).isEqualTo("a2");
        assertThat(sub.tryRecv()).isNull();
      }
      assertThat(sub.drops()).containsEntry(DropReason.NOT_SUBSCRIBED, 2L);
    }

    @Test
    void isFairQueued() {
      Socket sub = zmq.bound(SUB, Endpoints.inproc());
      sub.subscribe("");
      String endpoint = sub.get(SocketOptions.LAST_ENDPOINT);
      Socket[] pubs = new Socket[3];
      for (int i = 0; i < 3; i++) {
        pubs[i] = zmq.connected(PUB, endpoint);
        Joining.await(pubs[i], sub, "");
      }
      for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 4; j++) {
          pubs[i].send("pub " + i);
        }
      }
      for (int round = 0; round < 4; round++) {
        Set<String> senders = new HashSet<>();
        for (int i = 0; i < 3; i++) {
          senders.add(sub.recvString());
        }
        assertThat(senders).hasSize(3);
      }
    }

    @Test
    void ofWhatNobodySubscribedToDoesNotWakeAPoller() {
      Socket sub = zmq.socket(SUB).subscribe("a");
      String endpoint = sub.bind(Endpoints.TCP);
      try (RawPeer pub = RawPeer.connect(endpoint).handshake("PUB");
          Poller poller = zmq.context().poller()) {
        pub.sendMessage("unwanted");
        poller.register(sub, Poller.IN);
        Await.until(
            "it was filtered",
            () -> {
              assertThat(poller.poll(Duration.ofMillis(20))).isZero();
              return sub.drops().containsKey(DropReason.NOT_SUBSCRIBED);
            });
        pub.sendMessage("a");
        assertThat(poller.poll(Await.LONG)).isEqualTo(1);
      }
    }

    @Test
    void isWholeMessages() {
      String endpoint = Endpoints.inproc();
      Socket pub = zmq.bound(PUB, endpoint);
      Socket sub = zmq.connected(SUB, endpoint);
      sub.subscribe("a");
      Joining.await(pub, sub, "a");
      pub.send(Message.of("a", "b", "", "a"));
      assertThat(sub.recvMessage()).isEqualTo(Message.of("a", "b", "", "a"));
    }
  }

  @Nested
  class Outgoing {
    @Test
    void isNotSupported() {
      Socket sub = zmq.socket(SUB);
      assertThatThrownBy(() -> sub.send("x"))
          .isInstanceOfSatisfying(
              ZmqUnsupportedException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOTSUP));
      assertThatThrownBy(() -> sub.trySend(Message.of("x")))
          .isInstanceOf(ZmqUnsupportedException.class);
    }
  }

  @Nested
  class Linger {
    @Test
    void isNoneByDefault() {
      assertThat(zmq.socket(SUB).get(SocketOptions.LINGER)).isZero();
    }
  }

  @Nested
  class InvertMatching {
    @Test
    void acceptsWhatDoesNotMatch() {
      Socket sub = zmq.socket(SUB).set(SocketOptions.INVERT_MATCHING, true).subscribe("a");
      String endpoint = sub.bind(Endpoints.TCP);
      try (RawPeer pub = RawPeer.connect(endpoint).handshake("PUB")) {
        pub.sendMessage("a1").sendMessage("b1");
        assertThat(sub.recvString()).isEqualTo("b1");
      }
    }
  }

  @Nested
  class WithAnXpub {
    @Test
    void subscriptionsTakeEffectWithoutACallOfTheSubscriber() {
      String endpoint = Endpoints.freeTcp();
      Socket sub = zmq.connected(SUB, endpoint);
      sub.subscribe("a");
      Socket xpub = zmq.bound(XPUB, endpoint);
      assertThat(xpub.recvString()).isEqualTo("\u0001a");
      xpub.send("a1");
      assertThat(sub.recvString()).isEqualTo("a1");
    }
  }
}
