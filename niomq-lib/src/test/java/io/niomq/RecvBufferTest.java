package io.niomq;

import static io.niomq.SocketType.PAIR;
import static io.niomq.testing.Octets.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Socket#recv(ByteBuffer)}: into the caller's memory, cut off where it ends. */
@ExtendWith(NoLeaks.class)
class RecvBufferTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  /** Transport, kind of buffer. */
  static Stream<Arguments> combinations() {
    return Stream.of(
        Arguments.of(Endpoints.inproc(), false),
        Arguments.of(Endpoints.inproc(), true),
        Arguments.of(Endpoints.TCP, false),
        Arguments.of(Endpoints.TCP, true),
        Arguments.of(Endpoints.ipc(), true));
  }

  private static ByteBuffer buffer(boolean direct, int size) {
    return direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
  }

  private static byte[] content(ByteBuffer buffer, int from, int to) {
    byte[] octets = new byte[to - from];
    buffer.get(from, octets);
    return octets;
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void copiesTheFrameAndMovesThePosition(String endpoint, boolean direct) {
    Socket receiver = zmq.socket(PAIR);
    Socket sender = zmq.connected(PAIR, receiver.bind(endpoint));
    for (int size : new int[] {0, 1, 10, 255, 256, 5000, 70_000, 1 << 20}) {
      byte[] body = random(size, size);
      ByteBuffer target = buffer(direct, size + 10).position(3);
      sender.send(body);
      assertThat(receiver.recv(target)).isEqualTo(size);
      assertThat(target.position()).isEqualTo(3 + size);
      assertThat(target.limit()).isEqualTo(size + 10);
      assertThat(content(target, 3, 3 + size)).isEqualTo(body);
    }
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void tellsTheFullSizeOfAFrameThatItCutsOff(String endpoint, boolean direct) {
    Socket receiver = zmq.socket(PAIR);
    Socket sender = zmq.connected(PAIR, receiver.bind(endpoint));
    for (int size : new int[] {1, 10, 256, 5000, 70_000, 1 << 20}) {
      for (int room : new int[] {0, 1, size / 2, size - 1}) {
        byte[] body = random(size + room, size);
        ByteBuffer target = buffer(direct, room + 5).limit(room);
        sender.send(body);
        sender.send("next");
        assertThat(receiver.recv(target)).isEqualTo(size);
        assertThat(target.remaining()).isZero();
        assertThat(content(target, 0, room)).isEqualTo(Arrays.copyOf(body, room));
        assertThat(content(target.limit(room + 5), room, room + 5)).isEqualTo(new byte[5]);
        assertThat(receiver.recvString()).isEqualTo("next");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void readsFrameByFrame(String endpoint, boolean direct) {
    Socket receiver = zmq.socket(PAIR);
    Socket sender = zmq.connected(PAIR, receiver.bind(endpoint));
    byte[] large = random(5, 100_000);
    sender.send(Message.of("a", "").add(large).add("z"));
    ByteBuffer target = buffer(direct, 100_000);
    assertThat(receiver.recv(target)).isEqualTo(1);
    assertThat(receiver.hasMore()).isTrue();
    assertThat(receiver.recv(target)).isZero();
    assertThat(receiver.hasMore()).isTrue();
    assertThat(receiver.recv(target.clear())).isEqualTo(100_000);
    assertThat(content(target, 0, 100_000)).isEqualTo(large);
    assertThat(receiver.hasMore()).isTrue();
    assertThat(receiver.recv(target.clear())).isEqualTo(1);
    assertThat(receiver.hasMore()).isFalse();
    assertThat(receiver.tryRecv(target)).isEqualTo(-1);
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void leavesTheBufferAloneWhenNothingComes(String endpoint, boolean direct) {
    Socket receiver = zmq.socket(PAIR);
    receiver.bind(endpoint);
    ByteBuffer target = buffer(direct, 10).position(4);
    assertThat(receiver.tryRecv(target)).isEqualTo(-1);
    assertThat(receiver.recv(target, Duration.ofMillis(1))).isEqualTo(-1);
    receiver.set(SocketOptions.RCVTIMEO, Duration.ofMillis(1));
    assertThatThrownBy(() -> receiver.recv(target)).isInstanceOf(ZmqTimeoutException.class);
    assertThat(target.position()).isEqualTo(4);
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void losesNothingToABufferThatCannotBeWritten(String endpoint, boolean direct) {
    Socket receiver = zmq.socket(PAIR);
    Socket sender = zmq.connected(PAIR, receiver.bind(endpoint));
    sender.send(Message.of("a", "b"));
    ByteBuffer readOnly = buffer(direct, 10).asReadOnlyBuffer();
    assertThatThrownBy(() -> receiver.recv(readOnly)).isInstanceOf(ReadOnlyBufferException.class);
    assertThatThrownBy(() -> receiver.recv(readOnly, Duration.ofSeconds(1)))
        .isInstanceOf(ReadOnlyBufferException.class);
    assertThatThrownBy(() -> receiver.tryRecv(readOnly))
        .isInstanceOf(ReadOnlyBufferException.class);
    assertThat(receiver.recvMessage()).isEqualTo(Message.of("a", "b"));
  }
}
