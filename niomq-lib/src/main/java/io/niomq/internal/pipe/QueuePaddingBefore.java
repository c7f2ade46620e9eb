package io.niomq.internal.pipe;

/** Nothing but distance: the consumer's words have cache lines of their own. */
abstract class QueuePaddingBefore extends QueueProducer {
  /** These fill gaps at the end of the superclass, where the JVM would put words of a subclass. */
  @SuppressWarnings("unused")
  private int p;

  @SuppressWarnings("unused")
  private byte pa, pb, pc;
  @SuppressWarnings("unused")
  private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;

  QueuePaddingBefore(ChunkPool pool) {
    super(pool);
  }
}
