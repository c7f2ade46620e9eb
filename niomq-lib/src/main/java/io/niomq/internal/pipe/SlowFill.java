package io.niomq.internal.pipe;

/**
 * Small chunks for a queue that is filled slowly. When one socket sends to many peers in turn,
 * their queues' memory comes round slowly, and all of it together does not fit into the producer's
 * cache, where it is written faster. See docs/decisions/0030-slow-queues.md.
 */
final class SlowFill implements ChunkGrowth {
  /** Slow is no octet in this: 64 KiB in two milliseconds. */
  private static final long OCTET_NANOS = 32;

  /** This is found out so often at most: bursts with pauses between them are slow, too. */
  private static final long PERIOD_NANOS = 1_000_000;

  private boolean slow = true;
  private long begun;
  private long appendedThen;

  SlowFill(long now) {
    begun = now;
  }

  @Override
  public int next(long appended, long now) {
    if (now - begun >= PERIOD_NANOS) {
      slow = now - begun > (appended - appendedThen) * OCTET_NANOS;
      begun = now;
      appendedThen = appended;
    }
    return slow ? FrameQueue.CHUNK_SLOW : FrameQueue.CHUNK_SMALL;
  }

  @Override
  public Rest rest(int messages) {
    return Rest.NONE;
  }
}
