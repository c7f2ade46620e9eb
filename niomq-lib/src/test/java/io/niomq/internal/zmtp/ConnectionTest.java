package io.niomq.internal.zmtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.niomq.DropReason;
import io.niomq.SocketType;
import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pipe.ChunkPool;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.SocketLock;
import io.niomq.testing.Await;
import io.niomq.testing.NoLeaks;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One connection, whose channel and socket do what the test wants. */
@ExtendWith(NoLeaks.class)
class ConnectionTest {
  private final FakeSocket socket = new FakeSocket();
  private final SocketLock lock = socket.socketLock();
  private final ChunkPool pool = new ChunkPool();
  private final RecordingChannel channel = new RecordingChannel();
  private final CompletableFuture<CloseCause> closed = new CompletableFuture<>();

  private final class Closing implements Connection.Endpoint {
    @Override
    public void onHandshakeDone(Connection connection, Peer peer) {}

    @Override
    public void onClosed(Connection connection, CloseCause cause) {
      closed.complete(cause);
    }

    @Override
    public void onDropped(DropReason reason, long messages) {}
  }

  private EventLoop loop;
  private Pipe pipe;
  private Connection connection;

  @BeforeEach
  void join() throws Exception {
    loop = new EventLoop(Thread::new, "test-loop", 0);
    pipe = new Pipe(socket, new FrameQueue(pool, 0), new FrameQueue(pool, 0));
    connection =
        new Connection(
            channel, loop, new OptionValues(SocketType.STREAM), "nowhere", null, new Closing());
    loop.executeAndWait(() -> connection.join(pipe, false, () -> pipe.link = connection));
  }

  @AfterEach
  void stop() throws InterruptedException {
    loop.stop();
    assertThat(loop.join(Await.LONG.toNanos())).isTrue();
  }

  /** Never the I/O thread. */
  @Test
  void endsWithAFaultOfOurs() throws Exception {
    channel.fault = new IllegalStateException("on purpose");
    assertThatThrownBy(connection::fill).isSameAs(channel.fault);
    assertThat(connection.fill()).isFalse(); // nobody reads any more
    assertThat(closed.get(Await.LONG.toSeconds(), TimeUnit.SECONDS).reason())
        .contains("on purpose");
  }

  /** A connection that the I/O thread joins to a pipe; what that throws. */
  private Throwable joining(Runnable attach) {
    return joining(new Pipe(socket, new FrameQueue(pool, 0), new FrameQueue(pool, 0)), attach);
  }

  private Throwable joining(Pipe another, Runnable attach) {
    Connection its =
        new Connection(
            channel, loop, new OptionValues(SocketType.STREAM), "nowhere", null, new Closing());
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    loop.executeAndWait(() -> thrown.set(catchThrowable(() -> its.join(another, false, attach))));
    return thrown.get();
  }

  @Test
  void endsWhenItsSocketCannotTakeIt() throws Exception {
    IllegalStateException fault = new IllegalStateException("on purpose");
    Runnable attach =
        () -> {
          throw fault;
        };
    assertThat(joining(attach)).isSameAs(fault);
    assertThat(closed.get(Await.LONG.toSeconds(), TimeUnit.SECONDS).reason())
        .contains("on purpose");
  }

  @Test
  void endsWhenItsWritingSideCannotBeMade() throws Exception {
    socket.noPace = new IllegalStateException("on purpose");
    assertThat(joining(() -> {})).isSameAs(socket.noPace);
    assertThat(closed.get(Await.LONG.toSeconds(), TimeUnit.SECONDS).reason())
        .contains("on purpose");
  }

  @Test
  void endsWhenItsReadingSideCannotBeMade() throws Exception {
    assertThat(joining(null, () -> {})).isInstanceOf(NullPointerException.class);
    assertThat(closed.get(Await.LONG.toSeconds(), TimeUnit.SECONDS).reason())
        .contains("NullPointerException");
  }

  @Test
  void endsWhenItCannotBeginToRead() throws Exception {
    IllegalStateException fault = new IllegalStateException("on purpose");
    socket.readable =
        () -> {
          throw fault;
        };
    assertThat(joining(() -> {})).isSameAs(fault);
    assertThat(closed.get(Await.LONG.toSeconds(), TimeUnit.SECONDS).reason())
        .contains("on purpose");
  }

  @Test
  void lingersForWhatTheSocketHasHeldBackToo() {
    byte[] body = {1, 2, 3};
    socket.release =
        () -> {
          lock.lock();
          pipe.append(new Outgoing().of(body, 0, body.length));
          lock.unlock();
        };
    loop.executeAndWait(() -> connection.linger(0));
    assertThat(channel.octets()).isEqualTo(body.length);
  }
}
