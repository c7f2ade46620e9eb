package io.niomq.pubsub;

import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.SUB;
import static io.niomq.SocketType.XSUB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.Message;
import io.niomq.Poller;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqUnsupportedException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** RFC 29, The PUB Socket Type. */
@ExtendWith(NoLeaks.class)
class PubTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private String endpoint;
  private Socket pub;

  @BeforeEach
  void bind() {
    endpoint = Endpoints.inproc();
    pub = zmq.bound(PUB, endpoint);
  }

  private Socket sub(String... prefixes) {
    Socket sub = zmq.connected(SUB, endpoint);
    for (String prefix : prefixes) {
      sub.subscribe(prefix);
      Joining.await(pub, sub, prefix);
    }
    return sub;
  }

  /** Reads what was published while others joined. */
  private static void readAll(Socket sub) {
    while (sub.tryRecv() != null) {
      continue;
    }
  }

  private long dropped(DropReason reason) {
    return pub.drops().getOrDefault(reason, 0L);
  }

  @Nested
  class Outgoing {
    @Test
    void mayHaveManyFramesWhicheverOfThemIsLarge() {
      Socket one = sub("");
      Socket two = sub("");
      readAll(one);
      for (int large = 60; large < 70; large++) {
        Message message = new Message();
        for (int i = 0; i < 70; i++) {
          message.add(i == large ? new byte[10_000] : new byte[] {(byte) i});
        }
        Message sent = message.copy();
        pub.send(message);
        assertThat(one.recvMessage()).isEqualTo(sent);
        assertThat(two.recvMessage()).isEqualTo(sent);
      }
    }

    @Test
    void goesToAllWhoseSubscriptionsMatch() {
      Socket one = sub("news.");
      Socket two = sub("news.", "weather.");
      readAll(one);
      pub.send("news.1");
      pub.send("weather.1");
      pub.send("sport.1");
      pub.send("news.2");
      assertThat(one.recvString()).isEqualTo("news.1");
      assertThat(one.recvString()).isEqualTo("news.2");
      assertThat(two.recvString()).isEqualTo("news.1");
      assertThat(two.recvString()).isEqualTo("weather.1");
      assertThat(two.recvString()).isEqualTo("news.2");
      assertThat(one.tryRecv()).isNull();
      assertThat(two.tryRecv()).isNull();
    }

    @Test
    void isFilteredByItsFirstFrameOnly() {
      Socket sub = sub("b");
      pub.send(Message.of("a", "b"));
      pub.send(Message.of("", "b"));
      pub.send(Message.of("b", "a", ""));
      assertThat(sub.recvMessage()).isEqualTo(Message.of("b", "a", ""));
      assertThat(sub.tryRecv()).isNull();
    }

    @Test
    void isNotMatchedAcrossFrames() {
      Socket sub = sub("abc", "!");
      pub.send(Message.of("ab", "c"));
      pub.send("!");
      assertThat(sub.recvMessage()).isEqualTo(Message.of("!"));
    }

    @Test
    void goesOnceToAPeerHoweverManyPrefixesMatch() {
      Socket sub = sub("", "a", "ab", "abc");
      pub.send("abcd");
      pub.send("end");
      assertThat(sub.recvString()).isEqualTo("abcd");
      assertThat(sub.recvString()).isEqualTo("end");
    }

    @Test
    void ofAnEmptyFrameMatchesTheEmptyPrefixOnly() {
      Socket all = sub("");
      Socket some = sub("a");
      readAll(all);
      pub.send("");
      pub.send("a");
      assertThat(all.recvString()).isEmpty();
      assertThat(some.recvString()).isEqualTo("a");
    }

    @Test
    void matchesBinaryPrefixes() {
      Socket sub = zmq.connected(SUB, endpoint);
      sub.subscribe(new byte[] {0, -1});
      sub.subscribe("!");
      Joining.await(pub, sub, "!");
      pub.send(new byte[] {0, -1, 7});
      pub.send(new byte[] {0, 0});
      pub.send("!");
      assertThat(sub.recv()).containsExactly(0, -1, 7);
      assertThat(sub.recvString()).isEqualTo("!");
    }

    @Test
    void isDroppedAndCountedWhenNobodyWantsIt() {
      pub.send("to nobody at all");
      assertThat(dropped(DropReason.NO_SUBSCRIBER)).isEqualTo(1);
      sub("a");
      long before = dropped(DropReason.NO_SUBSCRIBER);
      pub.send("b");
      pub.send(Message.of("b", "a"));
      assertThat(dropped(DropReason.NO_SUBSCRIBER)).isEqualTo(before + 2);
    }

    @Test
    void givesBackSharedMemoryThatNobodyWants() {
      AtomicInteger released = new AtomicInteger();
      Message message = new Message();
      message.addShared(ByteBuffer.allocate(100_000), released::incrementAndGet);
      pub.send(message);
      Await.until("the memory is given back", () -> released.get() == 1);
    }
  }

  @Nested
  class HighWaterMark {
    @Test
    void dropsForTheSlowOneOnlyAndCounts() {
      String narrow = Endpoints.inproc();
      pub = zmq.limited(PUB, 2, 0);
      pub.bind(narrow);
      endpoint = narrow;
      Socket slow = zmq.limited(SUB, 0, 3);
      slow.connect(narrow);
      slow.subscribe("");
      Joining.await(pub, slow, "");
      Socket fast = zmq.limited(SUB, 0, 0);
      fast.connect(narrow);
      fast.subscribe("");
      joinAlso(fast, slow);
      for (int i = 0; i < 12; i++) {
        pub.send("m" + i); // never waits
      }
      assertThat(dropped(DropReason.HIGH_WATER_MARK)).isEqualTo(7);
      for (int i = 0; i < 5; i++) {
        assertThat(slow.recvString()).isEqualTo("m" + i);
      }
      assertThat(slow.tryRecv()).isNull();
      for (int i = 0; i < 12; i++) {
        assertThat(fast.recvString()).isEqualTo("m" + i);
      }
      pub.send("room again");
      assertThat(slow.recvString()).isEqualTo("room again");
    }

    /** Joins a second subscriber while the first one is read, too. */
    private void joinAlso(Socket joining, Socket other) {
      Await.until(
          "the second one joins",
          () -> {
            pub.send("joined?");
            other.recv();
            return joining.recv(Duration.ofMillis(20)) != null;
          });
      readAll(joining);
      assertThat(other.tryRecv()).isNull();
    }

    @Test
    @ShowsOption("ZMQ_XPUB_NODROP")
    void waitsInsteadWithNodrop() {
      String narrow = Endpoints.inproc();
      pub = zmq.limited(PUB, 1, 0).set(SocketOptions.XPUB_NODROP, true);
      pub.bind(narrow);
      Socket slow = zmq.limited(SUB, 0, 1);
      slow.connect(narrow);
      slow.subscribe("a");
      Joining.await(pub, slow, "a");
      pub.send("a1");
      pub.send("a2");
      assertThat(pub.trySend("a3")).isFalse();
      assertThat(pub.trySend("other topics pass")).isTrue();
      Task<Void> sending = Task.run(() -> pub.send("a3")).untilWaiting();
      assertThat(slow.recvString()).isEqualTo("a1");
      assertThat(slow.recvString()).isEqualTo("a2");
      sending.result();
      assertThat(slow.recvString()).isEqualTo("a3");
      assertThat(dropped(DropReason.HIGH_WATER_MARK)).isZero();
    }
  }

  /** What is sent to nobody any more need not wait. */
  @ParameterizedTest
  @EnumSource(
      value = SocketType.class,
      names = {"PUB", "XPUB"})
  void withNodropWaitsNoLongerForWhoHasUnsubscribed(SocketType type) {
    String narrow = Endpoints.inproc();
    Socket careful = zmq.limited(type, 1, 0).set(SocketOptions.XPUB_NODROP, true);
    careful.bind(narrow);
    Socket slow = zmq.limited(SUB, 0, 1);
    slow.connect(narrow);
    slow.subscribe("a");
    Socket other = zmq.limited(SUB, 0, 0); // so that no notice tells of the first one's going
    other.connect(narrow);
    other.subscribe("a");
    assertThat(careful.awaitSubscribers("a", 2, Await.LONG)).isTrue();
    careful.send("a1");
    careful.send("a2");
    assertThat(careful.trySend("a3")).isFalse();
    Task<Void> sending = Task.run(() -> careful.send("a3")).untilWaiting();
    slow.unsubscribe("a");
    sending.result();
    assertThat(other.recvString()).isEqualTo("a1");
  }

  @Nested
  class Incoming {
    @Test
    void isNotSupported() {
      assertThatThrownBy(pub::recv)
          .isInstanceOfSatisfying(
              ZmqUnsupportedException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOTSUP));
      assertThatThrownBy(pub::tryRecvMessage).isInstanceOf(ZmqUnsupportedException.class);
    }

    @Test
    void messagesOfAnXsubAreDiscardedAndCounted() {
      Socket xsub = zmq.connected(XSUB, endpoint);
      xsub.send("hello, publisher");
      Await.until("it is counted", () -> dropped(DropReason.NOT_RECEIVING) == 1);
    }
  }

  @Nested
  class Polling {
    @Test
    void canAlwaysSend() {
      try (Poller poller = zmq.context().poller()) {
        poller.register(pub, Poller.IN | Poller.OUT);
        assertThat(poller.pollNow()).isEqualTo(1);
        assertThat(poller.isWritable(pub)).isTrue();
        assertThat(poller.isReadable(pub)).isFalse();
      }
    }
  }

  @Nested
  class InvertMatching {
    @Test
    void sendsToThoseThatDoNotMatch() {
      pub.set(SocketOptions.INVERT_MATCHING, true);
      Socket sub = zmq.socket(SUB).set(SocketOptions.INVERT_MATCHING, true);
      sub.connect(endpoint);
      sub.subscribe("a");
      Joining.await(pub, sub, "not a, ");
      Await.until(
          "the subscription has come",
          () -> {
            long before = dropped(DropReason.NO_SUBSCRIBER);
            pub.send("a");
            return dropped(DropReason.NO_SUBSCRIBER) > before;
          });
      readAll(sub);
      pub.send("apple");
      pub.send("banana");
      assertThat(sub.recvString()).isEqualTo("banana");
      assertThat(sub.tryRecv()).isNull();
    }
  }

  @Nested
  class WhenAPeerGoes {
    @Test
    void itsSubscriptionsGoToo() {
      Socket sub = sub("a");
      sub.close();
      Await.until(
          "nobody is left",
          () -> {
            long before = dropped(DropReason.NO_SUBSCRIBER);
            pub.send("a");
            return dropped(DropReason.NO_SUBSCRIBER) > before;
          });
    }

    @Test
    void overTcpToo() {
      String tcp = pub.bind(Endpoints.TCP);
      try (RawPeer peer = RawPeer.connect(tcp).handshake("SUB")) {
        peer.sendCommand("SUBSCRIBE", new byte[] {'a'});
        Await.until(
            "the subscription has come",
            () -> {
              long before = dropped(DropReason.NO_SUBSCRIBER);
              pub.send("a");
              return dropped(DropReason.NO_SUBSCRIBER) == before;
            });
      }
      Await.until(
          "nobody is left",
          () -> {
            long before = dropped(DropReason.NO_SUBSCRIBER);
            pub.send("a");
            return dropped(DropReason.NO_SUBSCRIBER) > before;
          });
    }
  }
}
