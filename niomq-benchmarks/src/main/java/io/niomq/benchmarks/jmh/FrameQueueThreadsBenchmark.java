package io.niomq.benchmarks.jmh;

import io.niomq.internal.pipe.ChunkPool;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Outgoing;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Control;

/**
 * Messages through a {@link FrameQueue} from one thread to another. The figure to read is {@code
 * messages}, those taken; the group's own score also counts the attempts on a full or empty queue.
 */
@State(Scope.Group)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FrameQueueThreadsBenchmark {
  /** Octets of a message. */
  @Param({"16", "64", "1024"})
  public int size;

  /** As many messages as the queue holds at the most. */
  @Param({"1000"})
  public int highWaterMark;

  private FrameQueue queue;

  /** What one thread took in an iteration. */
  @AuxCounters
  @State(Scope.Thread)
  public static class Taken {
    public long messages;

    @Setup(Level.Iteration)
    public void reset() {
      messages = 0;
    }
  }

  /** The producer's own. */
  @State(Scope.Thread)
  public static class Producer {
    private final Outgoing outgoing = new Outgoing();
    private byte[] body;
    private long sent;

    @Setup
    public void fill(FrameQueueThreadsBenchmark benchmark) {
      body = new byte[benchmark.size];
    }
  }

  /** The consumer's own. */
  @State(Scope.Thread)
  public static class Consumer {
    private ByteBuffer target;
    private long received;

    @Setup
    public void fill(FrameQueueThreadsBenchmark benchmark) {
      target = ByteBuffer.allocateDirect(benchmark.size);
    }
  }

  @Setup
  public void open() {
    queue = new FrameQueue(new ChunkPool(), highWaterMark);
  }

  @Benchmark
  @Group("handOver")
  public void append(Producer mine, Control control) {
    while (!queue.hasRoom()) {
      if (control.stopMeasurement) {
        return;
      }
      Thread.onSpinWait();
    }
    Numbers.set(mine.body, mine.sent++);
    queue.append(mine.outgoing.of(mine.body, 0, size));
  }

  @Benchmark
  @Group("handOver")
  public void take(Consumer mine, Taken taken, Control control) {
    while (!queue.next()) {
      if (control.stopMeasurement) {
        return;
      }
      Thread.onSpinWait();
    }
    mine.target.clear();
    queue.copyTo(mine.target);
    queue.finish();
    Numbers.check(mine.target, size, mine.received++);
    taken.messages++;
  }

  @TearDown
  public void close() {
    queue.close(); // what the consumer had not taken when the time was over
  }
}
