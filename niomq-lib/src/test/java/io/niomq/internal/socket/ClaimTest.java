package io.niomq.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.SocketType;
import io.niomq.testing.Cores;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How long the I/O thread leaves a socket's channels to a thread that reads them by itself. */
@ExtendWith(NoLeaks.class)
class ClaimTest {
  private static final int MESSAGES = 100;
  private static final String MESSAGE = "00 01 78 ";

  @Test
  void endsWhileAThreadTakesWhatIsQueuedAndReadsNoChannel() {
    try (Context context = Context.create()) {
      SocketCore pull = Cores.of(context).socket(SocketType.PULL);
      String endpoint = pull.endpoints().bind(Endpoints.TCP);
      try (RawPeer push = RawPeer.connect(endpoint)) {
        push.handshake("PUSH");
        Task<Integer> reader =
            Task.call(
                () -> {
                  pull.receiving().recv(-1); // this wait claims the socket
                  int ticks = 0;
                  long seen = 0;
                  while (seen >= 0 && ++ticks < MESSAGES) {
                    pull.receiving().recv(-1); // was read together with the first
                    seen = pull.pipes().reclaim(seen); // as the I/O thread does now and then
                  }
                  return ticks;
                });
        reader.untilWaiting();
        push.send(MESSAGE.repeat(MESSAGES));
        assertThat(reader.result()).isLessThan(MESSAGES / 2);
      } finally {
        pull.close();
      }
    }
  }
}
