package io.niomq.transport;

import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.testing.Octets.hex;
import static io.niomq.testing.Octets.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Noise;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Sockets;
import io.niomq.testing.SocksServer;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SOCKS proxies that answer anything, in pieces of any size: the attempt fails, and nothing else.
 * Bounded; see {@link Noise} for the seed.
 */
@ExtendWith(NoLeaks.class)
class SocksFuzzTest {
  private static final int PROXIES = 200;

  @RegisterExtension final Sockets zmq = new Sockets();

  private static byte[] answers(boolean named, Random random) {
    byte[] method = hex(named ? "05 02" : "05 00");
    byte[] admission = hex(named ? "01 00" : "");
    byte[] reply =
        switch (random.nextInt(4)) {
          case 0 -> hex("05 00 00 01 7F000001 1234");
          case 1 -> hex("05 00 00 04 00000000000000000000000000000001 1234");
          case 2 -> join(hex("05 00 00 03 FF"), Noise.noise(random, 255), hex("1234"));
          default -> join(hex("05"), Noise.noise(random, 1), hex("00 01 7F000001 1234"));
        };
    byte[] after = join(RawPeer.greeting(1), RawPeer.ready("PULL"));
    return switch (random.nextInt(6)) {
      case 0 -> Noise.noise(random, random.nextInt(300));
      case 1 -> join(method, Noise.noise(random, random.nextInt(300)));
      case 2 -> join(method, admission, Noise.noise(random, random.nextInt(300)));
      case 3 -> join(method, admission, reply, Noise.mutated(after, random));
      default -> join(Noise.mutated(join(method, admission, reply), random), after);
    };
  }

  @ParameterizedTest(name = "with a name: {0}")
  @ValueSource(booleans = {false, true})
  void aProxyThatAnswersAnythingDisturbsNobody(boolean named) {
    Random random = Noise.random("SOCKS proxies " + named);
    Socket push =
        zmq.socket(PUSH)
            .set(SocketOptions.IMMEDIATE, true)
            .set(SocketOptions.RECONNECT_IVL, SocketOptions.FOREVER);
    if (named) {
      push.set(SocketOptions.SOCKS_USERNAME, "me").set(SocketOptions.SOCKS_PASSWORD, "secret");
    }
    Events events = Events.of(push);
    try (RawPeer.Listener listener = RawPeer.listen()) {
      push.set(SocketOptions.SOCKS_PROXY, listener.endpoint().substring("tcp://".length()));
      for (int i = 0; i < PROXIES; i++) {
        push.connect("tcp://no.such.host.invalid:5555");
        try (RawPeer proxy = listener.accept()) {
          Noise.sendInPieces(proxy, answers(named, random), random);
          proxy.shutdownOutput();
          proxy.readToEnd();
        }
      }
    }
    // Some of them were peers, one of which the message could go to.
    Await.until(
        "each attempt has its end",
        () -> events.count(Type.CLOSED) + events.count(Type.DISCONNECTED) == PROXIES);
    Socket pull = zmq.socket(PULL);
    String endpoint = pull.bind(Endpoints.TCP);
    try (SocksServer good = new SocksServer()) {
      if (named) {
        good.asking("me:secret");
      }
      push.set(SocketOptions.SOCKS_PROXY, good.address());
      push.connect(endpoint);
      push.send("through the proxy");
      assertThat(pull.recvString()).isEqualTo("through the proxy");
      push.close();
      pull.close();
    }
  }
}
