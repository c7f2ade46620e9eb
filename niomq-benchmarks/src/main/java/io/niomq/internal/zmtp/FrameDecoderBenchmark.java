package io.niomq.internal.zmtp;

import io.niomq.SocketType;
import io.niomq.internal.pipe.ChunkPool;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Wire;
import io.niomq.internal.security.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The octets of many messages through a channel that has them in memory into a queue, and the
 * messages out of it again without a look at their bodies. In this package because the decoder is.
 */
@State(Scope.Thread)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FrameDecoderBenchmark {
  private static final int MESSAGES = 1000;

  /** Octets of a message. */
  @Param({"16", "64", "1024"})
  public int size;

  private FrameQueue queue;
  private FrameDecoder decoder;
  private Memory channel;

  /** Gives as many of its octets as there is room for, as a socket with a full buffer would. */
  private static final class Memory implements ReadableByteChannel {
    private final ByteBuffer octets;

    Memory(ByteBuffer octets) {
      this.octets = octets;
    }

    void rewind() {
      octets.position(0);
    }

    @Override
    public int read(ByteBuffer target) {
      int n = Math.min(target.remaining(), octets.remaining());
      target.put(target.position(), octets, octets.position(), n);
      target.position(target.position() + n);
      octets.position(octets.position() + n);
      return n;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {
      // nothing to give back
    }
  }

  @Setup
  public void open() {
    int header = Wire.headerSize(size);
    ByteBuffer octets = ByteBuffer.allocateDirect(MESSAGES * (header + size));
    for (int i = 0; i < MESSAGES; i++) {
      Wire.putHeader(octets, i * (header + size), 0, size);
    }
    channel = new Memory(octets);
    queue = new FrameQueue(new ChunkPool(), 0);
    decoder = new FrameDecoder(queue, -1, SocketType.PULL);
  }

  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public int decode() throws IOException, ProtocolException {
    channel.rewind();
    int messages = 0;
    while (decoder.read(channel) > 0) {
      while (queue.next()) {
        if (queue.size() != size) {
          throw new IllegalStateException("a message of " + queue.size() + " octets");
        }
        queue.finish();
        messages++;
      }
    }
    if (messages != MESSAGES) {
      throw new IllegalStateException(messages + " messages instead of " + MESSAGES);
    }
    return messages;
  }

  @TearDown
  public void close() {
    decoder.giveUp();
    if (queue.close() != 0) {
      throw new IllegalStateException("messages were left in the queue");
    }
  }
}
