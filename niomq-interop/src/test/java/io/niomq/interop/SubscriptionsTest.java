package io.niomq.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.Proxy;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Subscriptions, unsubscriptions and filtering. RFC 29. Topics of 246 to 255 octets are left out:
 * libzmq 4.3.4 frames them wrongly.
 */
@ExtendWith({NioMq.class, Libzmq.class})
class SubscriptionsTest {

  private static byte[] notice(int first, byte[] topic) {
    byte[] notice = new byte[1 + topic.length];
    notice[0] = (byte) first;
    System.arraycopy(topic, 0, notice, 1, topic.length);
    return notice;
  }

  private static Message subscribed(String topic) {
    return Message.of("\u0001" + topic);
  }

  private static Message cancelled(String topic) {
    return Message.of("\0" + topic);
  }

  private static byte[] topicOf(int length) {
    byte[] topic = new byte[length];
    Arrays.fill(topic, (byte) 0xFF);
    for (int i = 0; i < length; i += 3) {
      topic[i] = (byte) i;
    }
    return topic;
  }

  @Nested
  class OfALibzmqSub {
    @ParameterizedTest
    @EnumSource
    void filterByPrefix(Transport transport, NioSockets sockets, LibzmqPeer libzmq) {
      End pub = sockets.end(SocketType.XPUB);
      LibzmqSocket sub = libzmq.socket(SocketType.SUB);
      sockets.join(transport, pub, sub);
      sub.subscribe("ab");
      sub.subscribe("xyz");
      assertThat(pub.recv()).isEqualTo(subscribed("ab"));
      assertThat(pub.recv()).isEqualTo(subscribed("xyz"));
      for (String topic : new String[] {"a", "ab", "ba", "abc", "", "xy", "xyz", "Ab", "xyz1"}) {
        pub.send(topic, "content of " + topic);
      }
      for (String topic : new String[] {"ab", "abc", "xyz", "xyz1"}) {
        assertThat(sub.recv()).isEqualTo(Message.of(topic, "content of " + topic));
      }
      assertThat(sub.recv(Duration.ZERO)).isNull();
    }

    @Test
    void matchTheFirstFrameOnly(NioSockets sockets, LibzmqPeer libzmq) {
      End pub = sockets.end(SocketType.XPUB);
      LibzmqSocket sub = libzmq.socket(SocketType.SUB);
      sockets.join(Transport.TCP, pub, sub);
      sub.subscribe("ab");
      assertThat(pub.recv()).isEqualTo(subscribed("ab"));
      pub.send("a", "b");
      pub.send("x", "ab");
      pub.send("ab", "");
      assertThat(sub.recv()).isEqualTo(Message.of("ab", ""));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 100, 244, 245, 256, 257, 1000, 70_000})
    void mayBeBinaryAndOfAnyLength(int length, NioSockets sockets, LibzmqPeer libzmq) {
      byte[] topic = topicOf(length);
      End pub = sockets.end(SocketType.XPUB);
      LibzmqSocket sub = libzmq.socket(SocketType.SUB);
      sockets.join(Transport.TCP, pub, sub);
      sub.subscribe(topic);
      assertThat(pub.recv()).isEqualTo(Message.of(notice(1, topic)));
      pub.send(Message.of(topic));
      assertThat(sub.recv()).isEqualTo(Message.of(topic));
      sub.unsubscribe(topic);
      assertThat(pub.recv()).isEqualTo(Message.of(notice(0, topic)));
    }

    @Test
    void areCounted(NioSockets sockets, LibzmqPeer libzmq) {
      End pub = sockets.end(SocketType.XPUB);
      LibzmqSocket sub = libzmq.socket(SocketType.SUB);
      sockets.join(Transport.TCP, pub, sub);
      sub.subscribe("twice");
      sub.subscribe("twice");
      sub.unsubscribe("twice");
      sub.subscribe("mark 1");
      assertThat(pub.recv()).isEqualTo(subscribed("twice"));
      assertThat(pub.recv()).isEqualTo(subscribed("mark 1"));
      pub.send("twice");
      assertThat(sub.recv()).isEqualTo(Message.of("twice"));
      sub.unsubscribe("twice");
      sub.unsubscribe("twice");
      sub.subscribe("mark 2");
      assertThat(pub.recv()).isEqualTo(cancelled("twice"));
      assertThat(pub.recv()).isEqualTo(subscribed("mark 2"));
    }

    @Test
    void areAllShownByAVerboseXpub(NioSockets sockets, LibzmqPeer libzmq) {
      Socket pub = sockets.open(SocketType.XPUB).set(SocketOptions.XPUB_VERBOSE, true);
      LibzmqSocket sub = libzmq.socket(SocketType.SUB);
      sockets.join(Transport.TCP, new NioSocket(pub), sub);
      sub.subscribe("a");
      sub.subscribe("a");
      sub.subscribe("b");
      assertThat(pub.recvMessage()).isEqualTo(subscribed("a"));
      assertThat(pub.recvMessage()).isEqualTo(subscribed("a"));
      assertThat(pub.recvMessage()).isEqualTo(subscribed("b"));
    }

    @Test
    void areCancelledWhenItCloses(NioSockets sockets, LibzmqPeer libzmq) {
      End pub = sockets.end(SocketType.XPUB);
      String endpoint = sockets.bind(Transport.TCP, pub);
      LibzmqSocket first = subscriber(libzmq, endpoint, "shared", pub);
      LibzmqSocket second = subscriber(libzmq, endpoint, "own", pub);
      second.subscribe("shared"); // known already: no notice
      second.subscribe("mark");
      assertThat(pub.recv()).isEqualTo(subscribed("mark"));
      first.close(0);
      second.close(0);
      Set<Message> notices = new HashSet<>();
      for (int i = 0; i < 3; i++) {
        notices.add(pub.recv());
      }
      assertThat(notices)
          .containsExactlyInAnyOrder(cancelled("shared"), cancelled("own"), cancelled("mark"));
    }

    @Test
    void areKeptApartFromOtherSubscribers(NioSockets sockets, LibzmqPeer libzmq) {
      End pub = sockets.end(SocketType.XPUB);
      String endpoint = sockets.bind(Transport.TCP, pub);
      LibzmqSocket a = subscriber(libzmq, endpoint, "a", pub);
      LibzmqSocket b = subscriber(libzmq, endpoint, "b", pub);
      LibzmqSocket all = subscriber(libzmq, endpoint, "", pub);
      pub.send("a1");
      pub.send("b1");
      pub.send("c1");
      assertThat(a.recv()).isEqualTo(Message.of("a1"));
      assertThat(b.recv()).isEqualTo(Message.of("b1"));
      for (String topic : new String[] {"a1", "b1", "c1"}) {
        assertThat(all.recv()).isEqualTo(Message.of(topic));
      }
      assertThat(a.recv(Duration.ZERO)).isNull();
      assertThat(b.recv(Duration.ZERO)).isNull();
    }

    @Test
    void mayBeManyBeforeItConnects(NioSockets sockets, LibzmqPeer libzmq) {
      End pub = sockets.end(SocketType.XPUB);
      LibzmqSocket sub = libzmq.socket(SocketType.SUB);
      Set<Message> expected = new HashSet<>();
      for (int i = 0; i < 900; i++) { // libzmq loses what is beyond its high-water mark of 1000
        sub.subscribe("topic " + i + ".");
        expected.add(subscribed("topic " + i + "."));
      }
      sockets.join(Transport.TCP, pub, sub);
      Set<Message> notices = new HashSet<>();
      while (notices.size() < expected.size()) {
        notices.add(pub.recv());
      }
      assertThat(notices).isEqualTo(expected);
      pub.send("topic 9");
      pub.send("topic 899.");
      assertThat(sub.recv()).isEqualTo(Message.of("topic 899."));
    }

    @Test
    void workWithAPlainPub(NioSockets sockets, LibzmqPeer libzmq) {
      End pub = sockets.end(SocketType.PUB);
      LibzmqSocket sub = libzmq.socket(SocketType.SUB);
      sockets.join(Transport.TCP, pub, sub);
      sub.subscribe("");
      Exchange.awaitSubscribed(pub, sub, "probe");
      sub.unsubscribe("");
      sub.subscribe("on");
      // The two are taken in order: once "on" is known, the empty topic is not.
      Exchange.awaitSubscribed(pub, sub, "on");
    }

    private LibzmqSocket subscriber(LibzmqPeer libzmq, String endpoint, String topic, End pub) {
      LibzmqSocket sub = libzmq.socket(SocketType.SUB);
      sub.subscribe(topic);
      sub.connect(endpoint);
      assertThat(pub.recv()).isEqualTo(subscribed(topic));
      return sub;
    }
  }

  @Nested
  class OfANioMqSub {
    @ParameterizedTest
    @EnumSource
    void filterByPrefix(Transport transport, NioSockets sockets, LibzmqPeer libzmq) {
      End pub = libzmq.socket(SocketType.XPUB);
      NioSocket sub = sockets.end(SocketType.SUB);
      sockets.join(transport, pub, sub);
      sub.subscribe("ab");
      sub.subscribe("xyz");
      Set<Message> notices = new HashSet<>(Set.of(pub.recv()));
      notices.add(pub.recv());
      assertThat(notices).containsExactlyInAnyOrder(subscribed("ab"), subscribed("xyz"));
      for (String topic : new String[] {"a", "ab", "ba", "abc", "", "xy", "xyz", "Ab", "xyz1"}) {
        pub.send(topic, "content of " + topic);
      }
      for (String topic : new String[] {"ab", "abc", "xyz", "xyz1"}) {
        assertThat(sub.recv()).isEqualTo(Message.of(topic, "content of " + topic));
      }
      assertThat(sub.recv(Duration.ZERO)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 100, 245, 246, 248, 249, 250, 254, 255, 256, 1000, 70_000})
    void mayBeBinaryAndOfAnyLength(int length, NioSockets sockets, LibzmqPeer libzmq) {
      // Our own framing is right at every length, also where libzmq's is not.
      byte[] topic = topicOf(length);
      End pub = libzmq.socket(SocketType.XPUB);
      Socket sub = sockets.open(SocketType.SUB);
      sockets.join(Transport.TCP, pub, new NioSocket(sub));
      sub.subscribe(topic);
      assertThat(pub.recv()).isEqualTo(Message.of(notice(1, topic)));
      pub.send(Message.of(topic));
      assertThat(sub.recvMessage()).isEqualTo(Message.of(topic));
      sub.unsubscribe(topic);
      assertThat(pub.recv()).isEqualTo(Message.of(notice(0, topic)));
    }

    @Test
    void areForwardedEachTimeAndCancelledOnce(NioSockets sockets, LibzmqPeer libzmq) {
      LibzmqSocket pub = libzmq.socket(SocketType.XPUB).set("XPUB_VERBOSER", 1);
      NioSocket sub = sockets.end(SocketType.SUB);
      sockets.join(Transport.TCP, pub, sub);
      sub.subscribe("first");
      assertThat(pub.recv()).isEqualTo(subscribed("first")); // now connected: no replay
      sub.subscribe("twice");
      sub.subscribe("twice");
      sub.unsubscribe("twice");
      sub.unsubscribe("unknown");
      sub.subscribe("mark 1");
      assertThat(pub.recv()).isEqualTo(subscribed("twice"));
      assertThat(pub.recv()).isEqualTo(subscribed("twice"));
      assertThat(pub.recv()).isEqualTo(subscribed("mark 1"));
      pub.send("twice");
      assertThat(sub.recv()).isEqualTo(Message.of("twice"));
      sub.unsubscribe("twice");
      sub.unsubscribe("twice");
      sub.subscribe("mark 2");
      assertThat(pub.recv()).isEqualTo(cancelled("twice"));
      assertThat(pub.recv()).isEqualTo(subscribed("mark 2"));
    }

    @Test
    void reachAllPublishers(NioSockets sockets, LibzmqPeer libzmq) {
      NioSocket sub = sockets.end(SocketType.SUB);
      End first = libzmq.socket(SocketType.XPUB);
      End second = libzmq.socket(SocketType.XPUB);
      sockets.join(Transport.TCP, first, sub);
      sub.subscribe("t");
      sockets.join(Transport.IPC, second, sub);
      assertThat(first.recv()).isEqualTo(subscribed("t"));
      assertThat(second.recv()).isEqualTo(subscribed("t"));
      first.send("t from the first");
      second.send("t from the second");
      assertThat(Set.of(sub.recv(), sub.recv()))
          .containsExactlyInAnyOrder(
              Message.of("t from the first"), Message.of("t from the second"));
    }

    @Test
    void filterAgainAtTheSubscriber(NioSockets sockets, LibzmqPeer libzmq) {
      // A manual XPUB subscribes the peer to more than it asked for.
      LibzmqSocket pub = libzmq.socket(SocketType.XPUB).set("XPUB_MANUAL", 1);
      Socket sub = sockets.open(SocketType.SUB);
      sockets.join(Transport.TCP, pub, new NioSocket(sub));
      sub.subscribe("ab");
      assertThat(pub.recv()).isEqualTo(subscribed("ab"));
      pub.set("SUBSCRIBE", "");
      pub.send("no");
      pub.send("ab", "yes");
      assertThat(sub.recvMessage()).isEqualTo(Message.of("ab", "yes"));
    }

    @Test
    void mayBeManyBeforeItConnects(NioSockets sockets, LibzmqPeer libzmq) {
      End pub = libzmq.socket(SocketType.XPUB);
      NioSocket sub = sockets.end(SocketType.SUB);
      int count = 3000; // subscriptions do not count against our high-water mark
      for (int i = 0; i < count; i++) {
        sub.subscribe("topic " + i + ".");
      }
      ((LibzmqSocket) pub).set("RCVHWM", 0);
      sockets.join(Transport.TCP, pub, sub);
      Set<Message> notices = new HashSet<>();
      while (notices.size() < count) {
        notices.add(pub.recv());
      }
      assertThat(notices).contains(subscribed("topic 0."), subscribed("topic 2999."));
    }
  }

  @Nested
  class ThroughAProxy {
    @Test
    void travelUpAndMessagesDown(NioSockets sockets, LibzmqPeer libzmq) {
      Socket xsub = sockets.open(SocketType.XSUB);
      Socket xpub = sockets.open(SocketType.XPUB);
      LibzmqSocket pub = libzmq.socket(SocketType.XPUB);
      LibzmqSocket sub = libzmq.socket(SocketType.SUB);
      sockets.join(Transport.TCP, pub, new NioSocket(xsub));
      sockets.join(Transport.IPC, new NioSocket(xpub), sub);
      try (Proxy proxy = Proxy.between(xsub, xpub).start()) {
        sub.subscribe("weather");
        assertThat(pub.recv()).isEqualTo(subscribed("weather"));
        for (int i = 0; i < 100; i++) {
          pub.send("weather", "" + i);
          pub.send("sports", "" + i);
        }
        for (int i = 0; i < 100; i++) {
          assertThat(sub.recv()).isEqualTo(Message.of("weather", "" + i));
        }
        sub.unsubscribe("weather");
        assertThat(pub.recv()).isEqualTo(cancelled("weather"));
        sub.subscribe("sports");
        assertThat(pub.recv()).isEqualTo(subscribed("sports"));
        pub.send("weather", "late");
        pub.send("sports", "now");
        assertThat(sub.recv()).isEqualTo(Message.of("sports", "now"));
        assertThat(proxy.isRunning()).isTrue();
      }
    }
  }

  @Nested
  class OfAnXsub {
    @Test
    void ofOursReachTheirXpub(NioSockets sockets, LibzmqPeer libzmq) {
      LibzmqSocket pub = libzmq.socket(SocketType.XPUB);
      Socket sub = sockets.open(SocketType.XSUB);
      sockets.join(Transport.TCP, pub, new NioSocket(sub));
      sub.send(notice(1, "before".getBytes(UTF_8)));
      assertThat(pub.recv()).isEqualTo(subscribed("before"));
      sub.send(notice(0, "before".getBytes(UTF_8)));
      assertThat(pub.recv()).isEqualTo(cancelled("before"));
      sub.send("a message");
      sub.send("");
      assertThat(pub.recv()).isEqualTo(Message.of("a message"));
      assertThat(pub.recv()).isEqualTo(Message.of(""));
    }

    @Test
    void ofTheirsReachOurXpub(NioSockets sockets, LibzmqPeer libzmq) {
      End pub = sockets.end(SocketType.XPUB);
      LibzmqSocket sub = libzmq.socket(SocketType.XSUB);
      sockets.join(Transport.TCP, pub, sub);
      sub.subscribe("before");
      assertThat(pub.recv()).isEqualTo(subscribed("before"));
      sub.unsubscribe("before");
      assertThat(pub.recv()).isEqualTo(cancelled("before"));
      sub.send("a", "message");
      sub.send("");
      assertThat(pub.recv()).isEqualTo(Message.of("a", "message"));
      assertThat(pub.recv()).isEqualTo(Message.of(""));
    }
  }
}
