package io.niomq.internal.pipe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * One link of a {@link FrameQueue}: either a stretch of memory that fills up with whole messages,
 * or exactly one large message held by reference.
 *
 * <p>{@link #published} packs how many messages the chunk holds (upper half) and where they end
 * (lower half) into one word, so that a consumer's snapshot is consistent: whoever has processed
 * everything up to the end may return the credit for that many messages without looking at them. It
 * is written with each message, so it has cache lines of its own: what stood beside it would change
 * sides with it.
 */
final class Chunk {
  private static final VarHandle PUBLISHED = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle NEXT;

  /** Where the word is in its array, whose layout is known, and which holds nothing else. */
  private static final int MIDDLE = 16;

  private static final long[] HOLDS_NOTHING = word(0);
  private static final long[] HOLDS_ONE_LARGE = word(1L << 32);

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      NEXT = lookup.findVarHandle(Chunk.class, "next", Chunk.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Null in a link that holds a large message. */
  final ByteBuffer memory;

  /**
   * A second view of {@link #memory}, with a position and limit for the consumer's channel writes.
   */
  final ByteBuffer out;

  final Large large;

  /** One word, in the middle. */
  private final long[] published;

  @SuppressWarnings("unused") // by NEXT
  private Chunk next;

  /** A link that holds nothing: where a queue begins. */
  Chunk() {
    this.memory = null;
    this.out = null;
    this.large = null;
    this.published = HOLDS_NOTHING;
  }

  Chunk(ByteBuffer memory) {
    this.memory = memory;
    this.out = memory.duplicate();
    this.large = null;
    this.published = word(0);
  }

  /** A large message is published by linking it: one message, no octets of the chunk's own. */
  Chunk(Large large) {
    this.memory = null;
    this.out = null;
    this.large = large;
    this.published = HOLDS_ONE_LARGE;
  }

  private static long[] word(long value) {
    long[] word = new long[2 * MIDDLE + 1];
    word[MIDDLE] = value;
    return word;
  }

  /** What {@link #publish} writes to. */
  long[] word() {
    return published;
  }

  /** Makes messages visible; pairs with {@link #snapshot}. Only with memory. */
  static void publish(long[] word, int messages, int end) {
    assert word != HOLDS_NOTHING && word != HOLDS_ONE_LARGE : "the word is shared";
    PUBLISHED.setRelease(word, MIDDLE, (long) messages << 32 | end);
  }

  long snapshot() {
    return (long) PUBLISHED.getAcquire(published, MIDDLE);
  }

  static int end(long snapshot) {
    return (int) snapshot;
  }

  static int messages(long snapshot) {
    return (int) (snapshot >>> 32);
  }

  /**
   * Makes it as new. Whoever still looks at {@link #snapshot} or {@link #next} holds nothing and
   * relies on nothing: see {@code FrameQueue.disown}.
   */
  void reset() {
    out.clear();
    memory.clear();
    PUBLISHED.setOpaque(published, MIDDLE, 0L);
    NEXT.setOpaque(this, null);
  }

  /** After this the producer writes only to {@code chunk}; pairs with {@link #next()}. */
  void link(Chunk chunk) {
    NEXT.setRelease(this, chunk);
  }

  Chunk next() {
    return (Chunk) NEXT.getAcquire(this);
  }

  int capacity() {
    return memory == null ? 0 : memory.capacity();
  }
}
