package io.niomq.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketType;
import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.option.OptionValues;
import io.niomq.testing.Await;
import io.niomq.testing.Cores;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An I/O thread that gets no processor does not stop those who send. */
@ExtendWith(NoLeaks.class)
class LateGuardTest {

  @Test
  void sendersWriteByThemselvesWhileItIsAway() throws InterruptedException {
    try (Context context = Context.create();
        Context other = Context.create();
        Socket push = context.socket(SocketType.PUSH);
        Socket pull = other.socket(SocketType.PULL)) {
      push.connect(pull.bind(Endpoints.TCP));
      push.awaitConnected(1, Await.LONG);
      EventLoop loop = Cores.of(context).pickLoop(new OptionValues(SocketType.PUSH));
      CountDownLatch away = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      loop.execute(
          () -> {
            away.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      away.await();
      try {
        int[] sent = {0};
        int[] received = {0};
        Await.until(
            "messages arrive while more are sent",
            () -> {
              push.send(new byte[] {(byte) sent[0]++});
              push.send(new byte[] {(byte) sent[0]++}); // the first went at once
              for (byte[] m = pull.tryRecv(); m != null; m = pull.tryRecv()) {
                assertThat(m).containsExactly((byte) received[0]++);
              }
              assertThat(sent[0] - received[0]).isLessThan(400); // with 500 it writes anyway
              return received[0] >= 1000;
            });
      } finally {
        goOn.countDown();
      }
    }
  }
}
