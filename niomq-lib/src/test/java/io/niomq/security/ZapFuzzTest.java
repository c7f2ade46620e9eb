package io.niomq.security;

import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.ROUTER;
import static io.niomq.testing.Octets.join;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Noise;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Sockets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A ZAP handler that answers anything: it may keep peers out, and disturbs nobody else. Bounded;
 * see {@link Noise} for the seed.
 */
@ExtendWith(NoLeaks.class)
class ZapFuzzTest {
  private static final int PEERS = 200;

  @RegisterExtension final Sockets zmq = new Sockets();

  /** The frames of a reply, the delimiter first. */
  private static Message reply(Random random) {
    List<byte[]> frames = new ArrayList<>();
    String[] statuses = {"200", "300", "400", "500", "2000", "-200", "\u0662\u0660\u0660", ""};
    frames.add(new byte[0]);
    frames.add(utf8("1.0"));
    frames.add(utf8("1"));
    frames.add(utf8(random.nextInt(3) == 0 ? "200" : statuses[random.nextInt(statuses.length)]));
    frames.add(Noise.noise(random, random.nextInt(300)));
    frames.add(Noise.noise(random, random.nextInt(300)));
    frames.add(
        random.nextBoolean()
            ? RawPeer.property("Role", Noise.noise(random, random.nextInt(20)))
            : Noise.noise(random, random.nextInt(30)));
    if (random.nextInt(4) > 0) {
      int at = random.nextInt(frames.size());
      switch (random.nextInt(4)) {
        case 0 -> frames.remove(at);
        case 1 -> frames.add(at, Noise.noise(random, random.nextInt(10)));
        case 2 -> frames.set(at, Noise.noise(random, random.nextInt(100_000)));
        default -> frames.set(at, Noise.mutated(frames.get(at), random));
      }
    }
    return Message.of(frames.toArray(byte[][]::new));
  }

  @Test
  void aHandlerThatAnswersAnythingDisturbsNobody() {
    Random random = Noise.random("ZAP handlers");
    Socket handler = zmq.bound(ROUTER, "inproc://zeromq.zap.01");
    Socket pull =
        zmq.socket(PULL)
            .set(SocketOptions.ZAP_DOMAIN, "d")
            .set(SocketOptions.HANDSHAKE_IVL, Duration.ofSeconds(20));
    Events events = Events.of(pull);
    String endpoint = pull.bind(Endpoints.TCP);
    for (int i = 0; i < PEERS; i++) {
      try (RawPeer peer = RawPeer.connect(endpoint)) {
        Noise.sendInPieces(peer, join(RawPeer.greeting(1), RawPeer.ready("PUSH")), random);
        byte[] id = handler.recvMessage().bytes(0);
        for (int n = random.nextInt(3); n >= 0; n--) { // more than one, too
          Message reply = new Message().add(id);
          Message rest = reply(random);
          for (int f = 0; f < rest.frameCount(); f++) {
            reply.add(rest.bytes(f));
          }
          handler.send(reply);
        }
        peer.shutdownOutput();
        peer.readToEnd();
      }
    }
    events.await(Type.DISCONNECTED, PEERS);
    try (RawPeer good = RawPeer.connect(endpoint)) {
      good.send(RawPeer.greeting(1)).send(RawPeer.ready("PUSH"));
      good.sendMessage("hello");
      byte[] id = handler.recvMessage().bytes(0);
      Message reply = new Message().add(id).addEmpty().add("1.0").add("1").add("200");
      handler.send(reply.addEmpty().add("joe").addEmpty());
      Message received = pull.recvMessage();
      assertThat(received).isEqualTo(Message.of("hello"));
      assertThat(received.peerProperties().get("User-Id")).isEqualTo("joe");
    }
  }
}
