package io.niomq.pubsub;

import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.SUB;
import static io.niomq.SocketType.XPUB;
import static io.niomq.SocketType.XSUB;
import static io.niomq.testing.Octets.hex;
import static io.niomq.testing.Octets.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.DropReason;
import io.niomq.Message;
import io.niomq.Poller;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.ZmqArgumentException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Sockets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RFC 29, The XSUB Socket Type. */
@ExtendWith(NoLeaks.class)
class XSubTest {
  private static final byte[] SUBSCRIBE_A = hex("01 41");
  private static final byte[] CANCEL_A = hex("00 41");

  @RegisterExtension final Sockets zmq = new Sockets();

  @Nested
  class Subscriptions {
    @Test
    void areMadeByMessages() {
      String endpoint = Endpoints.inproc();
      Socket xpub = zmq.bound(XPUB, endpoint);
      Socket xsub = zmq.connected(XSUB, endpoint);
      xsub.send(SUBSCRIBE_A);
      assertThat(xpub.recv()).isEqualTo(SUBSCRIBE_A);
      xpub.send("A1");
      assertThat(xsub.recvString()).isEqualTo("A1");
      xsub.send(CANCEL_A);
      assertThat(xpub.recv()).isEqualTo(CANCEL_A);
      xpub.send("A2");
      assertThat(xpub.drops()).containsEntry(DropReason.NO_SUBSCRIBER, 1L);
    }

    @Test
    void areCountedAndForwardedAsTheyCame() {
      Socket xsub = zmq.socket(XSUB);
      Events events = Events.of(xsub);
      String endpoint = xsub.bind(Endpoints.TCP);
      try (RawPeer pub = RawPeer.connect(endpoint).handshake("PUB")) {
        events.await(Type.HANDSHAKE_SUCCEEDED);
        xsub.send(SUBSCRIBE_A);
        assertThat(pub.readFrame().hex()).isEqualTo("00 0141");
        xsub.send(SUBSCRIBE_A);
        assertThat(pub.readFrame().hex()).isEqualTo("00 0141");
        xsub.send(CANCEL_A);
        xsub.send(hex("01 42"));
        assertThat(pub.readFrame().hex()).isEqualTo("00 0142");
        xsub.send(CANCEL_A);
        assertThat(pub.readFrame().hex()).isEqualTo("00 0041");
        xsub.send(CANCEL_A);
        xsub.send(hex("01 43"));
        assertThat(pub.readFrame().hex()).isEqualTo("00 0143");
      }
    }

    @Test
    void areToldToEachNewPublisherAsCommands() {
      Socket xsub = zmq.socket(XSUB);
      String endpoint = xsub.bind(Endpoints.TCP);
      xsub.send(hex("01 4142"));
      xsub.send(hex("01 4142"));
      try (RawPeer pub = RawPeer.connect(endpoint).handshake("PUB")) {
        assertThat(pub.readFrame().hex()).isEqualTo("04 095355425343524942454142");
        xsub.send(hex("01 43"));
        assertThat(pub.readFrame().hex()).isEqualTo("00 0143");
      }
    }

    @Test
    void areToldToOlderPublishersAsMessages() {
      Socket xsub = zmq.socket(XSUB);
      String endpoint = xsub.bind(Endpoints.TCP);
      xsub.send(hex("01 4142"));
      try (RawPeer pub = RawPeer.connect(endpoint).handshake(0, RawPeer.ready("PUB"))) {
        assertThat(pub.readFrame().hex()).isEqualTo("00 014142");
      }
    }

    @Test
    void thatWereCancelledWhileThePublisherWasAwayDoNotComeBack() {
      String here = Endpoints.freeTcp();
      Socket xsub = zmq.socket(XSUB).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(10));
      xsub.set(SocketOptions.SNDHWM, 0).set(SocketOptions.SNDBUF, 10_000).connect(here);
      try (RawPeer.Listener listener = RawPeer.listen(Endpoints.port(here))) {
        RawPeer pub = listener.accept().handshake("XPUB");
        assertThat(xsub.awaitConnected(1, Await.LONG)).isTrue();
        byte[] large = new byte[1 << 20];
        large[0] = 'm';
        for (int i = 0; i < 4; i++) {
          xsub.send(large); // more than the channel takes
        }
        xsub.send(SUBSCRIBE_A); // stays behind it
        pub.reset();
        Await.until("the loss is noticed", () -> !xsub.awaitConnected(1, Duration.ZERO));
        xsub.send(CANCEL_A);
        try (RawPeer back = listener.accept().handshake("XPUB")) {
          assertThat(xsub.awaitConnected(1, Await.LONG)).isTrue();
          xsub.send(hex("01 42")); // the last
          List<String> told = new ArrayList<>();
          do {
            RawPeer.Frame frame = back.readFrame();
            if (frame.body().length < 100) {
              told.add(frame.hex());
            }
          } while (!told.contains("00 0142"));
          assertThat(told).containsExactly("00 0142");
        }
      }
    }

    @Test
    void areNotForTheOption() {
      Socket xsub = zmq.socket(XSUB);
      assertThatThrownBy(() -> xsub.subscribe("A")).isInstanceOf(ZmqArgumentException.class);
    }
  }

  @Nested
  class Outgoing {
    @Test
    void goesToAllPublishers() {
      Socket xsub = zmq.socket(XSUB);
      Socket one = zmq.bound(XPUB, Endpoints.inproc());
      Socket two = zmq.bound(XPUB, Endpoints.inproc());
      xsub.connect(one.get(SocketOptions.LAST_ENDPOINT));
      xsub.connect(two.get(SocketOptions.LAST_ENDPOINT));
      xsub.send(Message.of("hello", "", "all"));
      xsub.send("");
      for (Socket pub : new Socket[] {one, two}) {
        assertThat(pub.recvMessage()).isEqualTo(Message.of("hello", "", "all"));
        assertThat(pub.recvMessage()).isEqualTo(Message.of(""));
      }
    }

    @Test
    void isDroppedForAFullPublisherAndCounted() {
      Socket xsub = zmq.limited(XSUB, 5, 0);
      xsub.connect(Endpoints.inproc()); // not bound yet: 5 is all
      for (int i = 0; i < 7; i++) {
        xsub.send("m" + i); // never waits
      }
      assertThat(xsub.drops()).containsEntry(DropReason.HIGH_WATER_MARK, 2L);
    }

    @Test
    void isCountedWhenThereIsNoPublisher() {
      Socket xsub = zmq.bound(XSUB, Endpoints.inproc());
      xsub.send("to nobody");
      assertThat(xsub.drops()).containsEntry(DropReason.NO_PEER, 1L);
    }

    @Test
    void isAlwaysPossibleForAPoller() {
      Socket xsub = zmq.socket(XSUB);
      try (Poller poller = zmq.context().poller()) {
        poller.register(xsub, Poller.IN | Poller.OUT);
        assertThat(poller.pollNow()).isEqualTo(1);
        assertThat(poller.isWritable(xsub)).isTrue();
      }
    }
  }

  @Nested
  class Incoming {
    @Test
    void isNotFiltered() {
      Socket xsub = zmq.socket(XSUB);
      String endpoint = xsub.bind(Endpoints.TCP);
      try (RawPeer pub = RawPeer.connect(endpoint).handshake("PUB")) {
        pub.sendMessage("never subscribed to");
        assertThat(xsub.recvString()).isEqualTo("never subscribed to");
      }
      assertThat(xsub.drops()).isEmpty();
    }

    @Test
    void isFairQueued() {
      Socket xsub = zmq.socket(XSUB);
      Socket[] pubs = new Socket[3];
      for (int i = 0; i < 3; i++) {
        pubs[i] = zmq.bound(XPUB, Endpoints.inproc());
        xsub.connect(pubs[i].get(SocketOptions.LAST_ENDPOINT));
      }
      xsub.send(hex("01"));
      for (int i = 0; i < 3; i++) {
        assertThat(text(pubs[i].recv())).isEqualTo("01");
        for (int j = 0; j < 4; j++) {
          pubs[i].send("pub " + i);
        }
      }
      for (int round = 0; round < 4; round++) {
        Set<String> senders = new HashSet<>();
        for (int i = 0; i < 3; i++) {
          senders.add(xsub.recvString());
        }
        assertThat(senders).hasSize(3);
      }
    }
  }

  @Nested
  class Forwarding {
    /** publishers, XSUB | application | XPUB, subscribers. */
    @Test
    void carriesSubscriptionsUpAndMessagesDown() {
      String up = Endpoints.inproc();
      String down = Endpoints.inproc();
      Socket xsub = zmq.bound(XSUB, up);
      Socket xpub = zmq.bound(XPUB, down);
      Socket pub = zmq.connected(PUB, up);
      Socket sub = zmq.connected(SUB, down);
      sub.subscribe("A");
      xsub.send(xpub.recvMessage());
      Await.until(
          "a message comes through",
          () -> {
            pub.send("A1");
            Message message = xsub.recvMessage(Duration.ofMillis(20));
            if (message == null) {
              return false;
            }
            xpub.send(message);
            return "A1".equals(sub.recvString());
          });
      sub.unsubscribe("A");
      Message cancel = xpub.recvMessage();
      assertThat(cancel.bytes(0)).isEqualTo(CANCEL_A);
      xsub.send(cancel);
      Await.until(
          "the publisher has nobody left",
          () -> {
            long before = pub.drops().getOrDefault(DropReason.NO_SUBSCRIBER, 0L);
            pub.send("A2");
            return pub.drops().getOrDefault(DropReason.NO_SUBSCRIBER, 0L) > before;
          });
    }
  }

  @Nested
  class Linger {
    @Test
    void isNoneByDefault() {
      assertThat(zmq.socket(XSUB).get(SocketOptions.LINGER)).isZero();
    }
  }
}
