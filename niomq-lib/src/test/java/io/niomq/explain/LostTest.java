package io.niomq.explain;

import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Logged;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sockets and contexts that are lost without being closed are reported, once. */
@ExtendWith(NoLeaks.class)
class LostTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private static void collect(WeakReference<?> lost) {
    Await.until(
        "the garbage collector has it",
        () -> {
          System.gc();
          return lost.get() == null;
        });
  }

  private WeakReference<Socket> lose(String endpoint) {
    Socket socket = zmq.context().socket(PUSH);
    socket.connect(endpoint);
    socket.send("sent all the same");
    return new WeakReference<>(socket);
  }

  @Test
  void aSocketIsReportedWithThePlaceWhereItWasOpened() {
    try (Logged logged = Logged.warnings()) {
      collect(lose(Endpoints.inproc()));
      logged.await("PUSH", "was never closed", "LostTest.java:", Thread.currentThread().getName());
    }
  }

  @Test
  void aLostSocketStillSends() {
    String endpoint = Endpoints.freeTcp();
    try (Logged logged = Logged.warnings()) {
      collect(lose(endpoint));
      logged.await("was never closed");
      assertThat(zmq.bound(PULL, endpoint).recvString()).isEqualTo("sent all the same");
      assertThat(logged.all()).hasSize(1);
    }
  }

  @Test
  void aSocketThatWasClosedIsNotReported() {
    try (Logged logged = Logged.warnings()) {
      Socket closed = zmq.context().socket(PULL);
      closed.close();
      WeakReference<Socket> reference = new WeakReference<>(closed);
      closed = null;
      collect(reference);
      collect(lose(Endpoints.inproc())); // reported after what was lost before
      logged.await("PUSH", "was never closed");
      assertThat(logged.all()).hasSize(1);
    }
  }

  private static WeakReference<Context> loseContext() {
    return new WeakReference<>(Context.builder().ioThreads(0).build());
  }

  @Test
  void aContextIsReportedWithThePlaceWhereItWasOpened() {
    try (Logged logged = Logged.warnings()) {
      collect(loseContext());
      logged.await("a context was never closed", "LostTest.java:");
    }
  }

  @Test
  void aContextIsNotLostWhileOneOfItsSocketsIsThere() {
    WeakReference<Context> context = loseContext();
    Socket socket = context.get().socket(PULL);
    try (Logged logged = Logged.warnings()) {
      collect(lose(Endpoints.inproc()));
      logged.await("PUSH", "was never closed");
      assertThat(logged.all()).hasSize(1);
    }
    socket.close();
    context.get().close(); // its socket keeps it
  }
}
