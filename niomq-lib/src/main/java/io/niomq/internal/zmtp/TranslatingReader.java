package io.niomq.internal.zmtp;

import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.security.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;

/**
 * Reads frames that look different from those of the queues, and appends their messages. Driven by
 * whoever holds the connection's reading side.
 */
abstract class TranslatingReader implements FrameReader {
  private static final int READ_MIN = 8 << 10;
  private static final int READ_MAX = 64 << 10;

  /**
   * One call reads no more of a large frame than this, slice by slice, so that other peers have
   * their turn.
   */
  private static final int LARGE_READ_MAX = 1 << 20;

  /** The largest array; the largest frame, with its header, fits. */
  private static final int ARRAY_MAX = Integer.MAX_VALUE - 8;

  private static final byte[] NOTHING = {};

  final FrameQueue queue;

  /** What has come and is not decoded yet, from {@link #at} to {@link #end}. */
  byte[] in = NOTHING;

  int end;
  int at;

  private final Outgoing message = new Outgoing().reset();

  TranslatingReader(FrameQueue queue) {
    this.queue = queue;
  }

  /** Decodes whole frames and moves {@link #at}. */
  abstract void decode() throws ProtocolException;

  /** A frame of a message: {@code size} octets of {@link #in}. */
  final void add(int from, int size, boolean more) {
    if (!more && message.bodyFrames() == 0) {
      queue.append(message.of(in, from, size));
      message.reset();
      return;
    }
    message.add(Arrays.copyOfRange(in, from, from + size));
    if (!more) {
      queue.append(message);
      message.reset();
    }
  }

  /** Whether a message has begun and not ended. */
  final boolean isWithinMessage() {
    return message.bodyFrames() > 0;
  }

  @Override
  public final int read(ReadableByteChannel channel) throws IOException, ProtocolException {
    int total = 0;
    while (total < LARGE_READ_MAX) {
      compact();
      int slice = Math.min(TranslatingWriter.SLICE, in.length - end);
      int n = channel.read(ByteBuffer.wrap(in, end, slice));
      if (n <= 0) {
        return total > 0 ? total : n;
      }
      total += n;
      came(n);
      if (n < TranslatingWriter.SLICE) {
        break;
      }
    }
    return total;
  }

  private void came(int n) throws ProtocolException {
    end += n;
    boolean full = end == in.length;
    decode();
    if (full && in.length < READ_MAX) {
      in = Arrays.copyOf(in, grown(in.length));
    }
  }

  @Override
  public final void accept(ByteBuffer octets) throws ProtocolException {
    while (octets.hasRemaining()) {
      compact();
      int n = Math.min(octets.remaining(), in.length - end);
      octets.get(in, end, n);
      end += n;
      decode();
    }
  }

  /** Makes room; memory grows only with octets that have come. */
  private void compact() {
    if (at > 0) {
      System.arraycopy(in, at, in, 0, end - at);
      end -= at;
      at = 0;
    }
    if (end == in.length) {
      in = Arrays.copyOf(in, grown(in.length));
    } else if (end == 0 && in.length > READ_MAX) {
      in = new byte[READ_MAX]; // after a large frame
    }
  }

  static int grown(int size) {
    return (int) Math.max(READ_MIN, Math.min(2L * size, ARRAY_MAX));
  }

  @Override
  public final void trim() {
    if (at == end) {
      in = NOTHING;
      at = 0;
      end = 0;
    }
    queue.trim();
  }

  @Override
  public byte[] takeReply() {
    return null;
  }

  @Override
  public final boolean giveUp() {
    return end > at || isWithinMessage();
  }
}
