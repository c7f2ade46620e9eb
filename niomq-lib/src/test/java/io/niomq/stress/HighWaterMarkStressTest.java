package io.niomq.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.Poller;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.testing.Await;
import io.niomq.testing.NoLeaks;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Senders at the high-water mark wait for slow readers: they always go on, and nothing is lost. */
@ExtendWith(NoLeaks.class)
class HighWaterMarkStressTest {
  private static final int SENDERS = 3;
  private static final int PHASE = 300;
  private static final int PER_SENDER = Stressed.times(1_200);

  @ParameterizedTest
  @CsvSource({
    "tcp, 1", "tcp, 2", "tcp, 3", "tcp, 50",
    "ipc, 1", "ipc, 2", "ipc, 3", "ipc, 50",
    "inproc, 1", "inproc, 2", "inproc, 3", "inproc, 50"
  })
  void slowReader(String transport, int mark) {
    Crew crew = new Crew("slowReader " + transport + " " + mark);
    Ledger ledger = new Ledger(SENDERS, PER_SENDER);
    Context context = Context.create();
    Socket push =
        context
            .socket(SocketType.PUSH)
            .set(SocketOptions.SNDHWM, mark)
            .set(SocketOptions.SNDBUF, 4096)
            .set(SocketOptions.SNDTIMEO, Await.LONG);
    Socket pull =
        context
            .socket(SocketType.PULL)
            .set(SocketOptions.RCVHWM, mark)
            .set(SocketOptions.RCVBUF, 4096)
            .set(SocketOptions.RCVTIMEO, Await.LONG);
    push.connect(pull.bind(Stressed.endpoint(transport)));
    for (int s = 0; s < SENDERS; s++) {
      int sender = s;
      SplittableRandom random = crew.random();
      crew.startMixed(
          "sender-" + s,
          () -> {
            try (Poller poller = context.poller().register(push, Poller.OUT)) {
              for (int n = 0; n < PER_SENDER && !crew.hasFailed(); n++) {
                send(push, poller, random, Ledger.message(sender, n));
              }
            }
          });
    }
    SplittableRandom random = crew.random();
    crew.start(
        "reader",
        () -> {
          Pace pace = new Pace(random, 100);
          Ledger.Reader reader = ledger.reader();
          try (Poller poller = context.poller().register(pull, Poller.IN)) {
            for (int n = 0; n < SENDERS * PER_SENDER; n++) {
              boolean polls = n / PHASE % 2 == 1; // long enough for the other habit to be forgotten
              reader.enter(polls ? pollAndRecv(pull, poller) : pull.recv());
              pace.pause();
            }
          }
        });
    crew.await();
    ledger.assertComplete();
    assertThat(push.drops()).isEmpty();
    assertThat(pull.drops()).isEmpty();
    Stressed.close(context, push, pull);
  }

  private static byte[] pollAndRecv(Socket pull, Poller poller) {
    byte[] message = poller.poll(Await.LONG) == 0 ? null : pull.tryRecv();
    if (message == null) {
      throw new AssertionError("no message came");
    }
    return message;
  }

  /** Sends in one of the ways to wait for room. */
  private static void send(Socket push, Poller poller, SplittableRandom random, byte[] message) {
    switch (random.nextInt(4)) {
      case 0 -> {
        while (!push.trySend(message)) {
          if (poller.poll(Await.LONG) == 0) {
            throw new AssertionError("no room came");
          }
        }
      }
      case 1 -> {
        while (!push.send(message, Duration.ofMillis(1 + random.nextInt(3)))) {
          Thread.onSpinWait();
        }
      }
      default -> push.send(message);
    }
  }
}
