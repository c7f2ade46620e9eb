package io.niomq.pubsub;

import static io.niomq.SocketType.SUB;
import static io.niomq.SocketType.XPUB;
import static io.niomq.SocketType.XSUB;
import static io.niomq.testing.Octets.hex;
import static io.niomq.testing.Octets.text;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.DropReason;
import io.niomq.Message;
import io.niomq.Poller;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RFC 29, The XPUB Socket Type. */
@ExtendWith(NoLeaks.class)
class XPubTest {
  private static final String SUBSCRIBED_A = "0141";
  private static final String CANCELLED_A = "0041";

  @RegisterExtension final Sockets zmq = new Sockets();

  private String endpoint;
  private Socket xpub;

  @BeforeEach
  void bind() {
    endpoint = Endpoints.inproc();
    xpub = zmq.bound(XPUB, endpoint);
  }

  @Test
  void countsMessagesThatWereNotReadButNoNotices() {
    Socket xsub = zmq.connected(XSUB, endpoint);
    xsub.send("\u0001A");
    xsub.send(new byte[] {(byte) 0xFF, 1});
    xsub.send(Message.of("", "x"));
    xpub.close();
    assertThat(xpub.drops()).containsEntry(DropReason.UNREAD_AT_CLOSE, 2L);
  }

  private String notice() {
    return text(xpub.recv());
  }

  /** All notices up to the one of {@code mark}, which a new subscriber makes at the end. */
  private List<String> noticesUntil(Socket sub, String mark) {
    sub.subscribe(mark);
    List<String> notices = new ArrayList<>();
    String last = "01" + text(utf8(mark));
    for (String notice = notice(); !notice.equals(last); notice = notice()) {
      notices.add(notice);
    }
    return notices;
  }

  @Nested
  class Incoming {
    @Test
    void tellsOfSubscriptionsAndCancellations() {
      Socket sub = zmq.connected(SUB, endpoint);
      sub.subscribe("A");
      assertThat(notice()).isEqualTo(SUBSCRIBED_A);
      sub.subscribe("");
      assertThat(notice()).isEqualTo("01");
      sub.unsubscribe("A");
      assertThat(notice()).isEqualTo(CANCELLED_A);
    }

    @Test
    void tellsOfTheFirstSubscriptionAndTheLastCancellationOfAllPeers() {
      Socket one = zmq.connected(SUB, endpoint);
      Socket two = zmq.connected(SUB, endpoint);
      one.subscribe("A");
      assertThat(notice()).isEqualTo(SUBSCRIBED_A);
      two.subscribe("A");
      one.subscribe("A");
      assertThat(noticesUntil(two, "mark")).isEmpty();
      one.unsubscribe("A");
      one.unsubscribe("A");
      assertThat(noticesUntil(one, "mark of one")).isEmpty();
      two.unsubscribe("A");
      assertThat(notice()).isEqualTo(CANCELLED_A);
    }

    @Test
    void tellsOfACancellationOfWhatNobodyHolds() {
      String tcp = xpub.bind(Endpoints.TCP);
      try (RawPeer sub = RawPeer.connect(tcp).handshake("SUB")) {
        sub.sendCommand("CANCEL", utf8("Z"));
        assertThat(notice()).isEqualTo("005A");
      }
    }

    @Test
    void understandsCommandsAndMessages() {
      String tcp = xpub.bind(Endpoints.TCP);
      try (RawPeer sub = RawPeer.connect(tcp).handshake("SUB")) {
        sub.sendCommand("SUBSCRIBE", utf8("A"));
        assertThat(notice()).isEqualTo(SUBSCRIBED_A);
        sub.send("00 02 0142");
        assertThat(notice()).isEqualTo("0142");
        sub.sendCommand("CANCEL", utf8("B"));
        assertThat(notice()).isEqualTo("0042");
        sub.send("00 02 0041");
        assertThat(notice()).isEqualTo(CANCELLED_A);
      }
    }

    @Test
    void splitsAMessageOfSeveralSubscriptions() {
      String tcp = xpub.bind(Endpoints.TCP);
      try (RawPeer sub = RawPeer.connect(tcp).handshake("SUB")) {
        sub.send("01 02 0141  00 02 0142");
        assertThat(notice()).isEqualTo(SUBSCRIBED_A);
        assertThat(xpub.hasMore()).isFalse();
        assertThat(notice()).isEqualTo("0142");
        assertThat(xpub.hasMore()).isFalse();
      }
    }

    @Test
    void passesOtherMessagesOn() {
      Socket xsub = zmq.connected(XSUB, endpoint);
      xsub.send(Message.of("hello", "publisher"));
      xsub.send("");
      assertThat(xpub.recvMessage()).isEqualTo(Message.of("hello", "publisher"));
      assertThat(xpub.recvMessage()).isEqualTo(Message.of(""));
    }

    @Test
    void tellsOfPrefixesThatGoWithTheirPeer() {
      Socket leaving = zmq.connected(SUB, endpoint);
      Socket staying = zmq.connected(SUB, endpoint);
      leaving.subscribe("A").subscribe("B");
      assertThat(List.of(notice(), notice())).containsExactlyInAnyOrder(SUBSCRIBED_A, "0142");
      staying.subscribe("B");
      assertThat(noticesUntil(staying, "mark")).isEmpty();
      leaving.close();
      assertThat(notice()).isEqualTo(CANCELLED_A);
      assertThat(noticesUntil(staying, "another mark")).isEmpty();
    }

    @Test
    void tellsOfPrefixesThatGoWithTheirConnection() {
      String tcp = xpub.bind(Endpoints.TCP);
      try (RawPeer sub = RawPeer.connect(tcp).handshake("SUB")) {
        sub.sendCommand("SUBSCRIBE", utf8("A"));
        assertThat(notice()).isEqualTo(SUBSCRIBED_A);
      }
      assertThat(notice()).isEqualTo(CANCELLED_A);
    }

    @Test
    void endsAWait() {
      Task<String> receiving = Task.call(XPubTest.this::notice).untilWaiting();
      zmq.connected(SUB, endpoint).subscribe("A");
      assertThat(receiving.result()).isEqualTo(SUBSCRIBED_A);
    }
  }

  @Nested
  class Subscriptions {
    @Test
    void takeEffectBeforeTheNoticeIsRead() {
      Socket sub = zmq.connected(SUB, endpoint);
      sub.subscribe("A");
      try (Poller poller = zmq.context().poller()) {
        assertThat(poller.register(xpub, Poller.IN).poll(Await.LONG)).isEqualTo(1);
      }
      xpub.send("A1");
      assertThat(sub.recvString()).isEqualTo("A1");
    }

    @Test
    void areASetForEachPeer() {
      String tcp = xpub.bind(Endpoints.TCP);
      try (RawPeer sub = RawPeer.connect(tcp).handshake("SUB")) {
        sub.sendCommand("SUBSCRIBE", utf8("A")).sendCommand("SUBSCRIBE", utf8("A"));
        sub.sendCommand("CANCEL", utf8("A"));
        assertThat(notice()).isEqualTo(SUBSCRIBED_A);
        assertThat(notice()).isEqualTo(CANCELLED_A);
        xpub.send("A1");
        assertThat(xpub.drops()).containsEntry(DropReason.NO_SUBSCRIBER, 1L);
      }
    }
  }

  @Nested
  class Verbose {
    @Test
    @ShowsOption("ZMQ_XPUB_VERBOSE")
    void tellsOfEverySubscription() {
      xpub.set(SocketOptions.XPUB_VERBOSE, true);
      Socket one = zmq.connected(SUB, endpoint);
      Socket two = zmq.connected(SUB, endpoint);
      one.subscribe("A");
      assertThat(notice()).isEqualTo(SUBSCRIBED_A);
      two.subscribe("A");
      assertThat(notice()).isEqualTo(SUBSCRIBED_A);
      two.subscribe("A");
      assertThat(notice()).isEqualTo(SUBSCRIBED_A);
      one.unsubscribe("A");
      assertThat(noticesUntil(one, "mark")).isEmpty();
      two.unsubscribe("A").unsubscribe("A");
      assertThat(notice()).isEqualTo(CANCELLED_A);
    }

    @Test
    void goesBackToTheFirstOne() {
      xpub.set(SocketOptions.XPUB_VERBOSE, true).set(SocketOptions.XPUB_VERBOSE, false);
      Socket one = zmq.connected(SUB, endpoint);
      one.subscribe("A").subscribe("A");
      assertThat(notice()).isEqualTo(SUBSCRIBED_A);
      assertThat(noticesUntil(one, "mark")).isEmpty();
    }
  }

  @Nested
  class Verboser {
    @Test
    @ShowsOption("ZMQ_XPUB_VERBOSER")
    void tellsOfEverySubscriptionAndEveryCancellation() {
      xpub.set(SocketOptions.XPUB_VERBOSER, true);
      Socket one = zmq.connected(SUB, endpoint);
      Socket two = zmq.connected(SUB, endpoint);
      one.subscribe("A");
      assertThat(notice()).isEqualTo(SUBSCRIBED_A);
      two.subscribe("A");
      assertThat(notice()).isEqualTo(SUBSCRIBED_A);
      one.unsubscribe("A");
      assertThat(notice()).isEqualTo(CANCELLED_A);
      two.unsubscribe("A");
      assertThat(notice()).isEqualTo(CANCELLED_A);
    }

    @Test
    void tellsOfEachPrefixOfAPeerThatGoes() {
      xpub.set(SocketOptions.XPUB_VERBOSER, true);
      Socket one = zmq.connected(SUB, endpoint);
      Socket two = zmq.connected(SUB, endpoint);
      one.subscribe("A");
      two.subscribe("A");
      assertThat(List.of(notice(), notice())).containsOnly(SUBSCRIBED_A);
      one.close();
      assertThat(notice()).isEqualTo(CANCELLED_A);
    }

    @Test
    void losesItsSecondHalfWhenVerboseIsSet() {
      xpub.set(SocketOptions.XPUB_VERBOSER, true).set(SocketOptions.XPUB_VERBOSE, true);
      Socket one = zmq.connected(SUB, endpoint);
      Socket two = zmq.connected(SUB, endpoint);
      one.subscribe("A");
      two.subscribe("A");
      assertThat(List.of(notice(), notice())).containsOnly(SUBSCRIBED_A);
      one.unsubscribe("A");
      assertThat(noticesUntil(one, "mark")).isEmpty();
    }
  }

  @Nested
  class Outgoing {
    @Test
    void isFannedOutByPrefix() {
      Socket one = zmq.connected(SUB, endpoint);
      Socket two = zmq.connected(SUB, endpoint);
      one.subscribe("A");
      two.subscribe("AB");
      notice();
      notice();
      xpub.send("A1");
      xpub.send(Message.of("AB", "2"));
      assertThat(one.recvString()).isEqualTo("A1");
      assertThat(one.recvMessage()).isEqualTo(Message.of("AB", "2"));
      assertThat(two.recvMessage()).isEqualTo(Message.of("AB", "2"));
      assertThat(two.tryRecv()).isNull();
    }

    @Test
    void isAlwaysPossibleForAPoller() {
      try (Poller poller = zmq.context().poller()) {
        poller.register(xpub, Poller.IN | Poller.OUT);
        assertThat(poller.pollNow()).isEqualTo(1);
        assertThat(poller.isWritable(xpub)).isTrue();
        assertThat(poller.isReadable(xpub)).isFalse();
      }
    }

    @Test
    @ShowsOption("ZMQ_XPUB_NODROP")
    void goesToNobodyWithNodropWhenOneIsFull() {
      String narrow = Endpoints.inproc();
      Socket careful = zmq.limited(XPUB, 1, 0).set(SocketOptions.XPUB_NODROP, true);
      careful.set(SocketOptions.XPUB_VERBOSE, true);
      careful.bind(narrow);
      Socket slow = zmq.limited(SUB, 0, 1);
      slow.connect(narrow);
      Socket fast = zmq.limited(SUB, 0, 0);
      fast.connect(narrow);
      slow.subscribe("");
      fast.subscribe("");
      assertThat(careful.recv()).isEqualTo(hex("01"));
      assertThat(careful.recv()).isEqualTo(hex("01"));
      assertThat(careful.trySend("1")).isTrue();
      assertThat(careful.trySend("2")).isTrue();
      assertThat(careful.trySend("3")).isFalse();
      assertThat(fast.recvString()).isEqualTo("1");
      assertThat(fast.recvString()).isEqualTo("2");
      assertThat(fast.tryRecv()).isNull();
      assertThat(slow.recvString()).isEqualTo("1");
      assertThat(slow.recvString()).isEqualTo("2");
      careful.send("3");
      assertThat(fast.recvString()).isEqualTo("3");
      assertThat(slow.recvString()).isEqualTo("3");
    }
  }
}
