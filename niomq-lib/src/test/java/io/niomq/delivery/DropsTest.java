package io.niomq.delivery;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.REQ;
import static io.niomq.SocketType.ROUTER;
import static io.niomq.SocketType.SUB;
import static io.niomq.SocketType.XPUB;
import static io.niomq.SocketType.XSUB;
import static io.niomq.testing.Octets.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.DropReason;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nothing is lost silently: one provoked drop for each {@link DropReason}. */
@ExtendWith(NoLeaks.class)
class DropsTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private static void awaitDrops(Socket socket, DropReason reason, long count) {
    Await.until(
        count + " times " + reason + " in " + socket,
        () -> socket.drops().getOrDefault(reason, 0L) == count);
    assertThat(socket.drops()).containsOnlyKeys(reason);
  }

  @Test
  void noneAtFirst() {
    assertThat(zmq.socket(DEALER).drops()).isEmpty();
  }

  @Test
  void noneWhenAllIsWell() {
    String endpoint = Endpoints.inproc();
    Socket rep = zmq.bound(REP, endpoint);
    Socket req = zmq.connected(REQ, endpoint);
    for (int i = 0; i < 10; i++) {
      req.send("q");
      rep.send(rep.recv());
      req.recv();
    }
    assertThat(rep.drops()).isEmpty();
    assertThat(req.drops()).isEmpty();
  }

  @Test
  void noSubscriber() {
    Socket pub = zmq.bound(PUB, Endpoints.inproc());
    pub.send("1");
    pub.send(Message.of("2", "2"));
    awaitDrops(pub, DropReason.NO_SUBSCRIBER, 2);
  }

  @Test
  void highWaterMark() {
    String endpoint = Endpoints.inproc();
    Socket xpub = zmq.limited(XPUB, 1, 0);
    xpub.bind(endpoint);
    Socket sub = zmq.limited(SUB, 0, 1).subscribe("");
    sub.connect(endpoint);
    xpub.recv();
    for (int i = 0; i < 5; i++) {
      xpub.send("m" + i);
    }
    awaitDrops(xpub, DropReason.HIGH_WATER_MARK, 3);
    assertThat(sub.drops()).isEmpty();
  }

  @Test
  void noRoute() {
    Socket router = zmq.socket(ROUTER);
    router.send(Message.of("nobody", "x"));
    awaitDrops(router, DropReason.NO_ROUTE, 1);
  }

  @Test
  void noPeer() {
    Socket rep = zmq.socket(REP);
    Events events = Events.of(rep);
    String endpoint = rep.bind(Endpoints.TCP);
    try (RawPeer req = RawPeer.connect(endpoint).handshake("REQ")) {
      req.send("01 00 00 01 71");
      rep.recv();
    }
    events.await(Type.DISCONNECTED);
    rep.send("x");
    awaitDrops(rep, DropReason.NO_PEER, 1);
  }

  @Test
  void malformed() {
    String endpoint = Endpoints.inproc();
    Socket rep = zmq.bound(REP, endpoint);
    zmq.connected(DEALER, endpoint).send("no delimiter");
    assertThat(rep.tryRecv()).isNull();
    awaitDrops(rep, DropReason.MALFORMED, 1);
  }

  @Test
  void notSubscribed() {
    Socket sub = zmq.socket(SUB).subscribe("a");
    String endpoint = sub.bind(Endpoints.TCP);
    try (RawPeer pub = RawPeer.connect(endpoint).handshake("PUB")) {
      pub.sendMessage("b").sendMessage("a");
      assertThat(sub.recvString()).isEqualTo("a");
    }
    awaitDrops(sub, DropReason.NOT_SUBSCRIBED, 1);
  }

  @Test
  void staleReply() {
    String endpoint = Endpoints.inproc();
    Socket router = zmq.bound(ROUTER, endpoint);
    Socket req = zmq.connected(REQ, endpoint);
    req.send("1");
    Message first = router.recvMessage();
    router.send(first.copy());
    router.send(first);
    req.recv();
    req.send("2");
    awaitDrops(req, DropReason.STALE_REPLY, 1);
  }

  @Test
  void notReceiving() {
    Socket push = zmq.socket(PUSH);
    String endpoint = push.bind(Endpoints.TCP);
    try (RawPeer pull = RawPeer.connect(endpoint).handshake("PULL")) {
      pull.sendMessage("1").sendMessage("2");
      awaitDrops(push, DropReason.NOT_RECEIVING, 2);
    }
  }

  @Test
  void conflated() {
    String endpoint = Endpoints.freeTcp();
    Socket push = zmq.socket(PUSH).set(SocketOptions.CONFLATE, true);
    push.connect(endpoint);
    push.send("1");
    push.send("2");
    push.send("3");
    awaitDrops(push, DropReason.CONFLATED, 2);
    assertThat(zmq.bound(PULL, endpoint).recvString()).isEqualTo("3");
  }

  @Test
  void connectionLost() {
    Socket push = zmq.limited(PUSH, 20, 0).set(SocketOptions.SNDBUF, 8192);
    Events events = Events.of(push);
    String endpoint = push.bind(Endpoints.TCP);
    try (RawPeer pull = RawPeer.connect(endpoint).withSmallWindow().handshake("PULL")) {
      events.await(Type.HANDSHAKE_SUCCEEDED);
      byte[] large = new byte[1 << 20];
      while (push.send(large, Duration.ofMillis(200))) {
        assertThat(push.drops()).isEmpty();
      }
      pull.reset();
    }
    Await.until(
        "the queue is counted",
        () -> push.drops().getOrDefault(DropReason.CONNECTION_LOST, 0L) >= 10);
  }

  /** What is translated, for a peer of ZMTP 1.0, waits outside the queue. */
  @Test
  void partlySentOrTranslatedAndNotSent() {
    Socket push =
        zmq.socket(PUSH).set(SocketOptions.SNDBUF, 8192).set(SocketOptions.LINGER, Duration.ZERO);
    Events events = Events.of(push);
    String endpoint = push.bind(Endpoints.TCP);
    try (RawPeer pull =
        RawPeer.connect(endpoint).withSmallWindow().send(new byte[] {1, 0})) { // its identity
      events.await(Type.HANDSHAKE_SUCCEEDED);
      int sent = 0;
      while (push.send(new byte[100], Duration.ofMillis(200))) {
        sent++;
      }
      push.close();
      int lost = sent - (pull.readToEnd().length - 10) / 102;
      assertThat(lost).isPositive(); // how many is up to the system's buffers
      Await.until(
          lost + " are counted",
          () -> push.drops().values().stream().mapToLong(Long::longValue).sum() == lost);
    }
  }

  @Test
  void partlySent() {
    Socket push = zmq.socket(PUSH).set(SocketOptions.SNDBUF, 8192);
    Events events = Events.of(push);
    String endpoint = push.bind(Endpoints.TCP);
    try (RawPeer pull = RawPeer.connect(endpoint).withSmallWindow().handshake("PULL")) {
      events.await(Type.HANDSHAKE_SUCCEEDED);
      push.send(new byte[32 << 20]);
      assertThat(pull.read(1000)).hasSize(1000);
      pull.reset();
    }
    awaitDrops(push, DropReason.PARTLY_SENT, 1);
  }

  @Test
  void partlyReceived() {
    Socket pull = zmq.socket(PULL);
    String endpoint = pull.bind(Endpoints.TCP);
    try (RawPeer push = RawPeer.connect(endpoint).handshake("PUSH")) {
      push.sendMessage("whole").send("00 05 61 62");
      assertThat(pull.recvString()).isEqualTo("whole");
    }
    awaitDrops(pull, DropReason.PARTLY_RECEIVED, 1);
  }

  @Test
  void partlyReceivedOfALargeMessage() {
    Socket pull = zmq.socket(PULL);
    String endpoint = pull.bind(Endpoints.TCP);
    try (RawPeer push = RawPeer.connect(endpoint).handshake("PUSH")) {
      push.sendMessage("whole").send("02 00 00 00 00 00 10 00 00 61 62");
      assertThat(pull.recvString()).isEqualTo("whole");
    }
    awaitDrops(pull, DropReason.PARTLY_RECEIVED, 1);
  }

  @Test
  void aHalfReceivedCommandIsNoMessage() {
    Socket pull = zmq.socket(PULL);
    Events events = Events.of(pull);
    String endpoint = pull.bind(Endpoints.TCP);
    try (RawPeer push = RawPeer.connect(endpoint).handshake("PUSH")) {
      push.sendMessage("whole").send("04 07 04 50 49");
      assertThat(pull.recvString()).isEqualTo("whole");
    }
    events.await(Type.DISCONNECTED);
    assertThat(pull.drops()).isEmpty();
  }

  @Test
  @ShowsOption("ZMQ_MAXMSGSIZE")
  void tooLarge() {
    Socket pull = zmq.socket(PULL).set(SocketOptions.MAXMSGSIZE, 3L);
    String endpoint = pull.bind(Endpoints.TCP);
    try (RawPeer push = RawPeer.connect(endpoint).handshake("PUSH")) {
      push.sendMessage("abc").sendMessage("abcd");
      assertThat(pull.recvString()).isEqualTo("abc");
      awaitDrops(pull, DropReason.TOO_LARGE, 1);
    }
  }

  @Test
  void refused() {
    String endpoint = Endpoints.freeTcp();
    Socket push = zmq.connected(PUSH, endpoint);
    push.send("1");
    push.send("2");
    zmq.bound(SUB, endpoint);
    awaitDrops(push, DropReason.REFUSED, 2);
  }

  @Test
  void refusedOverInproc() {
    String endpoint = Endpoints.inproc();
    Socket push = zmq.connected(PUSH, endpoint);
    push.send("1");
    zmq.bound(SUB, endpoint);
    awaitDrops(push, DropReason.REFUSED, 1);
  }

  @Test
  void unfinished() {
    Socket push = zmq.bound(PUSH, Endpoints.inproc());
    push.sendMore("begun");
    push.close();
    awaitDrops(push, DropReason.UNFINISHED, 1);
  }

  @Test
  void lingerExpired() {
    Socket push = zmq.connected(PUSH, Endpoints.freeTcp());
    push.send("1");
    push.set(SocketOptions.LINGER, Duration.ZERO).close();
    awaitDrops(push, DropReason.LINGER_EXPIRED, 1);
  }

  @Test
  void unreadAtClose() {
    Socket pull = zmq.socket(PULL);
    String endpoint = pull.bind(Endpoints.TCP);
    try (RawPeer push = RawPeer.connect(endpoint).handshake("PUSH")) {
      push.sendMessage("1");
      assertThat(pull.recvString()).isEqualTo("1");
      push.send(join(RawPeer.frame(0, new byte[] {2}), RawPeer.frame(0, new byte[] {3})));
      assertThat(pull.recv()).containsExactly(2); // the other one came with it
      pull.close();
      awaitDrops(pull, DropReason.UNREAD_AT_CLOSE, 1);
    }
  }

  @Test
  void unreadAtDisconnect() {
    String endpoint = Endpoints.inproc();
    Socket push = zmq.bound(PUSH, endpoint);
    Socket pull = zmq.connected(PULL, endpoint);
    push.send("1");
    push.send("2");
    pull.disconnect(endpoint);
    assertThat(pull.tryRecv()).isNull();
    awaitDrops(pull, DropReason.UNREAD_AT_CLOSE, 2);
  }

  @Test
  void restUnreadAtClose() {
    String endpoint = Endpoints.inproc();
    Socket pull = zmq.bound(PULL, endpoint);
    zmq.connected(PUSH, endpoint).send(Message.of("1", "2"));
    assertThat(pull.recvString()).isEqualTo("1");
    pull.close();
    awaitDrops(pull, DropReason.UNREAD_AT_CLOSE, 1);
  }

  @Test
  void unreadAmongNoticesAtClose() {
    String endpoint = Endpoints.inproc();
    Socket xpub = zmq.bound(XPUB, endpoint);
    Socket xsub = zmq.connected(XSUB, endpoint);
    xsub.send(new byte[] {1, 'a'});
    xsub.send("a message");
    xpub.close();
    awaitDrops(xpub, DropReason.UNREAD_AT_CLOSE, 1);
  }

  @Test
  void noticesFull() {
    int notices = 1_000_000; // as many as are kept for the application
    Socket xpub = zmq.socket(XPUB);
    String endpoint = xpub.bind(Endpoints.TCP);
    try (RawPeer peer = RawPeer.connect(endpoint).handshake("XSUB")) {
      byte[] batch = new byte[3 * 10_000];
      for (int i = 0; i < batch.length; i += 3) {
        batch[i + 1] = 1;
        batch[i + 2] = 'x';
      }
      for (int i = 0; i < notices / 10_000; i++) {
        peer.send(batch);
      }
      peer.send(Arrays.copyOf(batch, 3 * 5));
      awaitDrops(xpub, DropReason.NOTICES_FULL, 5);
    }
  }

  @Test
  void noticesOfTooManyOctets() {
    byte[] body = new byte[1 << 20];
    Arrays.fill(body, (byte) 'x');
    byte[] message = RawPeer.frame(0, body);
    Socket xpub = zmq.socket(XPUB);
    try (RawPeer peer = RawPeer.connect(xpub.bind(Endpoints.TCP)).handshake("XSUB")) {
      for (int i = 0; i < 130; i++) { // 128 of them are kept for the application
        peer.send(message);
      }
      awaitDrops(xpub, DropReason.NOTICES_FULL, 2);
    }
  }
}
