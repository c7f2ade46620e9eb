package io.niomq.internal.pipe;

/**
 * Nothing but distance: the words of a lock have cache lines of their own. The collector moves
 * objects, and may move what one thread writes with each message next to what another one reads
 * with each. See docs/decisions/0035-direct-way.md.
 */
abstract class LockPadding {
  /** These fill the gap behind the object's header, where the JVM would put words of a subclass. */
  @SuppressWarnings("unused")
  private int pa, pb;

  @SuppressWarnings("unused")
  private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;
}
