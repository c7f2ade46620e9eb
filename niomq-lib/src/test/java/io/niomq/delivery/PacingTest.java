package io.niomq.delivery;

import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A full channel slows its sender down, and changes nothing else: docs/decisions/0011-pacing.md.
 */
@ExtendWith(NoLeaks.class)
class PacingTest {
  private static final int SIZE = 60_000;

  @RegisterExtension final Sockets zmq = new Sockets();

  @Test
  void aPeerThatReadsNothingStopsNoSendBelowTheMark() {
    Socket push = zmq.socket(PUSH);
    push.set(SocketOptions.LINGER, Duration.ZERO);
    push.set(SocketOptions.SNDHWM, 500);
    try (RawPeer peer = RawPeer.connect(push.bind("tcp://127.0.0.1:*"))) {
      peer.handshake("PULL");

      for (int i = 0; i < 500; i++) { // far more than the channel and the pace allow for
        push.send(new byte[SIZE]);
      }

      int more = 0;
      while (push.trySend(new byte[SIZE])) {
        more++;
      }
      assertThat(more).as("what the channel has taken").isLessThan(1000);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {9_000, 60_000, 66_000, 1_000_000})
  void whatIsSentFasterThanItIsReadArrivesWholeAndInOrder(int size) {
    int count = 40_000_000 / size;
    Socket pull = zmq.socket(PULL);
    Socket push = zmq.socket(PUSH);
    push.connect(pull.bind("tcp://127.0.0.1:*"));
    Task<Void> sender =
        Task.run(
            () -> {
              ByteBuffer body = ByteBuffer.allocate(size);
              for (int i = 0; i < count; i++) {
                push.send(body.clear().putInt(0, i).putInt(size - 4, i));
              }
            });

    for (int i = 0; i < count; i++) {
      ByteBuffer body = ByteBuffer.wrap(pull.recv());
      assertThat(body.remaining()).isEqualTo(size);
      assertThat(body.getInt(0)).isEqualTo(i);
      assertThat(body.getInt(size - 4)).isEqualTo(i);
    }
    sender.result();
  }
}
