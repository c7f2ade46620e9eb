package io.niomq.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Options of publishers and subscribers. Each of their behaviours is played twice: by libzmq's
 * publisher for our subscriber, and by ours for libzmq's, with the same result.
 */
@ExtendWith({NioMq.class, Libzmq.class})
class PublisherOptionsTest {

  private static Message subscribed(String topic) {
    return Message.of("\u0001" + topic);
  }

  private static Message cancelled(String topic) {
    return Message.of("\0" + topic);
  }

  /** Which side plays the publisher. */
  enum Publisher {
    NIOMQ,
    LIBZMQ
  }

  /** A publisher and its subscribers, either way round. */
  private static final class Stage {
    private final Publisher side;
    private final NioSockets sockets;
    private final LibzmqPeer libzmq;
    private Socket ours;
    private LibzmqSocket theirs;
    private End pub;
    private String endpoint;

    Stage(Publisher side, NioSockets sockets, LibzmqPeer libzmq) {
      this.side = side;
      this.sockets = sockets;
      this.libzmq = libzmq;
    }

    Stage publisher(SocketType type) {
      if (side == Publisher.NIOMQ) {
        ours = sockets.open(type);
        pub = new NioSocket(ours);
      } else {
        theirs = libzmq.socket(type);
        pub = theirs;
      }
      return this;
    }

    void bind() {
      endpoint = sockets.bind(Transport.TCP, pub);
    }

    End subscriber(SocketType type, String... topics) {
      End sub = side == Publisher.NIOMQ ? libzmq.socket(type) : sockets.end(type);
      for (String topic : topics) {
        sub.subscribe(topic);
      }
      sub.connect(endpoint);
      return sub;
    }

    void subscribe(String topic) {
      if (ours != null) {
        ours.subscribe(topic);
      } else {
        theirs.set("SUBSCRIBE", topic);
      }
    }

    void unsubscribe(String topic) {
      if (ours != null) {
        ours.unsubscribe(topic);
      } else {
        theirs.set("UNSUBSCRIBE", topic);
      }
    }
  }

  @Nested
  class Manual {
    private Stage manual(Publisher side, NioSockets sockets, LibzmqPeer libzmq) {
      Stage stage = new Stage(side, sockets, libzmq).publisher(SocketType.XPUB);
      if (stage.ours != null) {
        stage.ours.set(SocketOptions.XPUB_MANUAL, true);
      } else {
        stage.theirs.set("XPUB_MANUAL", 1);
      }
      stage.bind();
      return stage;
    }

    @ParameterizedTest
    @EnumSource
    void subscribesThePeerOfTheLastNotice(Publisher side, NioSockets sockets, LibzmqPeer libzmq) {
      Stage stage = manual(side, sockets, libzmq);
      End one = stage.subscriber(SocketType.XSUB, "A");
      assertThat(stage.pub.recv()).isEqualTo(subscribed("A"));
      stage.subscribe("X");
      End two = stage.subscriber(SocketType.XSUB, "A");
      assertThat(stage.pub.recv()).isEqualTo(subscribed("A"));
      stage.subscribe("Y");
      stage.pub.send("A for nobody");
      stage.pub.send("X for one");
      stage.pub.send("Y for two");
      assertThat(one.recv()).isEqualTo(Message.of("X for one"));
      assertThat(two.recv()).isEqualTo(Message.of("Y for two"));
      two.unsubscribe("A");
      assertThat(stage.pub.recv()).isEqualTo(cancelled("A"));
      stage.pub.send("Y again");
      assertThat(two.recv()).isEqualTo(Message.of("Y again"));
      stage.unsubscribe("Y");
      stage.pub.send("Y no more");
      one.unsubscribe("A");
      assertThat(stage.pub.recv()).isEqualTo(cancelled("A"));
      stage.subscribe("");
      stage.pub.send("mark");
      assertThat(one.recv()).isEqualTo(Message.of("mark"));
      assertThat(two.recv(Duration.ZERO)).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void showsEverythingAndTheWishesOfAPeerThatGoes(
        Publisher side, NioSockets sockets, LibzmqPeer libzmq) {
      Stage stage = manual(side, sockets, libzmq);
      End one = stage.subscriber(SocketType.XSUB, "A");
      assertThat(stage.pub.recv()).isEqualTo(subscribed("A"));
      stage.subscribe("confirmed");
      one.subscribe("A");
      assertThat(stage.pub.recv()).isEqualTo(subscribed("A"));
      one.subscribe("B");
      assertThat(stage.pub.recv()).isEqualTo(subscribed("B"));
      if (one instanceof NioSocket s) {
        s.socket().close();
      } else {
        ((LibzmqSocket) one).close(0);
      }
      assertThat(Set.of(stage.pub.recv(), stage.pub.recv()))
          .containsExactlyInAnyOrder(cancelled("A"), cancelled("B"));
    }
  }

  @Nested
  class ManualLastValue {
    @ParameterizedTest
    @EnumSource
    void sendsTheNextMessageToThePeerOfTheLastNotice(
        Publisher side, NioSockets sockets, LibzmqPeer libzmq) {
      Stage stage = new Stage(side, sockets, libzmq).publisher(SocketType.XPUB);
      if (stage.ours != null) {
        stage.ours.set(SocketOptions.XPUB_MANUAL_LAST_VALUE, true);
      } else {
        stage.theirs.set("XPUB_MANUAL_LAST_VALUE", 1);
      }
      stage.bind();
      End one = stage.subscriber(SocketType.SUB, "A");
      assertThat(stage.pub.recv()).isEqualTo(subscribed("A"));
      stage.subscribe("A");
      End two = stage.subscriber(SocketType.SUB, "A");
      assertThat(stage.pub.recv()).isEqualTo(subscribed("A"));
      stage.subscribe("A");
      stage.pub.send("A, the last value");
      stage.pub.send("A, news");
      assertThat(two.recv()).isEqualTo(Message.of("A, the last value"));
      assertThat(two.recv()).isEqualTo(Message.of("A, news"));
      assertThat(one.recv()).isEqualTo(Message.of("A, news"));
      two.subscribe("A2");
      assertThat(stage.pub.recv()).isEqualTo(subscribed("A2"));
      stage.pub.send("B matches nobody");
      stage.pub.send("A for both");
      assertThat(one.recv()).isEqualTo(Message.of("A for both"));
      assertThat(two.recv()).isEqualTo(Message.of("A for both"));
    }
  }

  @Nested
  class WelcomeMessage {
    @ParameterizedTest
    @EnumSource
    void greetsEachSubscriberThatWantsIt(Publisher side, NioSockets sockets, LibzmqPeer libzmq) {
      Stage stage = new Stage(side, sockets, libzmq).publisher(SocketType.XPUB);
      if (stage.ours != null) {
        stage.ours.set(SocketOptions.XPUB_WELCOME_MSG, "Welcome".getBytes(UTF_8));
      } else {
        stage.theirs.set("XPUB_WELCOME_MSG", "Welcome");
      }
      stage.bind();
      End wants = stage.subscriber(SocketType.SUB, "W");
      assertThat(stage.pub.recv()).isEqualTo(subscribed("W"));
      assertThat(wants.recv()).isEqualTo(Message.of("Welcome"));
      End wantsNot = stage.subscriber(SocketType.SUB, "news");
      assertThat(stage.pub.recv()).isEqualTo(subscribed("news"));
      stage.pub.send("news");
      assertThat(wantsNot.recv()).isEqualTo(Message.of("news"));
      assertThat(wants.recv(Duration.ZERO)).isNull();
    }

    @Test
    void ofOurPubGreetsTheirSub(NioSockets sockets, LibzmqPeer libzmq) {
      Socket pub = sockets.open(SocketType.PUB);
      pub.set(SocketOptions.XPUB_WELCOME_MSG, "Welcome".getBytes(UTF_8));
      LibzmqSocket sub = libzmq.socket(SocketType.SUB);
      sub.subscribe("");
      sockets.join(Transport.TCP, new NioSocket(pub), sub);
      assertThat(sub.recv()).isEqualTo(Message.of("Welcome"));
    }
  }

  @Nested
  class InvertMatching {
    @ParameterizedTest
    @EnumSource
    void deliversWhatDoesNotMatch(Publisher side, NioSockets sockets, LibzmqPeer libzmq) {
      Stage stage = new Stage(side, sockets, libzmq).publisher(SocketType.XPUB);
      if (stage.ours != null) {
        stage.ours.set(SocketOptions.INVERT_MATCHING, true);
      } else {
        stage.theirs.set("INVERT_MATCHING", 1);
      }
      stage.bind();
      End sub = side == Publisher.NIOMQ ? libzmq.socket(SocketType.SUB) : inverted(sockets);
      if (sub instanceof LibzmqSocket s) {
        s.set("INVERT_MATCHING", 1);
      }
      sub.subscribe("A");
      sub.connect(stage.endpoint);
      assertThat(stage.pub.recv()).isEqualTo(subscribed("A"));
      stage.pub.send("A1");
      stage.pub.send("B1");
      assertThat(sub.recv()).isEqualTo(Message.of("B1"));
      sub.unsubscribe("A");
      assertThat(stage.pub.recv()).isEqualTo(cancelled("A"));
      stage.pub.send("A2");
      assertThat(sub.recv()).isEqualTo(Message.of("A2"));
    }

    private End inverted(NioSockets sockets) {
      return new NioSocket(sockets.open(SocketType.SUB).set(SocketOptions.INVERT_MATCHING, true));
    }
  }

  @Nested
  class Verboser {
    @ParameterizedTest
    @EnumSource
    void showsEachSubscriptionAndCancellation(
        Publisher side, NioSockets sockets, LibzmqPeer libzmq) {
      Stage stage = new Stage(side, sockets, libzmq).publisher(SocketType.XPUB);
      if (stage.ours != null) {
        stage.ours.set(SocketOptions.XPUB_VERBOSER, true);
      } else {
        stage.theirs.set("XPUB_VERBOSER", 1);
      }
      stage.bind();
      End one = stage.subscriber(SocketType.XSUB, "A");
      assertThat(stage.pub.recv()).isEqualTo(subscribed("A"));
      End two = stage.subscriber(SocketType.XSUB, "A");
      assertThat(stage.pub.recv()).isEqualTo(subscribed("A"));
      one.unsubscribe("A");
      assertThat(stage.pub.recv()).isEqualTo(cancelled("A"));
      two.unsubscribe("A");
      assertThat(stage.pub.recv()).isEqualTo(cancelled("A"));
    }
  }

  @Nested
  class OnlyFirstSubscribe {
    @Test
    void leavesMessagesOfTheirXsubAlone(NioSockets sockets, LibzmqPeer libzmq) {
      Socket xpub = sockets.open(SocketType.XPUB).set(SocketOptions.ONLY_FIRST_SUBSCRIBE, true);
      LibzmqSocket xsub = libzmq.socket(SocketType.XSUB).set("ONLY_FIRST_SUBSCRIBE", 1);
      sockets.join(Transport.TCP, new NioSocket(xpub), xsub);
      xsub.send("message", "\u0001A");
      assertThat(xpub.recvMessage()).isEqualTo(Message.of("message", "\u0001A"));
      xsub.send("\u0001A", "\u0001B");
      assertThat(xpub.recvMessage()).isEqualTo(subscribed("A"));
      assertThat(xpub.recvMessage()).isEqualTo(subscribed("B"));
    }

    @Test
    void leavesMessagesOfOurXsubAlone(NioSockets sockets, LibzmqPeer libzmq) {
      LibzmqSocket xpub = libzmq.socket(SocketType.XPUB).set("ONLY_FIRST_SUBSCRIBE", 1);
      Socket xsub = sockets.open(SocketType.XSUB).set(SocketOptions.ONLY_FIRST_SUBSCRIBE, true);
      sockets.join(Transport.TCP, xpub, new NioSocket(xsub));
      assertThat(xsub.awaitConnected(1, NioSockets.LONGEST_WAIT)).isTrue();
      xsub.send(Message.of("message", "\u0001A"));
      assertThat(xpub.recv()).isEqualTo(Message.of("message", "\u0001A"));
      xsub.send(Message.of("\u0001A", "\u0001B"));
      assertThat(xpub.recv()).isEqualTo(subscribed("A"));
      assertThat(xpub.recv()).isEqualTo(subscribed("B"));
    }
  }

  @Nested
  class Nodrop {
    private static final int MESSAGES_MAX = 5000;

    private Message numbered(int number) {
      byte[] body = new byte[20_000];
      body[0] = (byte) (number >> 8);
      body[1] = (byte) number;
      return Message.of(body);
    }

    @ParameterizedTest
    @EnumSource
    void refusesUntilTheSubscriberReadsAndLosesNothing(
        Publisher side, NioSockets sockets, LibzmqPeer libzmq) {
      Stage stage = new Stage(side, sockets, libzmq).publisher(SocketType.XPUB);
      if (stage.ours != null) {
        stage.ours.set(SocketOptions.XPUB_NODROP, true).set(SocketOptions.SNDHWM, 2);
        stage.ours.set(SocketOptions.SNDBUF, 20_000);
      } else {
        stage.theirs.set("XPUB_NODROP", 1).set("SNDHWM", 2).set("SNDBUF", 20_000);
      }
      stage.bind();
      End sub;
      if (side == Publisher.NIOMQ) {
        sub = libzmq.socket(SocketType.SUB).set("RCVHWM", 2).set("RCVBUF", 20_000);
      } else {
        Socket ours = sockets.open(SocketType.SUB).set(SocketOptions.RCVHWM, 2);
        sub = new NioSocket(ours.set(SocketOptions.RCVBUF, 20_000));
      }
      sub.subscribe("");
      sub.connect(stage.endpoint);
      assertThat(stage.pub.recv()).isEqualTo(subscribed(""));
      int sent = 0;
      while (sent < MESSAGES_MAX && stage.pub.trySend(numbered(sent))) {
        sent++;
      }
      assertThat(sent).as("messages until it refused").isBetween(2, MESSAGES_MAX - 1);
      for (int i = 0; i < sent; i++) {
        assertThat(sub.recv()).as("message " + i).isEqualTo(numbered(i));
      }
      stage.pub.send(numbered(sent)); // waits for the room that it is told of
      assertThat(sub.recv()).isEqualTo(numbered(sent));
    }
  }

  @Nested
  class AwaitingPeers {
    @ParameterizedTest
    @EnumSource
    void knowsWhenTheirSubscriberIsThere(
        Transport transport, NioSockets sockets, LibzmqPeer libzmq) {
      Socket pub = sockets.open(SocketType.PUB);
      String endpoint = pub.bind(sockets.endpoint(transport));
      LibzmqSocket one = libzmq.socket(SocketType.SUB);
      LibzmqSocket two = libzmq.socket(SocketType.SUB);
      one.connect(endpoint);
      two.connect(endpoint);
      assertThat(pub.awaitConnected(2, NioSockets.LONGEST_WAIT)).isTrue();
      one.subscribe("A");
      two.subscribe("");
      assertThat(pub.awaitSubscribers(2, NioSockets.LONGEST_WAIT)).isTrue();
      assertThat(pub.awaitSubscribers("B", 2, Duration.ZERO)).isFalse();
      pub.send("A, not lost");
      assertThat(one.recv()).isEqualTo(Message.of("A, not lost"));
      assertThat(two.recv()).isEqualTo(Message.of("A, not lost"));
    }
  }
}
