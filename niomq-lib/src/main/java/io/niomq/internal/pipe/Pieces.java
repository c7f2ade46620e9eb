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

  /** And so many octets at most: see docs/decisions/0032-calls.md. */
  private static final int CALL_OCTETS = 15 << 16;

  /** Of a message that is larger than a chunk so much goes first, to wake its reader. */
  private static final int FIRST = 4096;

  private final ByteBuffer[] pieces;

  /** The first that may not be finished. */
  private int at;

  private boolean tookAll;

  private final long octets;

  Pieces(ByteBuffer... pieces) {
    this.pieces = pieces;
    long total = 0;
    for (ByteBuffer piece : pieces) {
      total += piece.remaining();
    }
    octets = total;
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
    int most = isBegun() || octets <= FrameQueue.CHUNK_MAX ? CALL_OCTETS : FIRST;
    int offered = 0;
    int end = at;
    ByteBuffer cut = null;
    int limit = 0;
    while (cut == null && offered < most && end < pieces.length && end - at < CALL_MAX) {
      ByteBuffer piece = pieces[end];
      if (isSliced(piece) && offered >= HEAP_SLICE) {
        break; // it would be copied once more if the channel does not take all that is before it
      }
      end++;
      int length = isSliced(piece) ? HEAP_SLICE : piece.remaining();
      length = Math.min(most - offered, length);
      if (length < piece.remaining()) {
        cut = piece;
        limit = piece.limit();
        piece.limit(piece.position() + length);
      }
      offered += length;
    }
    try {
      long n = channel.write(pieces, at, end - at);
      tookAll = n == offered;
      return n;
    } finally {
      if (cut != null) {
        cut.limit(limit);
      }
    }
  }

  private static boolean isSliced(ByteBuffer piece) {
    return !piece.isDirect() && piece.remaining() > HEAP_SLICE;
  }

  /** Whether the channel took all that the last call offered: it may have room for more. */
  boolean tookAll() {
    return tookAll;
  }
}
