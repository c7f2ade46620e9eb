package io.niomq.benchmarks.jmh;

import io.niomq.internal.pipe.ChunkPool;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Outgoing;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A message into a {@link FrameQueue} and out of it again, by one thread: what the queue costs
 * without any traffic between processors.
 */
@State(Scope.Thread)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FrameQueueBenchmark {
  private static final int BURST = 100;

  /** Octets of a message. */
  @Param({"16", "64", "1024"})
  public int size;

  private final Outgoing outgoing = new Outgoing();
  private FrameQueue queue;
  private byte[] body;
  private ByteBuffer target;
  private long sent;
  private long received;

  @Setup
  public void open() {
    queue = new FrameQueue(new ChunkPool(), 1000);
    body = new byte[size];
    target = ByteBuffer.allocateDirect(size);
  }

  /** One in, one out: the queue is empty in between. */
  @Benchmark
  public int oneByOne() {
    append();
    return take();
  }

  /** A hundred in, then a hundred out. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public int burst() {
    for (int i = 0; i < BURST; i++) {
      append();
    }
    int octets = 0;
    for (int i = 0; i < BURST; i++) {
      octets += take();
    }
    return octets;
  }

  private void append() {
    if (!queue.hasRoom()) {
      throw new IllegalStateException("the queue is full");
    }
    Numbers.set(body, sent++);
    queue.append(outgoing.of(body, 0, size));
  }

  private int take() {
    if (!queue.next()) {
      throw new IllegalStateException("the queue is empty");
    }
    target.clear();
    queue.copyTo(target);
    queue.finish();
    Numbers.check(target, size, received++);
    return target.position();
  }

  @TearDown(Level.Trial)
  public void close() {
    if (queue.close() != 0) {
      throw new IllegalStateException("messages were left in the queue");
    }
  }
}
