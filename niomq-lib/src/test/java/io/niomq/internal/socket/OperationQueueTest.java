package io.niomq.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.SocketType;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What must not stop a queue of operations, and can hardly be provoked from outside. */
@ExtendWith(NoLeaks.class)
class OperationQueueTest {
  private static final int HELPERS = 4;

  private final ContextCore context =
      new ContextCore(new ContextSettings(1, 10, 0, "niomq", null, false, true, false));
  private SocketCore pull;
  private SocketCore push;

  @BeforeEach
  void connect() {
    String endpoint = Endpoints.inproc();
    pull = context.socket(SocketType.PULL);
    pull.endpoints().bind(endpoint);
    push = context.socket(SocketType.PUSH);
    push.endpoints().connect(endpoint);
  }

  @AfterEach
  void close() {
    context.close(Await.LONG.toNanos());
  }

  /** Receives a frame; at the second attempt there may be no memory. */
  private final class Receive extends Operation<byte[]> {
    private final boolean lacksMemory;
    private int attempts;
    private byte[] frame;

    Receive(boolean lacksMemory) {
      this.lacksMemory = lacksMemory;
    }

    @Override
    protected boolean attempt(SocketTask task) {
      if (++attempts == 2 && lacksMemory) {
        throw new OutOfMemoryError("not really");
      }
      return pull.receiving().recvFrames(f -> frame = (byte[]) f, task) != null;
    }

    @Override
    protected byte[] result() {
      return frame;
    }
  }

  private OperationQueue queue(Executor executor) {
    return new OperationQueue(pull, executor, true);
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(Await.LONG.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Test
  void wantOfMemoryFailsOneAndLetsTheNextGo() throws Exception {
    OperationQueue queue = queue(ForkJoinPool.commonPool());
    CompletableFuture<byte[]> one = queue.submit(new Receive(true));
    CompletableFuture<byte[]> two = queue.submit(new Receive(false));
    push.sending().send(new byte[] {7}, 0, 1, 0);
    assertThatThrownBy(() -> get(one)).hasCauseInstanceOf(OutOfMemoryError.class);
    assertThat(get(two)).containsExactly(7);
  }

  private int waiting() {
    pull.pipes().lock();
    try {
      return pull.waiting().receiving();
    } finally {
      pull.pipes().unlock();
    }
  }

  @Test
  void whatIsCancelledIsNotWokenAnyMore() {
    OperationQueue queue = queue(ForkJoinPool.commonPool());
    for (int i = 0; i < 3; i++) {
      CompletableFuture<byte[]> future = queue.submit(new Receive(false));
      Await.until("it waits", () -> waiting() == 1);
      future.cancel(false);
      Await.until("nobody waits", () -> waiting() == 0);
    }
  }

  @Test
  void noLookupOfANameHoldsAViewUp() throws Exception {
    CountDownLatch found = new CountDownLatch(1);
    for (int i = 0; i < HELPERS; i++) {
      context.onHelper(() -> await(found));
    }
    try {
      CompletableFuture<byte[]> future = queue(Runnable::run).submit(new Receive(false));
      push.sending().send(new byte[] {7}, 0, 1, 0);
      assertThat(get(future)).containsExactly(7);
    } finally {
      found.countDown();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
