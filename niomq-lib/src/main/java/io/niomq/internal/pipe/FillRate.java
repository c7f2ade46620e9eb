package io.niomq.internal.pipe;

/**
 * How large chunks of small messages may become between two sockets of one context: larger than
 * others while they are filled fast, so that their memory has left the consumer's cache when the
 * producer comes round to it again. See docs/decisions/0027-distance.md.
 */
final class FillRate implements ChunkGrowth {
  /** Fast is an octet in no more than this. */
  private static final long OCTET_NANOS = 4;

  /**
   * Slower ones try nothing: from one time to the next the pool would have let the chunks go that
   * have rested for long.
   */
  private static final long CHOICE_OCTET_NANOS = 2;

  /**
   * Larger messages try nothing: as many as may be on their way are more than the caches hold, so
   * how fast a chunk is filled says nothing of how long it has rested.
   */
  private static final int CHOICE_OCTETS = 1200;

  private final RestChoice choice = new RestChoice();
  private int max = FrameQueue.CHUNK_SMALL;
  private long begun;
  private long appendedThen;

  /** The last chunk. */
  private long nanos;

  private long octets;

  @Override
  public int next(long appended, long now) {
    nanos = now - begun;
    octets = appended - appendedThen;
    boolean fast = nanos < octets * OCTET_NANOS;
    max = fast ? Math.min(FrameQueue.CHUNK_MAX, 2 * max) : FrameQueue.CHUNK_SMALL;
    begun = now;
    appendedThen = appended;
    return max;
  }

  @Override
  public Rest rest(int messages) {
    if (max < FrameQueue.CHUNK_MAX) {
      return Rest.NONE;
    }
    boolean chooses =
        octets <= (long) messages * CHOICE_OCTETS && nanos < octets * CHOICE_OCTET_NANOS;
    return chooses ? choice.next(octets, nanos) : Rest.ENOUGH;
  }
}
