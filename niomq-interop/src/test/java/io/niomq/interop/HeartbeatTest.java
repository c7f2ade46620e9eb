package io.niomq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * libzmq sends PING and closes the connection when no PONG comes. RFC 37, Connection Heartbeating.
 */
@ExtendWith({NioMq.class, Libzmq.class})
class HeartbeatTest {
  private static final int INTERVAL_MILLIS = 50;
  private static final int TIMEOUT_MILLIS = 1000;
  private static final Duration LONGER_THAN_THE_TIMEOUT = Duration.ofMillis(TIMEOUT_MILLIS + 300);

  /** Whether the application sits in a receive (and drives its connection) or stays away. */
  @ParameterizedTest(name = "application waits in recv: {0}")
  @ValueSource(booleans = {true, false})
  void pingsAreAnswered(boolean applicationWaits, NioSockets sockets, LibzmqPeer libzmq) {
    LibzmqSocket theirs = pinging(libzmq, SocketType.DEALER);
    Socket ours = sockets.open(SocketType.DEALER);
    sockets.join(Transport.TCP, new NioSocket(ours), theirs);
    assertThat(theirs.event("HANDSHAKE_SUCCEEDED", NioSockets.LONGEST_WAIT)).isTrue();
    theirs.beginEvent("DISCONNECTED", LONGER_THAN_THE_TIMEOUT);
    if (applicationWaits) {
      assertThat(ours.recv(LONGER_THAN_THE_TIMEOUT)).isNull();
    }
    assertThat(libzmq.finish()).as("libzmq gave the connection up").isNull();
    theirs.send("still here");
    assertThat(ours.recvString()).isEqualTo("still here");
    ours.send("me too");
    assertThat(theirs.recv()).isEqualTo(Message.of("me too"));
  }

  @ParameterizedTest
  @EnumSource(names = {"PUSH", "PUB", "ROUTER"})
  void pingsAreNotMessages(SocketType type, NioSockets sockets, LibzmqPeer libzmq) {
    // Pings come in between the frames of traffic; nothing of them may show.
    LibzmqSocket theirs = pinging(libzmq, type);
    theirs.set("HEARTBEAT_IVL", 1);
    Socket ours =
        sockets.open(
            type == SocketType.ROUTER ? SocketType.ROUTER : type.peers().iterator().next());
    if (ours.type() == SocketType.SUB) {
      ours.subscribe("");
    }
    if (type == SocketType.ROUTER) {
      theirs.name("theirs");
      new NioSocket(ours).name("ours");
      theirs.mandatory();
    }
    sockets.join(Transport.TCP, new NioSocket(ours), theirs);
    String[] head = type == SocketType.ROUTER ? new String[] {"ours"} : new String[0];
    if (type == SocketType.PUB) {
      Exchange.awaitSubscribed(theirs, new NioSocket(ours), "probe");
    }
    Exchange.until(() -> theirs.trySend(message(head, "first")));
    for (int i = 0; i < 500; i++) {
      theirs.send(message(head, "" + i));
    }
    Message first = Exchange.recvPast("probe", new NioSocket(ours));
    assertThat(first.removeLast()).asString().isEqualTo("first");
    for (int i = 0; i < 500; i++) {
      assertThat(ours.recvMessage().removeLast()).asString().isEqualTo("" + i);
    }
    assertThat(ours.tryRecvMessage()).isNull();
  }

  /** Ours are answered, by a libzmq that sends none itself. */
  @ParameterizedTest
  @EnumSource(Transport.class)
  void ourPingsAreAnswered(Transport transport, NioSockets sockets, LibzmqPeer libzmq) {
    LibzmqSocket theirs = libzmq.socket(SocketType.DEALER);
    theirs.monitor();
    Socket ours = pinging(sockets, TIMEOUT_MILLIS);
    sockets.join(transport, theirs, new NioSocket(ours));
    assertThat(theirs.event("HANDSHAKE_SUCCEEDED", NioSockets.LONGEST_WAIT)).isTrue();
    assertThat(theirs.event("DISCONNECTED", LONGER_THAN_THE_TIMEOUT)).isFalse();
    ours.send("still here");
    assertThat(theirs.recv()).isEqualTo(Message.of("still here"));
  }

  @Test
  void bothMayPing(NioSockets sockets, LibzmqPeer libzmq) {
    LibzmqSocket theirs = pinging(libzmq, SocketType.DEALER).set("HEARTBEAT_TTL", 1000);
    Socket ours =
        pinging(sockets, TIMEOUT_MILLIS)
            .set(SocketOptions.HEARTBEAT_TTL, Duration.ofMillis(TIMEOUT_MILLIS));
    sockets.join(Transport.TCP, new NioSocket(ours), theirs);
    assertThat(theirs.event("HANDSHAKE_SUCCEEDED", NioSockets.LONGEST_WAIT)).isTrue();
    assertThat(theirs.event("DISCONNECTED", LONGER_THAN_THE_TIMEOUT)).isFalse();
    theirs.send("still here");
    assertThat(ours.recvString()).isEqualTo("still here");
  }

  /** A process that is stopped keeps its connections open and says nothing. */
  @ParameterizedTest(name = "application waits in recv: {0}")
  @ValueSource(booleans = {true, false})
  void aStoppedLibzmqIsFoundAndConnectedAgain(boolean applicationWaits, NioSockets sockets)
      throws Exception {
    try (LibzmqPeer libzmq = LibzmqPeer.start()) {
      LibzmqSocket theirs = libzmq.socket(SocketType.DEALER);
      Socket ours = pinging(sockets, 500);
      Events events = Events.of(ours);
      sockets.join(Transport.TCP, theirs, new NioSocket(ours));
      theirs.send("before");
      assertThat(ours.recvString()).isEqualTo("before");
      libzmq.signal("STOP");
      CompletableFuture<String> received = null;
      try {
        if (applicationWaits) {
          received = CompletableFuture.supplyAsync(ours::recvString);
        }
        events.await(SocketEvent.Type.DISCONNECTED);
      } finally {
        libzmq.signal("CONT");
      }
      events.await(SocketEvent.Type.HANDSHAKE_SUCCEEDED);
      theirs.send("after");
      String after = received == null ? ours.recvString() : received.get(20, TimeUnit.SECONDS);
      assertThat(after).isEqualTo("after");
    }
  }

  /** We send no PINGs ourselves: its own has told us how long to bear its silence. */
  @Test
  void theTimeToLiveOfAStoppedLibzmqIsHonoured(NioSockets sockets) throws Exception {
    try (LibzmqPeer libzmq = LibzmqPeer.start()) {
      LibzmqSocket theirs =
          libzmq.socket(SocketType.DEALER).set("HEARTBEAT_IVL", 50).set("HEARTBEAT_TTL", 500);
      Socket ours = sockets.open(SocketType.DEALER);
      Events events = Events.of(ours);
      sockets.join(Transport.TCP, new NioSocket(ours), theirs);
      events.await(SocketEvent.Type.HANDSHAKE_SUCCEEDED);
      theirs.send("ping a few times");
      ours.recvString();
      assertThat(theirs.recv(Duration.ofMillis(200))).isNull();
      libzmq.signal("STOP");
      try {
        assertThat(events.await(SocketEvent.Type.DISCONNECTED).detail()).contains("500 ms");
      } finally {
        libzmq.signal("CONT");
      }
    }
  }

  private static Socket pinging(NioSockets sockets, int timeoutMillis) {
    return sockets
        .open(SocketType.DEALER)
        .set(SocketOptions.HEARTBEAT_IVL, Duration.ofMillis(INTERVAL_MILLIS))
        .set(SocketOptions.HEARTBEAT_TIMEOUT, Duration.ofMillis(timeoutMillis))
        .set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(20));
  }

  private static Message message(String[] head, String body) {
    return Message.of(head).add(body);
  }

  private static LibzmqSocket pinging(LibzmqPeer libzmq, SocketType type) {
    LibzmqSocket socket =
        libzmq
            .socket(type)
            .set("HEARTBEAT_IVL", INTERVAL_MILLIS)
            .set("HEARTBEAT_TIMEOUT", TIMEOUT_MILLIS);
    socket.monitor();
    return socket;
  }
}
