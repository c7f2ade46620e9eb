package io.niomq.benchmarks.cost;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A context and its sockets, none of which waits longer than {@link Limits#WAIT}. */
final class Sockets implements AutoCloseable {
  static final String ANY_PORT = "tcp://127.0.0.1:*";

  final Context context;

  Sockets() {
    this(Context.create());
  }

  Sockets(Context context) {
    this.context = context;
  }

  Socket open(SocketType type) {
    return context
        .socket(type)
        .set(SocketOptions.RCVTIMEO, Limits.WAIT)
        .set(SocketOptions.SNDTIMEO, Limits.WAIT)
        .set(SocketOptions.LINGER, Duration.ZERO);
  }

  static int port(String endpoint) {
    return Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
  }

  /** Has a permit released for each peer of {@code socket} whose handshake succeeds. */
  static Semaphore handshakes(Socket socket) {
    Semaphore done = new Semaphore(0);
    socket.onEvent(
        event -> {
          if (event.type() == SocketEvent.Type.HANDSHAKE_SUCCEEDED) {
            done.release();
          }
        });
    return done;
  }

  static void await(Semaphore handshakes, int peers) throws InterruptedException {
    if (!handshakes.tryAcquire(peers, Limits.WAIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError(
          "only " + handshakes.availablePermits() + " of " + peers + " handshakes succeeded");
    }
  }

  /** Sends so many messages of {@code source}, numbered from {@code first}. */
  static void send(Socket socket, int source, int first, int messages) {
    ByteBuffer body = ByteBuffer.allocateDirect(Payload.SIZE);
    for (int i = 0; i < messages; i++) {
      Payload.set(body, 0, source, first + i);
      socket.send(body.clear());
    }
  }

  @Override
  public void close() {
    if (!context.close(Limits.CLOSE).complete()) {
      System.err.println("costs: a context was not closed within " + Limits.CLOSE);
    }
  }
}
