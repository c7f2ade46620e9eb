package io.niomq.internal.socket;

import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.SocketType;
import io.niomq.testing.Await;
import io.niomq.testing.Cores;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Task;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A socket for which the operating system has no selector: the I/O thread reads for it. */
@ExtendWith(NoLeaks.class)
class NoSelectorTest {
  private static final String MESSAGE = "00 01 78 ";

  private static SocketCore pull(Context context) {
    SocketCore pull = Cores.of(context).socket(SocketType.PULL);
    pull.waiting()
        .openWith(
            () -> {
              throw new IOException("Too many open files");
            });
    return pull;
  }

  private static RawPeer push(String endpoint) {
    RawPeer push = RawPeer.connect(endpoint);
    push.handshake("PUSH");
    return push;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void servesWhoWaitsForAMessage(boolean hasOtherPeer) {
    try (Context context = Context.create()) {
      SocketCore pull = pull(context);
      String endpoint = pull.endpoints().bind(Endpoints.TCP);
      RawPeer other = hasOtherPeer ? push(endpoint) : null;
      try (RawPeer push = push(endpoint)) {
        Task<byte[]> reader = Task.call(() -> pull.receiving().recv(-1)).untilWaiting();
        push.send(MESSAGE);
        assertThat(reader.result()).isEqualTo(utf8("x"));
        Task<Integer> polling = Task.call(() -> pull.poll(Waiter.IN, -1)).untilWaiting();
        push.send(MESSAGE);
        assertThat(polling.result()).isEqualTo(Waiter.IN);
      } finally {
        if (other != null) {
          other.close();
        }
        pull.close();
      }
    }
  }

  @Test
  void servesWhoLooksForAMessage() {
    try (Context context = Context.create()) {
      SocketCore pull = pull(context);
      String endpoint = pull.endpoints().bind(Endpoints.TCP);
      PollSet set = new PollSet(Cores.of(context));
      set.put(pull, Waiter.IN);
      try (RawPeer push = push(endpoint);
          RawPeer other = push(endpoint)) {
        Await.until("a look while the I/O thread does not read", () -> looks(pull, set));
        assertThat(pull.waiting().isClaimed()).isFalse();
        push.send(MESSAGE);
        Await.until("the message is found", () -> pull.receiving().recv(0) != null);
        other.send(MESSAGE);
        Await.until("the other one, too", () -> pull.receiving().recv(0) != null);
      } finally {
        set.close();
        pull.close();
      }
    }
  }

  /** False if the claim of the poller had ended before this thread could look. */
  private static boolean looks(SocketCore pull, PollSet set) {
    for (int i = 0; i < 10; i++) {
      assertThat(set.poll(1_000_000)).isZero(); // these waits claim the socket
    }
    boolean claimed = pull.waiting().isClaimed();
    assertThat(pull.receiving().recv(0)).isNull();
    return claimed;
  }
}
