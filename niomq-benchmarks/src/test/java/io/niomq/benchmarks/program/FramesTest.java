package io.niomq.benchmarks.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The framing of plain NIO: RFC 23, Framing. */
class FramesTest {
  private static final int LARGE = 300_000;

  /** Takes what it gets, so many octets a call at most. */
  private static final class Wire implements GatheringByteChannel, ReadableByteChannel {
    private final int step;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private ByteArrayInputStream unread;
    private int calls;

    Wire(int step) {
      this.step = step;
    }

    @Override
    public int write(ByteBuffer from) {
      calls++;
      byte[] octets = new byte[Math.min(step, from.remaining())];
      from.get(octets);
      written.writeBytes(octets);
      return octets.length;
    }

    @Override
    public long write(ByteBuffer[] from) {
      return write(from[0].hasRemaining() ? from[0] : from[1]);
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(ByteBuffer to) {
      if (unread == null) {
        unread = new ByteArrayInputStream(written.toByteArray());
      }
      byte[] octets = new byte[Math.min(step, to.remaining())];
      int count = unread.read(octets, 0, octets.length);
      if (count > 0) {
        to.put(octets, 0, count);
      }
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  private static byte[] body(int size) {
    byte[] body = new byte[size];
    for (int i = 0; i < size; i++) {
      body[i] = (byte) (i * 31 + size);
    }
    return body;
  }

  @Nested
  class Writer {
    private final Wire wire = new Wire(Integer.MAX_VALUE);
    private final FrameWriter writer = new FrameWriter(wire);

    @Test
    void putsTheSizeOfAShortFrameIntoOneOctet() throws IOException {
      writer.write("abc".getBytes());
      writer.flush();
      assertThat(wire.written.toByteArray()).isEqualTo(HexFormat.of().parseHex("0003616263"));
    }

    @Test
    void putsTheSizeOfALongFrameIntoEight() throws IOException {
      writer.write(new byte[256]);
      writer.flush();
      assertThat(Arrays.copyOf(wire.written.toByteArray(), 9))
          .isEqualTo(HexFormat.of().parseHex("020000000000000100"));
    }

    @Test
    void keepsSmallFramesUntilTheBufferIsFull() throws IOException {
      int header = 9;
      int fitting = FrameWriter.BUFFER_SIZE / (header + 1000);
      for (int i = 0; i < fitting; i++) {
        writer.write(new byte[1000]);
      }
      assertThat(wire.calls).isZero();
      writer.write(new byte[1000]);
      assertThat(wire.calls).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1000, 100_000, Integer.MAX_VALUE})
  void theReaderGetsWhatTheWriterSent(int step) throws IOException {
    Wire wire = new Wire(step);
    FrameWriter writer = new FrameWriter(wire);
    int[] sizes = {0, 1, 255, 256, 8192, 8193, 65_536, 65_537, LARGE, 3, 131_072, 20_000, 20_000};
    for (int size : sizes) {
      writer.write(body(size));
    }
    writer.flush();
    FrameReader reader = new FrameReader(wire, LARGE);
    for (int size : sizes) {
      assertThat(reader.read()).isEqualTo(size);
      byte[] received = new byte[size];
      reader.body().get(0, received);
      assertThat(received).isEqualTo(body(size));
    }
    assertThatThrownBy(reader::read).isInstanceOf(EOFException.class);
  }

  @Test
  void theReaderRefusesAFrameThatDoesNotFit() throws IOException {
    Wire wire = new Wire(1000);
    FrameWriter writer = new FrameWriter(wire);
    writer.write(new byte[65]);
    writer.flush();
    assertThatThrownBy(new FrameReader(wire, 64)::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("65");
  }
}
