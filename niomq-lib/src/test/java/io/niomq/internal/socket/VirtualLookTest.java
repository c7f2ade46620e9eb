package io.niomq.internal.socket;

import static io.niomq.testing.Octets.hex;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketType;
import io.niomq.internal.pipe.PipeLink;
import io.niomq.testing.Await;
import io.niomq.testing.Cores;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.VirtualThreads;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A virtual thread that waits for an answer: docs/decisions/0010-spinning.md. */
@ExtendWith(NoLeaks.class)
class VirtualLookTest {
  /** One wait in 32 tries it. */
  private static final int WAITS = 40;

  /** Counts how often those read who wait. The I/O thread does not come this way. */
  private static final class Reads extends WrappedLink {
    private final AtomicInteger count = new AtomicInteger();

    Reads(PipeLink link) {
      super(link);
    }

    @Override
    public boolean fill() {
      count.incrementAndGet();
      return super.fill();
    }
  }

  @Test
  void readsByItselfForAMomentAndThenLeavesItToTheIoThread() throws Exception {
    Assumptions.assumeTrue(VirtualThreads.exist(), "this JDK has no virtual threads (before 21)");
    try (Context context = Context.builder().spinLimit(Duration.ofMillis(1)).build();
        Socket socket = context.socket(SocketType.DEALER);
        RawPeer peer = RawPeer.connect(socket.bind(Endpoints.TCP)).handshake("ROUTER")) {
      assertThat(socket.awaitConnected(1, Await.LONG)).isTrue();
      Pipes pipes = Cores.of(context).openSockets()[0].pipes();
      Reads reads = WrappedLink.wrap(pipes, Reads::new);
      for (int i = 0; i < WAITS; i++) {
        ask(socket, peer);
      }
      reads.unwrap(pipes);
      assertThat(reads.count).hasPositiveValue();
    }
  }

  /** The answer comes when the thread has parked. */
  private static void ask(Socket socket, RawPeer peer) throws Exception {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    Thread client =
        VirtualThreads.start(
            () -> {
              try {
                socket.send("question");
                answer.complete(socket.recv(Await.LONG));
              } catch (Throwable e) {
                answer.completeExceptionally(e);
              }
            });
    Await.until("it has parked", () -> client.getState() == Thread.State.TIMED_WAITING);
    peer.send(hex("00 01 61"));
    assertThat(answer.get(Await.LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(hex("61"));
    client.join();
  }
}
