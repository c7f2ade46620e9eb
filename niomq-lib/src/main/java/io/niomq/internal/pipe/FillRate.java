package io.niomq.internal.pipe;

/**
 * How large chunks of small messages may become between two sockets of one context: larger than
 * others while they are filled fast, so that their memory has left the consumer's cache when the
 * producer comes round to it again. See docs/decisions/0027-distance.md.
 */
final class FillRate implements ChunkGrowth {
  /** Fast is an octet in no more than this. */
  private static final long OCTET_NANOS = 4;

  private int max = FrameQueue.CHUNK_SMALL;
  private long begun;
  private long appendedThen;

  @Override
  public int next(long appended, long now) {
    boolean fast = now - begun < (appended - appendedThen) * OCTET_NANOS;
    max = fast ? Math.min(FrameQueue.CHUNK_MAX, 2 * max) : FrameQueue.CHUNK_SMALL;
    begun = now;
    appendedThen = appended;
    return max;
  }
}
