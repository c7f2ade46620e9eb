package io.niomq.internal.pipe;

/** Nothing but distance: the shared words have cache lines of their own. */
abstract class QueuePaddingAfter extends QueueConsumer {
  /** These fill gaps at the end of the superclass, where the JVM would put words of a subclass. */
  @SuppressWarnings("unused")
  private int q;

  @SuppressWarnings("unused")
  private byte qa, qb, qc;
  @SuppressWarnings("unused")
  private long q0, q1, q2, q3, q4, q5, q6, q7;

  QueuePaddingAfter(ChunkPool pool) {
    super(pool);
  }
}
