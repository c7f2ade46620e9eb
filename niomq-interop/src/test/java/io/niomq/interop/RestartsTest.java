package io.niomq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A peer dies in the middle and another one takes its place at the same endpoint: the conversation
 * goes on.
 */
@ExtendWith({NioMq.class, Libzmq.class})
class RestartsTest {
  private static final Duration SOON = Duration.ofMillis(10);

  @Nested
  class ALibzmqProcessThatBindsIsKilled {
    @ParameterizedTest
    @EnumSource
    void andWhatWasSentMeanwhileArrives(Transport transport, NioSockets sockets)
        throws IOException {
      Socket push = sockets.open(SocketType.PUSH).set(SocketOptions.RECONNECT_IVL, SOON);
      Events events = Events.of(push);
      String endpoint;
      try (LibzmqPeer first = LibzmqPeer.start()) {
        LibzmqSocket pull = first.socket(SocketType.PULL);
        endpoint = pull.bind(sockets.foreignEndpoint(transport));
        push.connect(endpoint);
        pull.beginRecvNumbered(0, 100, 50, 0);
        for (int i = 0; i < 100; i++) {
          push.send(Generated.body(i, 50));
        }
        first.finish();
        first.kill();
      }
      events.await(SocketEvent.Type.DISCONNECTED);
      for (int i = 100; i < 600; i++) {
        push.send(Generated.body(i, 50));
      }
      try (LibzmqPeer second = LibzmqPeer.start()) {
        LibzmqSocket pull = second.socket(SocketType.PULL);
        pull.bind(endpoint);
        pull.beginRecvNumbered(100, 500, 50, 0);
        second.finish();
      }
    }

    @Test
    void andSubscriptionsAreMadeAgain(NioSockets sockets) throws IOException {
      Socket sub = sockets.open(SocketType.SUB).set(SocketOptions.RECONNECT_IVL, SOON);
      sub.subscribe("a").subscribe("b").subscribe("a").subscribe("gone").unsubscribe("gone");
      String endpoint;
      try (LibzmqPeer first = LibzmqPeer.start()) {
        LibzmqSocket pub = first.socket(SocketType.XPUB);
        endpoint = pub.bind(sockets.foreignEndpoint(Transport.TCP));
        sub.connect(endpoint);
        expectSubscriptions(pub);
        pub.send("a", "first");
        assertThat(sub.recvMessage()).isEqualTo(Message.of("a", "first"));
        first.kill();
      }
      try (LibzmqPeer second = LibzmqPeer.start()) {
        LibzmqSocket pub = second.socket(SocketType.XPUB);
        pub.bind(endpoint);
        expectSubscriptions(pub);
        pub.send("gone");
        pub.send("b", "second");
        assertThat(sub.recvMessage()).isEqualTo(Message.of("b", "second"));
      }
    }

    private void expectSubscriptions(LibzmqSocket pub) {
      assertThat(new Message[] {pub.recv(), pub.recv()})
          .containsExactlyInAnyOrder(Message.of("\u0001a"), Message.of("\u0001b"));
    }

    @Test
    void andARouterIsFoundAgain(NioSockets sockets) throws IOException {
      NioSocket dealer =
          new NioSocket(sockets.open(SocketType.DEALER).set(SocketOptions.RECONNECT_IVL, SOON));
      dealer.name("us");
      Events events = Events.of(dealer.socket());
      String endpoint;
      try (LibzmqPeer first = LibzmqPeer.start()) {
        LibzmqSocket router = first.socket(SocketType.ROUTER);
        endpoint = router.bind(sockets.foreignEndpoint(Transport.IPC));
        dealer.connect(endpoint);
        dealer.send("hello");
        assertThat(router.recv()).isEqualTo(Message.of("us", "hello"));
        router.send("us", "unread before the crash");
        dealer.send("mark");
        assertThat(router.recv()).isEqualTo(Message.of("us", "mark"));
        assertThat(dealer.recv()).isEqualTo(Message.of("unread before the crash"));
        first.kill();
      }
      events.await(SocketEvent.Type.DISCONNECTED);
      dealer.send("are you back?");
      try (LibzmqPeer second = LibzmqPeer.start()) {
        LibzmqSocket router = second.socket(SocketType.ROUTER);
        router.bind(endpoint);
        assertThat(router.recv()).isEqualTo(Message.of("us", "are you back?"));
        router.send("us", "yes");
        assertThat(dealer.recv()).isEqualTo(Message.of("yes"));
      }
    }

    @Test
    void andARequestIsAskedAgain(NioSockets sockets) throws IOException {
      Socket req =
          sockets
              .open(SocketType.REQ)
              .set(SocketOptions.RECONNECT_IVL, SOON)
              .set(SocketOptions.REQ_RELAXED, true)
              .set(SocketOptions.REQ_CORRELATE, true);
      Events events = Events.of(req);
      String endpoint;
      try (LibzmqPeer first = LibzmqPeer.start()) {
        LibzmqSocket rep = first.socket(SocketType.REP);
        endpoint = rep.bind(sockets.foreignEndpoint(Transport.TCP));
        req.connect(endpoint);
        req.send("lost question");
        assertThat(rep.recv()).isEqualTo(Message.of("lost question"));
        first.kill();
      }
      events.await(SocketEvent.Type.DISCONNECTED);
      req.send("question");
      try (LibzmqPeer second = LibzmqPeer.start()) {
        LibzmqSocket rep = second.socket(SocketType.REP);
        rep.bind(endpoint);
        assertThat(rep.recv()).isEqualTo(Message.of("question"));
        rep.send("answer");
        assertThat(req.recvMessage()).isEqualTo(Message.of("answer"));
      }
    }
  }

  @Nested
  class ALibzmqProcessThatConnectsIsKilled {
    @ParameterizedTest
    @EnumSource
    void andItsSuccessorIsServed(Transport transport, NioSockets sockets) throws IOException {
      Socket router = sockets.open(SocketType.ROUTER);
      String endpoint = router.bind(sockets.endpoint(transport));
      Events events = Events.of(router);
      for (int life = 0; life < 2; life++) {
        try (LibzmqPeer peer = LibzmqPeer.start()) {
          LibzmqSocket dealer = peer.socket(SocketType.DEALER);
          dealer.name("same id");
          dealer.connect(endpoint);
          dealer.send("life " + life);
          assertThat(router.recvMessage()).isEqualTo(Message.of("same id", "life " + life));
          router.send(Message.of("same id", "answer " + life));
          assertThat(dealer.recv()).isEqualTo(Message.of("answer " + life));
          peer.kill();
        }
        events.await(SocketEvent.Type.DISCONNECTED);
        router.send(Message.of("same id", "to nobody"));
      }
    }

    @Test
    void andItsSubscriptionsAreForgotten(NioSockets sockets) throws IOException {
      Socket pub = sockets.open(SocketType.XPUB);
      String endpoint = pub.bind(sockets.endpoint(Transport.TCP));
      for (int life = 0; life < 2; life++) {
        try (LibzmqPeer peer = LibzmqPeer.start()) {
          LibzmqSocket sub = peer.socket(SocketType.SUB);
          sub.subscribe("t");
          sub.connect(endpoint);
          assertThat(pub.recvMessage()).isEqualTo(Message.of("\u0001t"));
          pub.send("t" + life);
          assertThat(sub.recv()).isEqualTo(Message.of("t" + life));
          peer.kill();
        }
        assertThat(pub.recvMessage()).isEqualTo(Message.of("\0t"));
      }
    }

    @Test
    void andWhatItSentCanStillBeRead(NioSockets sockets) throws IOException {
      Socket pull = sockets.open(SocketType.PULL);
      String endpoint = pull.bind(sockets.endpoint(Transport.TCP));
      Events events = Events.of(pull);
      try (LibzmqPeer peer = LibzmqPeer.start()) {
        LibzmqSocket push = peer.socket(SocketType.PUSH);
        push.connect(endpoint);
        for (int i = 0; i < 10; i++) {
          push.send("" + i);
        }
        assertThat(pull.recvMessage()).isEqualTo(Message.of("0"));
        push.close(-1);
        peer.reset(); // returns when everything was sent
        peer.kill();
      }
      events.await(SocketEvent.Type.DISCONNECTED);
      for (int i = 1; i < 10; i++) {
        assertThat(pull.recvMessage()).isEqualTo(Message.of("" + i));
      }
    }
  }

  @Nested
  class ANioMqSocketIsReplaced {
    @ParameterizedTest
    @EnumSource
    void andLibzmqFindsTheNewOne(Transport transport, NioSockets sockets, LibzmqPeer libzmq) {
      LibzmqSocket push = libzmq.socket(SocketType.PUSH).set("RECONNECT_IVL", 10);
      push.monitor();
      Socket first = sockets.open(SocketType.PULL);
      String endpoint = first.bind(sockets.endpoint(transport));
      push.connect(endpoint);
      push.send("to the first");
      assertThat(first.recvMessage()).isEqualTo(Message.of("to the first"));
      first.close();
      assertThat(push.event("DISCONNECTED", NioSockets.LONGEST_WAIT)).isTrue();
      push.beginSendNumbered(0, 500, 50);
      libzmq.finish();
      Socket second = sockets.open(SocketType.PULL);
      second.bind(endpoint);
      for (int i = 0; i < 500; i++) {
        assertThat(second.recv()).isEqualTo(Generated.body(i, 50));
      }
    }

    @Test
    void andLibzmqSubscribesAgain(NioSockets sockets, LibzmqPeer libzmq) {
      LibzmqSocket sub = libzmq.socket(SocketType.SUB).set("RECONNECT_IVL", 10);
      sub.subscribe("t");
      String endpoint = "tcp://127.0.0.1:*";
      for (int life = 0; life < 3; life++) {
        Socket pub = sockets.open(SocketType.XPUB);
        String bound = pub.bind(endpoint);
        if (life == 0) {
          sub.connect(bound);
          endpoint = bound;
        }
        Exchange.until(
            () -> {
              sub.poke(); // libzmq tells its subscriptions only when it is called
              return Message.of("\u0001t").equals(pub.recvMessage(SOON));
            });
        pub.send("t" + life);
        assertThat(sub.recv()).isEqualTo(Message.of("t" + life));
        pub.close();
      }
    }

    @Test
    void andAnotherConnectsToTheSameLibzmqSocket(NioSockets sockets, LibzmqPeer libzmq) {
      End rep = libzmq.socket(SocketType.REP);
      String endpoint = sockets.bind(Transport.TCP, rep);
      for (int life = 0; life < 3; life++) {
        try (Socket req = sockets.open(SocketType.REQ)) {
          req.connect(endpoint);
          req.send("question " + life);
          assertThat(rep.recv()).isEqualTo(Message.of("question " + life));
          rep.send("answer");
          assertThat(req.recvString()).isEqualTo("answer");
        }
      }
    }

    @Test
    void orUnbindsAndBindsAgain(NioSockets sockets, LibzmqPeer libzmq) {
      LibzmqSocket dealer = libzmq.socket(SocketType.DEALER).set("RECONNECT_IVL", 10);
      dealer.monitor();
      Socket router = sockets.open(SocketType.ROUTER);
      String endpoint = router.bind(sockets.endpoint(Transport.TCP));
      dealer.connect(endpoint);
      dealer.send("before");
      Message before = router.recvMessage();
      assertThat(before.string(1)).isEqualTo("before");
      router.unbind(endpoint);
      assertThat(dealer.event("DISCONNECTED", NioSockets.LONGEST_WAIT)).isTrue();
      dealer.send("between");
      router.bind(endpoint);
      assertThat(router.recvMessage().string(1)).isEqualTo("between");
    }
  }
}
