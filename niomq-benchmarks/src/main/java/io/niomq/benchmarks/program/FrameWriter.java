package io.niomq.benchmarks.program;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;

/** Writes frames of ZMTP 3, many small ones with one call of the channel. */
final class FrameWriter {
  static final int BUFFER_SIZE = 512 << 10;

  /** Longer bodies are not copied into the buffer. */
  static final int BUFFERED_BODY_MAX = 64 << 10;

  private static final int HEADER_SIZE_MAX = 9;
  private static final int SHORT_SIZE_MAX = 255;
  static final byte FLAG_LONG = 2;

  private final GatheringByteChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
  private final ByteBuffer[] pieces = new ByteBuffer[2];

  FrameWriter(GatheringByteChannel channel) {
    this.channel = channel;
  }

  /** Takes a frame; some of it may stay in the buffer. */
  void write(byte[] body) throws IOException {
    if (body.length > BUFFERED_BODY_MAX) {
      writeLarge(body);
      return;
    }
    if (buffer.remaining() < HEADER_SIZE_MAX + body.length) {
      flush();
    }
    putHeader(body.length);
    buffer.put(body);
  }

  private void putHeader(int size) {
    if (size <= SHORT_SIZE_MAX) {
      buffer.put((byte) 0).put((byte) size);
    } else {
      buffer.put(FLAG_LONG).putLong(size);
    }
  }

  /**
   * Sends what is buffered, the header and the start of the body with one call. NIO copies an array
   * into direct memory of the same size before it writes, so the array goes in slices.
   */
  private void writeLarge(byte[] body) throws IOException {
    if (buffer.remaining() < HEADER_SIZE_MAX) {
      flush();
    }
    putHeader(body.length);
    buffer.flip();
    ByteBuffer wrapped = ByteBuffer.wrap(body);
    pieces[0] = buffer;
    pieces[1] = wrapped;
    while (wrapped.position() < body.length) {
      wrapped.limit(Math.min(body.length, wrapped.position() + BUFFER_SIZE));
      if (buffer.hasRemaining()) {
        channel.write(pieces);
      } else {
        channel.write(wrapped);
      }
    }
    buffer.clear();
  }

  void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }
}
