package io.niomq.internal.pipe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.List;

/**
 * A message that is held by reference, on its way to a channel: headers and bodies as pieces of
 * memory, whose positions tell how far they are written. One thread at a time.
 */
final class Pieces {
  /** So many pieces are written with one call, of one message or of several. */
  static final int CALL_MAX = 64;

  /** A message of more pieces has its calls for itself. */
  private static final int JOINED_MAX = 16;

  /**
   * Heap memory is written in slices, because the JDK copies all that remains of it at each write.
   */
  private static final int HEAP_SLICE = 128 << 10;

  private final ByteBuffer[] pieces;

  /** The first that may not be finished. */
  private int at;

  private boolean tookAll;

  Pieces(ByteBuffer... pieces) {
    this.pieces = pieces;
  }

  int count() {
    return pieces.length;
  }

  /** Whether anything was written of it. */
  boolean isBegun() {
    return at > 0 || pieces[0].position() > 0;
  }

  boolean isWritten() {
    while (at < pieces.length && !pieces[at].hasRemaining()) {
      at++;
    }
    return at == pieces.length;
  }

  /** Whether one call may write all of it, and more: the JDK copies what is on the heap. */
  boolean mayBeJoined() {
    if (pieces.length > JOINED_MAX) {
      return false;
    }
    for (ByteBuffer piece : pieces) {
      if (!piece.isDirect() && piece.remaining() > FrameQueue.SHARE_MIN) {
        return false;
      }
    }
    return true;
  }

  /** Adds what is not finished; whoever writes that writes this. */
  void addTo(List<ByteBuffer> target) {
    for (int i = at; i < pieces.length; i++) {
      target.add(pieces[i]);
    }
  }

  /**
   * Writes with one call as much as one may carry. The caller has asked {@link #isWritten}.
   *
   * @return the octets that were written
   */
  long write(GatheringByteChannel channel) throws IOException {
    ByteBuffer first = pieces[at];
    if (isSliced(first)) {
      return writeSlice(channel, first);
    }
    int count = 1;
    long offered = first.remaining();
    while (at + count < pieces.length && count < CALL_MAX && !isSliced(pieces[at + count])) {
      offered += pieces[at + count].remaining();
      count++;
    }
    long n = channel.write(pieces, at, count);
    tookAll = n == offered;
    return n;
  }

  private static boolean isSliced(ByteBuffer piece) {
    return !piece.isDirect() && piece.remaining() > HEAP_SLICE;
  }

  private int writeSlice(GatheringByteChannel channel, ByteBuffer piece) throws IOException {
    int limit = piece.limit();
    piece.limit(piece.position() + HEAP_SLICE);
    try {
      int n = channel.write(piece);
      tookAll = n == HEAP_SLICE;
      return n;
    } finally {
      piece.limit(limit);
    }
  }

  /** Whether the channel took all that the last call offered: it may have room for more. */
  boolean tookAll() {
    return tookAll;
  }
}
