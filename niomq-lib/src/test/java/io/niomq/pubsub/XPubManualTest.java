package io.niomq.pubsub;

import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.SUB;
import static io.niomq.SocketType.XPUB;
import static io.niomq.SocketType.XSUB;
import static io.niomq.testing.Octets.text;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqStateException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The manual XPUB: ZMQ_XPUB_MANUAL and ZMQ_XPUB_MANUAL_LAST_VALUE of zmq_setsockopt. */
@ExtendWith(NoLeaks.class)
class XPubManualTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private String endpoint;
  private Socket xpub;

  @BeforeEach
  void bind() {
    endpoint = Endpoints.inproc();
    xpub = zmq.bound(XPUB, endpoint);
  }

  private static String subscribed(String topic) {
    return "01" + text(utf8(topic));
  }

  private static String cancelled(String topic) {
    return "00" + text(utf8(topic));
  }

  private String notice() {
    return text(xpub.recv());
  }

  /** A SUB that has asked for {@code topic} and whose notice was read. */
  private Socket asking(String topic) {
    Socket sub = zmq.connected(SUB, endpoint);
    sub.subscribe(topic);
    assertThat(notice()).isEqualTo(subscribed(topic));
    return sub;
  }

  @Nested
  class Manual {
    @BeforeEach
    void set() {
      xpub.set(SocketOptions.XPUB_MANUAL, true);
    }

    @Test
    @ShowsOption("ZMQ_XPUB_MANUAL")
    void subscribesThePeerToWhatTheApplicationSays() {
      Socket sub = zmq.connected(XSUB, endpoint); // does not filter
      sub.send("\u0001A");
      assertThat(notice()).isEqualTo(subscribed("A"));
      xpub.subscribe("B");
      xpub.send("A1");
      xpub.send("B1");
      assertThat(sub.recvString()).isEqualTo("B1");
      assertThat(xpub.drops()).containsEntry(DropReason.NO_SUBSCRIBER, 1L);
    }

    @Test
    void showsEverySubscriptionAndCancellation() {
      Socket one = asking("A");
      Socket two = asking("A");
      one.subscribe("A");
      assertThat(notice()).isEqualTo(subscribed("A"));
      two.unsubscribe("A");
      assertThat(notice()).isEqualTo(cancelled("A"));
      assertThat(xpub.get(SocketOptions.TOPICS_COUNT)).isZero();
    }

    @Test
    void subscribesNobodyWhenThePeerHasGoneSinceItsNoticeWasRead() {
      Socket one = asking("A");
      one.close();
      Await.until("it is gone", () -> xpub.explain().peers().isEmpty());
      xpub.subscribe("A");
      assertThat(xpub.get(SocketOptions.TOPICS_COUNT)).isZero();
    }

    @Test
    void actsOnThePeerOfTheNoticeThatWasReadLast() {
      Socket one = asking("");
      Socket two = asking("");
      xpub.subscribe("to two");
      xpub.send("to two, 1");
      assertThat(two.recvString()).isEqualTo("to two, 1");
      one.subscribe("x");
      two.subscribe("y"); // waits to be read
      assertThat(notice()).isEqualTo(subscribed("x"));
      xpub.subscribe("to one");
      xpub.send("to one, 1");
      assertThat(one.recvString()).isEqualTo("to one, 1");
      assertThat(one.tryRecv()).isNull();
      assertThat(two.tryRecv()).isNull();
    }

    @Test
    void endsASubscriptionWhenTheApplicationSaysSo() {
      Socket sub = asking("A");
      xpub.subscribe("A");
      sub.unsubscribe("A");
      sub.subscribe("");
      assertThat(notice()).isEqualTo(cancelled("A"));
      xpub.send("A1"); // the cancellation has no effect by itself
      assertThat(sub.recvString()).isEqualTo("A1");
      xpub.unsubscribe("A");
      xpub.send("A2");
      assertThat(sub.tryRecv()).isNull();
      assertThat(notice()).isEqualTo(subscribed(""));
    }

    @Test
    void takesAMessageOfThePeerForANoticeToo() {
      Socket xsub = zmq.connected(XSUB, endpoint);
      xsub.send(Message.of("please", "subscribe me"));
      assertThat(xpub.recvMessage()).isEqualTo(Message.of("please", "subscribe me"));
      xpub.subscribe("A");
      xpub.send("A1");
      assertThat(xsub.recvString()).isEqualTo("A1");
    }

    @Test
    void showsWhatAPeerHadAskedForWhenItGoes() {
      Socket staying = asking("A");
      xpub.subscribe("A");
      Socket leaving = asking("A");
      xpub.subscribe("confirmed, not asked for");
      leaving.subscribe("B");
      assertThat(notice()).isEqualTo(subscribed("B"));
      leaving.subscribe("C").unsubscribe("C");
      assertThat(List.of(notice(), notice())).containsExactly(subscribed("C"), cancelled("C"));
      leaving.close();
      assertThat(List.of(notice(), notice()))
          .containsExactlyInAnyOrder(cancelled("A"), cancelled("B"));
      assertThat(xpub.get(SocketOptions.TOPICS_COUNT)).isEqualTo(1);
      xpub.send("A1");
      assertThat(staying.recvString()).isEqualTo("A1");
    }

    @Test
    void subscribesNobodyWhenThePeerIsGone() {
      asking("A").close();
      assertThat(notice()).isEqualTo(cancelled("A"));
      xpub.subscribe("A");
      assertThat(xpub.get(SocketOptions.TOPICS_COUNT)).isZero();
    }

    @Test
    void subscribesNobodyWhenThePeerWentBeforeItsNoticeWasRead() {
      Events events = Events.of(xpub);
      String tcp = xpub.bind(Endpoints.TCP);
      try (RawPeer sub = RawPeer.connect(tcp).handshake("SUB")) {
        sub.sendCommand("SUBSCRIBE", utf8("A"));
        assertThat(notice()).isEqualTo(subscribed("A"));
        sub.sendCommand("SUBSCRIBE", utf8("B"));
      }
      events.await(Type.DISCONNECTED);
      assertThat(notice()).isEqualTo(subscribed("B"));
      xpub.subscribe("B");
      assertThat(xpub.get(SocketOptions.TOPICS_COUNT)).isZero();
      assertThat(List.of(notice(), notice()))
          .containsExactlyInAnyOrder(cancelled("A"), cancelled("B"));
    }

    @Test
    void refusesBeforeTheFirstNotice() {
      assertThatThrownBy(() -> xpub.subscribe("A"))
          .isInstanceOfSatisfying(
              ZmqStateException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EFSM))
          .hasMessageContaining("notice");
    }

    @Test
    void goesBackToTheUsualWay() {
      Socket sub = asking("A");
      xpub.set(SocketOptions.XPUB_MANUAL, false);
      sub.subscribe("B");
      assertThat(notice()).isEqualTo(subscribed("B"));
      xpub.send("A1");
      xpub.send("B1");
      assertThat(sub.recvString()).isEqualTo("B1");
      sub.close();
      assertThat(notice()).isEqualTo(cancelled("B"));
      Socket next = zmq.connected(SUB, endpoint);
      next.subscribe("next");
      assertThat(notice()).isEqualTo(subscribed("next")); // nothing of A in between
    }

    @Test
    void isNeededToSubscribePeers() {
      xpub.set(SocketOptions.XPUB_MANUAL, false);
      assertThatThrownBy(() -> xpub.subscribe("A"))
          .isInstanceOfSatisfying(
              ZmqArgumentException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
          .hasMessageContaining("ZMQ_XPUB_MANUAL");
      assertThatThrownBy(() -> xpub.unsubscribe("A")).isInstanceOf(ZmqArgumentException.class);
      assertThatThrownBy(() -> zmq.socket(PUB).set(SocketOptions.XPUB_MANUAL, true))
          .isInstanceOf(ZmqArgumentException.class);
    }
  }

  @Nested
  class ManualLastValue {
    @BeforeEach
    void set() {
      xpub.set(SocketOptions.XPUB_MANUAL_LAST_VALUE, true);
    }

    @Test
    @ShowsOption("ZMQ_XPUB_MANUAL_LAST_VALUE")
    void sendsTheNextMessageToTheLastPeerOnly() {
      Socket first = asking("A");
      xpub.subscribe("A");
      Socket second = asking("A");
      xpub.subscribe("A");
      xpub.send("A, the last value");
      xpub.send("A, news");
      assertThat(second.recvString()).isEqualTo("A, the last value");
      assertThat(second.recvString()).isEqualTo("A, news");
      assertThat(first.recvString()).isEqualTo("A, news");
      assertThat(first.tryRecv()).isNull();
    }

    @Test
    void sendsItToNobodyWhenThePeerIsNotSubscribedToIt() {
      Socket first = asking("");
      xpub.subscribe("");
      xpub.send("to the first");
      Socket second = asking("A");
      xpub.subscribe("A");
      xpub.send("B is not for the second");
      xpub.send("A for both");
      assertThat(first.recvString()).isEqualTo("to the first");
      assertThat(first.recvString()).isEqualTo("A for both");
      assertThat(second.recvString()).isEqualTo("A for both");
      assertThat(xpub.drops()).containsOnly(Map.entry(DropReason.NO_SUBSCRIBER, 1L));
    }

    @Test
    void sendsToAllWhenTheLastPeerIsGone() {
      Socket staying = asking("A");
      xpub.subscribe("A");
      xpub.send("A1");
      assertThat(staying.recvString()).isEqualTo("A1");
      asking("A").close();
      assertThat(notice()).isEqualTo(cancelled("A"));
      xpub.send("A2");
      assertThat(staying.recvString()).isEqualTo("A2");
    }

    @Test
    void isManual() {
      Socket sub = asking("A");
      xpub.send("A1");
      assertThat(sub.tryRecv()).isNull();
      xpub.set(SocketOptions.XPUB_MANUAL_LAST_VALUE, false);
      assertThatThrownBy(() -> xpub.subscribe("A")).isInstanceOf(ZmqArgumentException.class);
    }

    @Test
    void staysWithTheLastPeerWhileItIsFull() {
      String narrow = Endpoints.inproc();
      Socket careful = zmq.limited(XPUB, 1, 0).set(SocketOptions.XPUB_MANUAL_LAST_VALUE, true);
      careful.set(SocketOptions.XPUB_NODROP, true);
      careful.bind(narrow);
      Socket other = zmq.limited(SUB, 0, 0);
      other.connect(narrow);
      other.subscribe("");
      careful.recv();
      careful.subscribe("");
      Socket slow = zmq.limited(SUB, 0, 1);
      slow.connect(narrow);
      slow.subscribe("");
      careful.recv();
      careful.subscribe("");
      careful.send("only to slow");
      careful.send("to both");
      slow.subscribe("again");
      careful.recv();
      assertThat(careful.trySend("only to slow, later")).isFalse();
      assertThat(slow.recvString()).isEqualTo("only to slow");
      assertThat(slow.recvString()).isEqualTo("to both");
      careful.send("only to slow, later");
      assertThat(slow.recvString()).isEqualTo("only to slow, later");
      assertThat(other.recvString()).isEqualTo("to both");
      assertThat(other.tryRecv()).isNull();
    }
  }
}
