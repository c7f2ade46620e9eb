package io.niomq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.Proxy;
import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Thousands of messages: order and content of each are checked, and none is lost where nothing may
 * be dropped.
 */
@ExtendWith({NioMq.class, Libzmq.class})
class ManyMessagesTest {
  private static final int COUNT = 20_000;

  private static void assertNumbered(Socket socket, int framesToSkip, int size) {
    for (int i = 0; i < COUNT; i++) {
      Message message = socket.recvMessage();
      assertThat(message.frameCount()).isEqualTo(framesToSkip + 1);
      byte[] body = message.bytes(framesToSkip);
      if (!Arrays.equals(body, Generated.body(i, size))) {
        throw new AssertionError("instead of message " + i + " came " + message);
      }
    }
  }

  @ParameterizedTest(name = "{1} octets over {0}, high-water marks {2}")
  @CsvSource({"TCP,64,1000", "TCP,64,10", "TCP,1000,1", "IPC,16,1000", "IPC,300,2", "TCP,9000,100"})
  void goOutInOrder(Transport transport, int size, int hwm, NioSockets sockets, LibzmqPeer libzmq) {
    Socket push = sockets.open(SocketType.PUSH).set(SocketOptions.SNDHWM, hwm);
    LibzmqSocket pull = libzmq.socket(SocketType.PULL).set("RCVHWM", hwm);
    sockets.join(transport, pull, new NioSocket(push));
    pull.beginRecvNumbered(0, COUNT, size, 0);
    for (int i = 0; i < COUNT; i++) {
      push.send(Generated.body(i, size));
    }
    libzmq.finish();
    assertThat(push.drops()).isEmpty();
  }

  @ParameterizedTest(name = "{1} octets over {0}, high-water marks {2}")
  @CsvSource({"TCP,64,1000", "TCP,64,10", "TCP,1000,1", "IPC,16,1000", "IPC,300,2", "TCP,9000,100"})
  void comeInInOrder(
      Transport transport, int size, int hwm, NioSockets sockets, LibzmqPeer libzmq) {
    Socket pull = sockets.open(SocketType.PULL).set(SocketOptions.RCVHWM, hwm);
    LibzmqSocket push = libzmq.socket(SocketType.PUSH).set("SNDHWM", hwm);
    sockets.join(transport, new NioSocket(pull), push);
    push.beginSendNumbered(0, COUNT, size);
    assertNumbered(pull, 0, size);
    libzmq.finish();
    assertThat(pull.drops()).isEmpty();
  }

  @ParameterizedTest(name = "{1} octets over {0}, high-water marks {2}")
  @CsvSource({"TCP,64,1000", "IPC,64,10", "TCP,400,3"})
  void goBothWaysAtOnce(
      Transport transport, int size, int hwm, NioSockets sockets, LibzmqPeer libzmq) {
    Socket ours =
        sockets
            .open(SocketType.DEALER)
            .set(SocketOptions.SNDHWM, hwm)
            .set(SocketOptions.RCVHWM, hwm);
    LibzmqSocket theirs = libzmq.socket(SocketType.DEALER);
    sockets.join(transport, new NioSocket(ours), theirs);
    theirs.beginEcho(COUNT);
    CompletableFuture<Void> reader =
        CompletableFuture.runAsync(() -> assertNumbered(ours, 0, size));
    for (int i = 0; i < COUNT; i++) {
      ours.send(Generated.body(i, size));
    }
    reader.orTimeout(60, TimeUnit.SECONDS).join();
    libzmq.finish();
  }

  @ParameterizedTest(name = "high-water marks {0}")
  @CsvSource({"1000", "5"})
  void areAllRoutedByAMandatoryRouter(int hwm, NioSockets sockets, LibzmqPeer libzmq) {
    Socket router =
        sockets
            .open(SocketType.ROUTER)
            .set(SocketOptions.ROUTER_MANDATORY, true)
            .set(SocketOptions.SNDHWM, hwm)
            .set(SocketOptions.RCVHWM, hwm);
    LibzmqSocket dealer = libzmq.socket(SocketType.DEALER).set("RCVHWM", hwm);
    dealer.name("d");
    sockets.join(Transport.TCP, new NioSocket(router), dealer);
    dealer.beginSendNumbered(0, COUNT, 100);
    assertNumbered(router, 1, 100);
    libzmq.finish();
    dealer.beginRecvNumbered(0, COUNT, 100, 0);
    byte[] id = {'d'};
    for (int i = 0; i < COUNT; i++) {
      router.send(Message.of(id, Generated.body(i, 100)));
    }
    libzmq.finish();
    assertThat(router.drops()).isEmpty();
  }

  @ParameterizedTest(name = "high-water marks {0}")
  @CsvSource({"1000", "5"})
  void areAllTakenFromTheirMandatoryRouter(int hwm, NioSockets sockets, LibzmqPeer libzmq) {
    LibzmqSocket router = libzmq.socket(SocketType.ROUTER).set("SNDHWM", hwm);
    router.mandatory();
    Socket dealer =
        sockets
            .open(SocketType.DEALER)
            .set(SocketOptions.RCVHWM, hwm)
            .set(SocketOptions.SNDHWM, hwm)
            .set(SocketOptions.ROUTING_ID, new byte[] {'d'});
    sockets.join(Transport.TCP, router, new NioSocket(dealer));
    router.beginRecvNumbered(0, COUNT, 100, 1);
    for (int i = 0; i < COUNT; i++) {
      dealer.send(Generated.body(i, 100));
    }
    libzmq.finish();
    router.beginSendNumberedTo("d", 0, COUNT, 100);
    assertNumbered(dealer, 0, 100);
    libzmq.finish();
  }

  @Test
  void ofASubscriberWithRoomAreAllDelivered(NioSockets sockets, LibzmqPeer libzmq) {
    Socket pub = sockets.open(SocketType.XPUB).set(SocketOptions.SNDHWM, 0);
    LibzmqSocket sub = libzmq.socket(SocketType.SUB).set("RCVHWM", 0);
    sub.subscribe("");
    sockets.join(Transport.TCP, new NioSocket(pub), sub);
    pub.recv();
    sub.beginRecvNumbered(0, COUNT, 50, 0);
    for (int i = 0; i < COUNT; i++) {
      pub.send(Generated.body(i, 50));
    }
    libzmq.finish();
    assertThat(pub.drops()).isEmpty();
  }

  @Test
  void ofTheirPublisherAreAllTaken(NioSockets sockets, LibzmqPeer libzmq) {
    LibzmqSocket pub = libzmq.socket(SocketType.XPUB).set("SNDHWM", 0);
    Socket sub = sockets.open(SocketType.SUB).set(SocketOptions.RCVHWM, 10).subscribe("");
    sockets.join(Transport.TCP, pub, new NioSocket(sub));
    pub.recv();
    pub.beginSendNumbered(0, COUNT, 50);
    assertNumbered(sub, 0, 50);
    libzmq.finish();
  }

  @Test
  void makeRequestsAndReplies(NioSockets sockets, LibzmqPeer libzmq) {
    Socket req = sockets.open(SocketType.REQ);
    LibzmqSocket rep = libzmq.socket(SocketType.REP);
    sockets.join(Transport.TCP, rep, new NioSocket(req));
    int count = COUNT / 10;
    rep.beginEcho(count);
    for (int i = 0; i < count; i++) {
      req.send(Generated.body(i, 20));
      assertThat(req.recv()).isEqualTo(Generated.body(i, 20));
    }
    libzmq.finish();
  }

  @Test
  void passABroker(NioSockets sockets, LibzmqPeer libzmq) {
    Socket frontend = sockets.open(SocketType.ROUTER);
    Socket backend = sockets.open(SocketType.DEALER);
    Socket client = sockets.open(SocketType.DEALER);
    // A REP of libzmq drops replies at its mark; twice as many requests as that may be on their
    // way.
    LibzmqSocket worker = libzmq.socket(SocketType.REP).set("SNDHWM", 0);
    client.connect(frontend.bind(sockets.endpoint(Transport.TCP)));
    sockets.join(Transport.TCP, new NioSocket(backend), worker);
    int count = COUNT / 10;
    worker.beginEcho(count);
    try (Proxy proxy = Proxy.between(frontend, backend).start()) {
      for (int i = 0; i < count; i++) {
        client.send(Message.of(new byte[0], Generated.body(i, 20)));
      }
      for (int i = 0; i < count; i++) {
        assertThat(client.recvMessage()).isEqualTo(Message.of(new byte[0], Generated.body(i, 20)));
      }
      libzmq.finish();
      assertThat(proxy.isRunning()).isTrue();
    }
  }

  @Test
  void areSharedFairlyAmongWorkers(NioSockets sockets, LibzmqPeer libzmq) {
    Socket push = sockets.open(SocketType.PUSH).set(SocketOptions.IMMEDIATE, true);
    String endpoint = push.bind(sockets.endpoint(Transport.TCP));
    Events events = Events.of(push);
    LibzmqSocket[] workers = new LibzmqSocket[4];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = libzmq.socket(SocketType.PULL);
      workers[i].connect(endpoint);
      events.await(SocketEvent.Type.HANDSHAKE_SUCCEEDED);
    }
    for (int i = 0; i < 400; i++) {
      push.send("" + i);
    }
    for (int round = 0; round < 100; round++) {
      for (LibzmqSocket worker : workers) {
        assertThat(worker.recv().frameCount()).isEqualTo(1);
      }
    }
  }
}
