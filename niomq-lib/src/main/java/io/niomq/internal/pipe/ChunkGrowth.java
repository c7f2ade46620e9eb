package io.niomq.internal.pipe;

/** How large the chunks of a queue's small messages may become. Owned by the queue's producer. */
interface ChunkGrowth {
  /**
   * So many octets were appended in all, and a chunk is full or a large message comes: how large
   * the next chunk may be.
   */
  int next(long appended, long now);

  /**
   * After {@link #next}, once for each chunk that is full, and holds so many messages, when the
   * following will be one of the largest: for how long that should have rested.
   */
  Rest rest(int messages);
}
