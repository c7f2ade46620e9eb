package io.niomq.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.DropReason;
import io.niomq.SocketType;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;
import io.niomq.testing.Cores;
import io.niomq.testing.NoLeaks;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which queues of a socket have small chunks while they are filled slowly. */
@ExtendWith(NoLeaks.class)
class SlowQueuesTest {

  @ParameterizedTest
  @CsvSource({"PUSH, 16384, 65536", "DEALER, 16384, 65536", "PUB, 65536, 65536"})
  void onlyThoseToPeersThatAreSentToInTurn(SocketType type, int out, int in) {
    try (Context context = Context.create()) {
      SocketCore socket = Cores.of(context).socket(type);
      Pipe pipe = socket.pipes().newPipe(socket.optionValues(), "");
      socket.pipes().attach(pipe);
      assertThat(capacityWhenFilledSlowly(pipe.out)).isEqualTo(out);
      assertThat(capacityWhenFilledSlowly(pipe.in)).isEqualTo(in);
      socket.pipes().release(pipe, DropReason.LINGER_EXPIRED);
    }
  }

  private static int capacityWhenFilledSlowly(FrameQueue queue) {
    Outgoing outgoing = new Outgoing();
    byte[] body = new byte[1000];
    for (int i = 0; i < 200; i++) {
      queue.append(outgoing.of(body, 0, body.length));
      for (long end = System.nanoTime() + 40 * body.length; System.nanoTime() - end < 0; ) {
        Thread.onSpinWait();
      }
    }
    return queue.tailCapacity();
  }
}
