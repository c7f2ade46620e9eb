package io.niomq.internal.zmtp;

import static io.niomq.testing.Octets.hex;
import static io.niomq.testing.Octets.join;
import static io.niomq.testing.Octets.random;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.internal.pipe.ChunkPool;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Outgoing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A writer that makes another form of many messages at a time knows which of them are not sent. */
class TranslatingWriterTest {
  /** A frame of ZMTP 1.0: size, flags, body. */
  private static final int FRAME = 12;

  private final FrameQueue queue = new FrameQueue(new ChunkPool(), 0);
  private final FrameWriter writer = new OldFraming.Writer();

  /** Takes so many octets and no more. */
  private static final class Narrow implements GatheringByteChannel {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private int room;

    @Override
    public int write(ByteBuffer source) {
      int n = Math.min(room, source.remaining());
      byte[] octets = new byte[n];
      source.get(octets);
      taken.writeBytes(octets);
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

  @Test
  void countsAnewWithEachBatch() throws IOException {
    Narrow channel = new Narrow();
    for (int batch = 0; batch < 3; batch++) {
      for (int i = 0; i < 1000; i++) {
        queue.append(new Outgoing().of(new byte[10], 0, 10));
      }
      channel.room = 5 * FRAME;
      assertThat(writer.write(queue, channel)).isFalse();
      assertThat(writer.pendingMessages()).isEqualTo(995);
      assertThat(writer.hasPending()).isTrue();
      channel.room = Integer.MAX_VALUE;
      assertThat(writer.write(queue, channel)).isTrue();
      assertThat(writer.pendingMessages()).isZero();
      assertThat(writer.hasPending()).isFalse();
      assertThat(writer.octetsSent()).isEqualTo((batch + 1) * 1000L * FRAME);
    }
    queue.close();
  }

  /**
   * A body of 254 octets and its flags would have a size of 255, which tells that a long one
   * follows.
   */
  @ParameterizedTest
  @CsvSource({
    "0, 01 00",
    "1, 02 00",
    "253, FE 00",
    "254, FF 00000000000000FF 00",
    "300, FF 000000000000012D 00",
    "400000, FF 0000000000061A81 00"
  })
  void writesTheSizeInOneOctetOrInNine(int size, String header) throws IOException {
    Narrow channel = new Narrow();
    channel.room = Integer.MAX_VALUE;
    byte[] body = random(1, size);
    queue.append(new Outgoing().of(body, 0, size));
    assertThat(writer.write(queue, channel)).isTrue();
    assertThat(channel.taken.toByteArray()).isEqualTo(join(hex(header), body));
    queue.close();
  }

  @Test
  void marksFramesThatMoreFollow() throws IOException {
    Narrow channel = new Narrow();
    channel.room = Integer.MAX_VALUE;
    Outgoing message = new Outgoing().reset();
    message.add(new byte[] {'a'});
    message.add(new byte[0]);
    message.add(new byte[] {'b'});
    queue.append(message);
    assertThat(writer.write(queue, channel)).isTrue();
    assertThat(channel.taken.toByteArray()).isEqualTo(hex("02 01 61  01 01  02 00 62"));
    queue.close();
  }

  /** Behind it nothing is sent any more, and before it nothing is lost. */
  @Test
  void aPlainConnectionEndsAtAnEmptyMessage() throws IOException {
    FrameWriter plain = new RawFraming.Writer();
    for (String body : new String[] {"a", "bc", "", "d"}) {
      queue.append(new Outgoing().of(utf8(body), 0, body.length()));
    }
    Narrow channel = new Narrow();
    channel.room = 2;
    assertThat(plain.write(queue, channel)).isFalse();
    assertThat(plain.hasHungUp()).isFalse();
    assertThat(plain.pendingMessages()).isEqualTo(2); // the rest of the second one, and the end
    channel.room = Integer.MAX_VALUE;
    assertThat(plain.write(queue, channel)).isTrue();
    assertThat(plain.hasHungUp()).isTrue();
    assertThat(utf8(channel.taken.toByteArray())).isEqualTo("abc");
    queue.close();
  }
}
