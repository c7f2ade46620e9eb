package io.niomq.security;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.ROUTER;
import static io.niomq.testing.Octets.join;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.ZapHandler;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Noise;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Sockets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * PLAIN, with peers that say anything, in pieces of any size: it costs them their connection, and
 * nothing else. Bounded; see {@link Noise} for the seed.
 */
@ExtendWith(NoLeaks.class)
class PlainFuzzTest {
  private static final int ROUNDS = 8;
  private static final int STRANGERS = 25;
  private static final String PASSWORD = "nobody hits upon this";

  @RegisterExtension final Sockets zmq = new Sockets();

  private static byte[] hello(String name, String password) {
    return RawPeer.command(
        "HELLO",
        join(
            new byte[] {(byte) name.length()},
            utf8(name),
            new byte[] {(byte) password.length()},
            utf8(password)));
  }

  private static byte[] initiate(Random random) {
    byte[] properties =
        join(
            RawPeer.property("Socket-Type", utf8("DEALER")),
            RawPeer.property("Identity", Noise.noise(random, random.nextInt(9))),
            RawPeer.property("X-noise", Noise.noise(random, random.nextInt(400))));
    return RawPeer.command("INITIATE", properties);
  }

  /** A dialogue with a wrong password and any faults; what follows is said before it is time. */
  private static byte[] said(Random random) {
    byte[] name = Noise.noise(random, random.nextInt(20));
    byte[] hello = hello("n".repeat(name.length), "guess " + random.nextInt(1000));
    byte[] rest = join(initiate(random), RawPeer.frame(0, utf8("unheard")));
    return switch (random.nextInt(6)) {
      case 0 -> join(RawPeer.greeting(1, "PLAIN"), Noise.noise(random, random.nextInt(300)));
      case 1 -> join(RawPeer.greeting(1, "PLAIN"), hello, rest);
      case 2 -> join(RawPeer.greeting(1, "PLAIN"), rest);
      case 3 -> Noise.mutated(join(RawPeer.greeting(1, "PLAIN"), hello, rest), random);
      default -> join(RawPeer.greeting(1, "PLAIN"), Noise.mutated(join(hello, rest), random));
    };
  }

  /** Nobody knows the password, so all must be turned away: by a fault, a refusal, or the time. */
  @Test
  void aServerTurnsEveryStrangerAway() {
    Random random = Noise.random("PLAIN servers");
    ZapHandler handler =
        ZapHandler.start(zmq.context(), ZapHandler.passwords(Map.of("admin", PASSWORD)));
    Socket server =
        zmq.socket(ROUTER)
            .set(SocketOptions.PLAIN_SERVER, true)
            .set(SocketOptions.HANDSHAKE_IVL, Duration.ofMillis(500));
    Events events = Events.of(server);
    String endpoint = server.bind(Endpoints.TCP);
    for (int round = 0; round < ROUNDS; round++) {
      List<RawPeer> strangers = new ArrayList<>();
      for (int i = 0; i < STRANGERS; i++) {
        RawPeer stranger = RawPeer.connect(endpoint);
        strangers.add(stranger);
        Noise.sendInPieces(stranger, said(random), random);
      }
      for (RawPeer stranger : strangers) {
        stranger.readToEnd();
        stranger.close();
      }
    }
    events.await(Type.DISCONNECTED, ROUNDS * STRANGERS);
    assertThat(events.types()).doesNotContain(Type.HANDSHAKE_SUCCEEDED);
    assertThat(server.tryRecvMessage()).isNull();

    Socket good =
        zmq.socket(DEALER)
            .set(SocketOptions.PLAIN_USERNAME, "admin")
            .set(SocketOptions.PLAIN_PASSWORD, PASSWORD)
            .set(SocketOptions.ROUTING_ID, utf8("good"));
    good.connect(endpoint);
    good.send("hello");
    assertThat(server.recvMessage()).isEqualTo(Message.of("good", "hello"));
    handler.close();
  }

  private static byte[] answers(Random random) {
    byte[] welcome = RawPeer.command("WELCOME", new byte[0]);
    byte[] ready = RawPeer.ready("PULL", "id" + random.nextInt(5));
    byte[] error = RawPeer.command("ERROR", utf8("\3" + (100 * random.nextInt(7))));
    byte[] greeting = RawPeer.greeting(1, "PLAIN");
    return switch (random.nextInt(6)) {
      case 0 -> join(greeting, Noise.noise(random, random.nextInt(300)));
      case 1 -> join(greeting, Noise.mutated(error, random));
      case 2 -> join(greeting, welcome, Noise.mutated(error, random));
      case 3 -> Noise.mutated(join(greeting, welcome, ready), random);
      default -> join(greeting, Noise.mutated(join(welcome, ready), random));
    };
  }

  @Test
  void aClientBearsEveryServer() {
    Random random = Noise.random("PLAIN clients");
    Socket client =
        zmq.socket(PUSH)
            .set(SocketOptions.PLAIN_USERNAME, "admin")
            .set(SocketOptions.PLAIN_PASSWORD, PASSWORD)
            .set(SocketOptions.IMMEDIATE, true)
            .set(SocketOptions.RECONNECT_IVL, SocketOptions.FOREVER);
    Events events = Events.of(client);
    try (RawPeer.Listener listener = RawPeer.listen()) {
      for (int i = 0; i < ROUNDS * STRANGERS; i++) {
        client.connect(listener.endpoint());
        try (RawPeer stranger = listener.accept()) {
          Noise.sendInPieces(stranger, answers(random), random);
          stranger.shutdownOutput();
          stranger.readToEnd();
        }
      }
      events.await(Type.DISCONNECTED, ROUNDS * STRANGERS);
      client.connect(listener.endpoint());
      try (RawPeer good = listener.accept().send(RawPeer.greeting(1, "PLAIN"))) {
        good.read(64);
        assertThat(good.readFrame().text()).startsWith("\5HELLO");
        good.sendCommand("WELCOME", new byte[0]);
        assertThat(good.readFrame().text()).startsWith("\10INITIATE");
        good.send(RawPeer.ready("PULL"));
        client.send("hello");
        assertThat(good.readMessageFrame().text()).isEqualTo("hello");
      }
    }
  }
}
