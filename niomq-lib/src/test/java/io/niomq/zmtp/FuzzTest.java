package io.niomq.zmtp;

import static io.niomq.testing.Noise.mutated;
import static io.niomq.testing.Noise.noise;
import static io.niomq.testing.Octets.hex;
import static io.niomq.testing.Octets.join;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Noise;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Strangers say anything: random octets, mutated dialogues, absurd sizes, half sentences. That may
 * cost their connection, but nothing else: nothing is thrown, nothing hangs, no memory is taken,
 * and a good peer is served.
 *
 * <p>Bounded. The seed is printed; {@code -Dniomq.fuzz.seed=} repeats a run, {@code
 * -Dniomq.fuzz.strangers=} sets how many there are for each socket type.
 */
@ExtendWith(NoLeaks.class)
class FuzzTest {
  private static final long SEED = Noise.SEED;
  private static final int STRANGERS = Integer.getInteger("niomq.fuzz.strangers", 150);
  private static final long DIRECT_MEMORY_MAX = 64 << 20;

  @RegisterExtension final Sockets zmq = new Sockets();

  @ParameterizedTest
  @EnumSource(value = SocketType.class, names = "STREAM", mode = EnumSource.Mode.EXCLUDE)
  void strangersDisturbNobody(SocketType type) {
    Random random = new Random(SEED + type.number());
    System.out.println("fuzz of " + type + ": -Dniomq.fuzz.seed=" + SEED);
    Socket socket = zmq.socket(type).set(SocketOptions.HANDSHAKE_IVL, Duration.ofSeconds(1));
    if (type == SocketType.SUB) {
      socket.subscribe("");
    }
    String endpoint = socket.bind(Endpoints.TCP);
    long before = directMemory();
    for (int i = 0; i < STRANGERS; i++) {
      visit(endpoint, type, random);
      if (i % 10 == 9) {
        readAll(socket);
      }
    }
    assertThat(directMemory() - before).as("direct memory").isLessThan(DIRECT_MEMORY_MAX);
    assertServed(socket, endpoint);
  }

  /** One stranger comes, says something and goes in one way or another. */
  private static void visit(String endpoint, SocketType type, Random random) {
    try (RawPeer stranger = RawPeer.connect(endpoint)) {
      byte[] octets = octets(type, random);
      if (random.nextInt(8) == 0) {
        int cut = octets.length == 0 ? 0 : random.nextInt(octets.length);
        stranger.sendAsFarAsPossible(Arrays.copyOf(octets, cut));
        stranger.sendAsFarAsPossible(Arrays.copyOfRange(octets, cut, octets.length));
      } else {
        stranger.sendAsFarAsPossible(octets);
      }
      if (random.nextInt(16) == 0) {
        stranger.reset();
      }
    }
  }

  private static byte[] octets(SocketType type, Random random) {
    switch (random.nextInt(6)) {
      case 0:
        return noise(random, random.nextInt(300));
      case 1: // a good greeting, then noise
        return join(RawPeer.greeting(random.nextInt(3)), noise(random, random.nextInt(300)));
      case 2: // a good handshake, then noise
        return join(
            RawPeer.greeting(1), RawPeer.ready(peerOf(type)), noise(random, random.nextInt(300)));
      case 3: // a good dialogue, mutated
        return mutated(dialogue(type, random), random);
      case 4: // a good dialogue, cut off
        byte[] whole = dialogue(type, random);
        return Arrays.copyOf(whole, random.nextInt(whole.length));
      default: // a good handshake, then absurd sizes
        return join(RawPeer.greeting(1), RawPeer.ready(peerOf(type)), absurd(random));
    }
  }

  private static String peerOf(SocketType type) {
    return type.peers().iterator().next().name();
  }

  private static byte[] dialogue(SocketType type, Random random) {
    List<byte[]> parts = new ArrayList<>();
    switch (random.nextInt(4)) {
      case 0:
        parts.add(hex("01 00")); // ZMTP 1.0
        break;
      case 1:
        parts.add(hex(RawPeer.SIGNATURE, "01 00 00 00")); // ZMTP 2.0
        break;
      default:
        parts.add(RawPeer.greeting(random.nextInt(2)));
        parts.add(RawPeer.ready(peerOf(type), "id" + random.nextInt(5)));
    }
    for (int i = random.nextInt(8); i >= 0; i--) {
      switch (random.nextInt(6)) {
        case 0:
          parts.add(RawPeer.command("PING", noise(random, random.nextInt(20))));
          break;
        case 1:
          parts.add(RawPeer.command("SUBSCRIBE", noise(random, random.nextInt(20))));
          break;
        case 2:
          parts.add(RawPeer.command("CANCEL", noise(random, random.nextInt(20))));
          break;
        case 3:
          parts.add(RawPeer.frame(1, new byte[0]));
          break;
        default:
          parts.add(RawPeer.frame(random.nextInt(2), noise(random, random.nextInt(600))));
      }
    }
    return join(parts.toArray(byte[][]::new));
  }

  private static byte[] absurd(Random random) {
    long[] sizes = {
      Long.MAX_VALUE, -1, Long.MIN_VALUE, 1L << 62, 1L << 32, (1L << 31) - 1, 1L << 31, 1 << 30
    };
    long size = sizes[random.nextInt(sizes.length)];
    byte flags = (byte) (2 | random.nextInt(8));
    return join(
        new byte[] {flags},
        ByteBuffer.allocate(8).putLong(size).array(),
        noise(random, random.nextInt(2000)));
  }

  private static void readAll(Socket socket) {
    if (socket.type().canReceive() && socket.type() != SocketType.REQ) {
      for (Message m = tryRecv(socket); m != null; m = tryRecv(socket)) {
        m.close();
      }
    }
  }

  private static Message tryRecv(Socket socket) {
    Message message = socket.tryRecvMessage();
    if (message != null && socket.type() == SocketType.REP) {
      socket.send("answer to a stranger");
    }
    return message;
  }

  /** A good peer comes and is served, whatever strangers have left behind. */
  private void assertServed(Socket socket, String endpoint) {
    readAll(socket);
    switch (socket.type()) {
      case PUSH, PUB, XPUB, REQ -> assertSends(socket, endpoint);
      case PAIR -> assertPairs(socket, endpoint);
      default -> assertReceives(socket, endpoint);
    }
  }

  private static void assertReceives(Socket socket, String endpoint) {
    String good = "from a good peer";
    try (RawPeer peer = RawPeer.connect(endpoint).handshake(peerOf(socket.type()))) {
      peer.send(join(RawPeer.frame(1, new byte[0]), RawPeer.frame(0, utf8(good))));
      String last = "";
      while (!last.equals(good)) {
        try (Message message = socket.recvMessage()) {
          last = message.string(message.frameCount() - 1);
        }
        if (socket.type() == SocketType.REP) {
          socket.send(last);
        }
      }
      if (socket.type() == SocketType.REP) {
        assertThat(peer.readMessageFrame().body()).isEmpty();
        assertThat(peer.readMessageFrame().text()).isEqualTo(good);
      }
    }
  }

  private static void assertSends(Socket socket, String endpoint) {
    try (RawPeer peer = RawPeer.connect(endpoint).handshake(peerOf(socket.type()))) {
      switch (socket.type()) {
        case XPUB -> {
          peer.sendCommand("SUBSCRIBE", utf8("good"));
          while (!"\1good".equals(socket.recvString())) {
            continue; // what strangers subscribed to
          }
        }
        case PUB -> {
          peer.sendCommand("SUBSCRIBE", utf8("good"));
          peer.sendCommand("PING", hex("0000"));
          assertThat(peer.readFrame().text()).isEqualTo("\4PONG"); // the subscription has come
        }
        case REQ -> socket.set(SocketOptions.REQ_RELAXED, true);
        default -> {}
      }
      Task<String> reading = Task.call(() -> lastFrame(peer));
      // A round robin may still give some to strangers whose end was not noticed yet.
      Await.until(
          "the good peer gets its message",
          () -> {
            socket.trySend("good news");
            return reading.isDone();
          });
      assertThat(reading.result()).isEqualTo("good news");
    }
  }

  private static String lastFrame(RawPeer peer) {
    RawPeer.Frame frame = peer.readMessageFrame();
    while (frame.hasMore()) {
      frame = peer.readMessageFrame();
    }
    return frame.text();
  }

  /** A stranger that was accepted may be the only peer until its end was noticed. */
  private static void assertPairs(Socket socket, String endpoint) {
    for (int i = 0; i < 200; i++) {
      readAll(socket);
      try (RawPeer peer = RawPeer.connect(endpoint).handshake("PAIR")) {
        peer.sendAsFarAsPossible(RawPeer.frame(0, utf8("good news")));
        Message message = socket.recvMessage(Duration.ofMillis(100));
        if (message != null && message.equals(Message.of("good news"))) {
          return;
        }
      } catch (UncheckedIOException refused) {
        continue;
      }
    }
    throw new AssertionError("no good peer was served");
  }

  private static long directMemory() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
