package io.niomq.cli.tour;

import io.niomq.Socket;
import io.niomq.SocketEvent;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Counts the peers that a socket over tcp or ipc has come to know. */
final class Handshakes {
  private final Semaphore seen = new Semaphore(0);

  private Handshakes() {}

  /** Counts from now on. */
  static Handshakes of(Socket socket) {
    Handshakes handshakes = new Handshakes();
    socket.onEvent(
        event -> {
          if (event.type() == SocketEvent.Type.HANDSHAKE_SUCCEEDED) {
            handshakes.seen.release();
          }
        });
    return handshakes;
  }

  /** Waits for {@code peers} more peers. */
  void await(int peers) throws InterruptedException {
    if (!seen.tryAcquire(peers, Patience.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException(
          "only " + seen.availablePermits() + " of " + peers + " peers have connected");
    }
  }
}
