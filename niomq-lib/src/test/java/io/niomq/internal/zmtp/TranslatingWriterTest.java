package io.niomq.internal.zmtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.internal.pipe.ChunkPool;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Outgoing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import org.junit.jupiter.api.Test;

/** A writer that makes another form of many messages at a time knows which of them are not sent. */
class TranslatingWriterTest {
  /** A frame of ZMTP 1.0: size, flags, body. */
  private static final int FRAME = 12;

  private final FrameQueue queue = new FrameQueue(new ChunkPool(), 0);
  private final FrameWriter writer = new OldFraming.Writer();

  /** Takes so many octets and no more. */
  private static final class Narrow implements GatheringByteChannel {
    private int room;

    @Override
    public int write(ByteBuffer source) {
      int n = Math.min(room, source.remaining());
      source.position(source.position() + n);
      room -= n;
      return n;
    }

    @Override
    public long write(ByteBuffer[] sources) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  @Test
  void countsMessagesThatAreNotWhollyWritten() throws IOException {
    assertThat(writer.pendingMessages()).isZero();
    for (int i = 0; i < 100; i++) {
      queue.append(new Outgoing().of(new byte[10], 0, 10));
    }
    Narrow channel = new Narrow();
    channel.room = 3 * FRAME + 1;
    assertThat(writer.write(queue, channel)).isFalse();
    assertThat(writer.pendingMessages()).isEqualTo(97);
    channel.room = FRAME - 1;
    assertThat(writer.write(queue, channel)).isFalse();
    assertThat(writer.pendingMessages()).isEqualTo(96);
    channel.room = Integer.MAX_VALUE;
    assertThat(writer.write(queue, channel)).isTrue();
    assertThat(writer.pendingMessages()).isZero();
    queue.close();
  }
}
