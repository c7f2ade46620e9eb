package io.niomq.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.testing.Await;
import io.niomq.testing.Cores;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Octets;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Task;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory is given back when nothing moves, and nothing is lost by it. */
class TrimTest {
  private static final int BURST = 3000;

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void memoryIsGivenBackAfterABurst(String transport) {
    try (Context context = Context.create();
        Socket pull = context.socket(SocketType.PULL);
        Socket push = context.socket(SocketType.PUSH)) {
      push.connect(pull.bind(endpoint(transport)));
      for (int round = 0; round < 2; round++) {
        Task<Void> sender = Task.run(() -> send(push, 0, BURST));
        receive(pull, 0, BURST);
        sender.result();
        Await.until("no memory in use", () -> Cores.of(context).memoryInUse() == 0);
      }
    }
  }

  /** When nothing moved for a while the last look was long ago. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "inproc"})
  void looksAgainWhenABurstIsReadLate(String transport) {
    try (Context context = Context.create();
        Socket pull = context.socket(SocketType.PULL);
        Socket push = context.socket(SocketType.PUSH)) {
      pull.set(SocketOptions.RCVHWM, 0);
      push.set(SocketOptions.SNDHWM, 0);
      push.connect(pull.bind(endpoint(transport)));
      send(push, 0, BURST);
      Await.until("housekeeping", () -> Cores.of(context).keepsHouse());
      Await.until("no housekeeping", () -> !Cores.of(context).keepsHouse());
      assertThat(Cores.of(context).memoryInUse()).isPositive();
      receive(pull, 0, BURST);
      Await.until("housekeeping again", () -> Cores.of(context).keepsHouse());
      Await.until("no housekeeping", () -> !Cores.of(context).keepsHouse());
      assertThat(Cores.of(context).memoryInUse()).isZero();
    }
  }

  /** Peers of ZMTP 1.0, whose frames are translated. */
  @Test
  void memoryIsGivenBackAfterABurstInAnotherForm() {
    byte[] burst = new byte[] {1, 0}; // the peer's identity, then messages of 200 octets
    byte[] frame = new byte[202];
    frame[0] = (byte) 201;
    burst =
        Octets.join(burst, Octets.join(Collections.nCopies(BURST, frame).toArray(byte[][]::new)));
    try (Context context = Context.create();
        Socket pull = context.socket(SocketType.PULL);
        Socket push = context.socket(SocketType.PUSH);
        RawPeer sender = RawPeer.connect(pull.bind(Endpoints.TCP));
        RawPeer receiver = RawPeer.connect(push.bind(Endpoints.TCP)).send(new byte[] {1, 0})) {
      byte[] octets = burst;
      Task<Void> sending = Task.run(() -> sender.send(octets));
      Task<byte[]> receiving = Task.call(() -> receiver.read(10 + BURST * frame.length));
      for (int i = 0; i < BURST; i++) {
        assertThat(pull.recv(Await.LONG)).hasSize(200);
        assertThat(push.send(new byte[200], Await.LONG)).isTrue();
      }
      sending.result();
      receiving.result();
      Await.until("no memory in use", () -> Cores.of(context).memoryInUse() == 0);
      sender.send(frame);
      assertThat(pull.recv(Await.LONG)).hasSize(200);
      push.send(new byte[200]);
      receiver.read(frame.length);
    }
  }

  /** Connections without a protocol. */
  @Test
  void memoryIsGivenBackAfterABurstOfOctets() {
    try (Context context = Context.create();
        Socket stream = context.socket(SocketType.STREAM);
        RawPeer peer = RawPeer.connect(stream.bind(Endpoints.TCP))) {
      byte[] id = stream.recvMessage(Await.LONG).bytes(0);
      for (int round = 0; round < 2; round++) {
        Task<Void> sending = Task.run(() -> peer.send(new byte[3_000_000]));
        for (int got = 0; got < 3_000_000; ) {
          got += stream.recvMessage(Await.LONG).bytes(1).length;
        }
        sending.result();
        Task<byte[]> reading = Task.call(() -> peer.read(3_000_000));
        for (int i = 0; i < 3000; i++) {
          stream.send(new Message().add(id).add(new byte[1000]));
        }
        reading.result();
        Await.until("no memory in use", () -> Cores.of(context).memoryInUse() == 0);
      }
    }
  }

  @Test
  void looksNoLongerWhenNothingMoves() {
    try (Context context = Context.create();
        Socket pull = context.socket(SocketType.PULL);
        Socket push = context.socket(SocketType.PUSH)) {
      push.connect(pull.bind(Endpoints.TCP));
      Task<Void> sender = Task.run(() -> send(push, 0, BURST));
      receive(pull, 0, BURST);
      sender.result();
      Await.until("no housekeeping", () -> !Cores.of(context).keepsHouse());
    }
  }

  /** Both queues are asked for their memory all the time, while messages of many sizes pass. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void losesNothing(String transport) {
    AtomicBoolean over = new AtomicBoolean();
    try (Context context = Context.create();
        Socket pull = context.socket(SocketType.PULL);
        Socket push = context.socket(SocketType.PUSH)) {
      push.connect(pull.bind(endpoint(transport)));
      Task<Void> trimmer =
          Task.run(
              () -> {
                while (!over.get()) {
                  for (SocketCore socket : Cores.of(context).openSockets()) {
                    socket.pipes().trim();
                    socket.pipes().trim();
                  }
                }
              });
      try {
        for (int from = 0; from < 40 * BURST; from += BURST) {
          int first = from;
          Task<Void> sender = Task.run(() -> send(push, first, BURST));
          receive(pull, first, BURST);
          sender.result();
        }
      } finally {
        over.set(true);
        trimmer.result();
      }
    }
  }

  private static String endpoint(String transport) {
    return switch (transport) {
      case "tcp" -> Endpoints.TCP;
      case "ipc" -> Endpoints.ipc();
      default -> Endpoints.inproc();
    };
  }

  private static void send(Socket push, int first, int count) {
    for (int i = first; i < first + count; i++) {
      push.send(ByteBuffer.allocate(size(i)).putInt(0, i).array());
    }
  }

  private static void receive(Socket pull, int first, int count) {
    for (int i = first; i < first + count; i++) {
      byte[] body = pull.recv(Await.LONG); // what is lost must not hang the test
      assertThat(body).hasSize(size(i));
      assertThat(ByteBuffer.wrap(body).getInt()).isEqualTo(i);
    }
  }

  private static int size(int number) {
    return number % 997 == 0 ? 100_000 : 4 + number % 300;
  }
}
