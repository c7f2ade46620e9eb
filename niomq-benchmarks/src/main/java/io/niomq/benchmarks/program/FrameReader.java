package io.niomq.benchmarks.program;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;

/** Reads frames of ZMTP 3, many small ones with one call of the channel, each into one buffer. */
final class FrameReader {
  /** What is missing of a longer body is read straight to where it belongs. */
  private static final int COPIED_BODY_MAX = 8 << 10;

  private final ReadableByteChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(FrameWriter.BUFFER_SIZE).limit(0);
  private final ByteBuffer body;

  FrameReader(ReadableByteChannel channel, int sizeMax) {
    this.channel = channel;
    body = ByteBuffer.allocateDirect(sizeMax).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The body of the last frame. */
  ByteBuffer body() {
    return body;
  }

  /** Reads a frame into {@link #body()} and returns its size. */
  int read() throws IOException {
    need(2);
    boolean isLong = buffer.get(buffer.position()) == FrameWriter.FLAG_LONG;
    if (isLong) {
      need(9);
    }
    buffer.get();
    long size = isLong ? buffer.getLong() : buffer.get() & 0xff;
    if (size < 0 || size > body.capacity()) {
      throw new IOException("a frame of " + size + " octets, at most " + body.capacity() + " fit");
    }
    body.clear().limit((int) size);
    if (buffer.remaining() < size) {
      readRest((int) size);
    } else {
      int end = buffer.position() + (int) size;
      int limit = buffer.limit();
      body.put(buffer.limit(end));
      buffer.limit(limit);
    }
    return (int) size;
  }

  private void readRest(int size) throws IOException {
    if (size <= COPIED_BODY_MAX) {
      need(size);
      int limit = buffer.limit();
      body.put(buffer.limit(buffer.position() + size));
      buffer.limit(limit);
      return;
    }
    body.put(buffer);
    while (body.hasRemaining()) {
      readSome(body);
    }
  }

  /** Waits until the buffer holds {@code count} octets. */
  private void need(int count) throws IOException {
    if (buffer.remaining() >= count) {
      return;
    }
    buffer.compact();
    while (buffer.position() < count) {
      readSome(buffer);
    }
    buffer.flip();
  }

  private void readSome(ByteBuffer target) throws IOException {
    if (channel.read(target) < 0) {
      throw new EOFException("the peer has closed the connection");
    }
  }
}
