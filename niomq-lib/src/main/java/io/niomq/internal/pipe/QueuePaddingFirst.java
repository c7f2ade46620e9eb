package io.niomq.internal.pipe;

/** Nothing but distance: the producer's words have cache lines of their own. */
abstract class QueuePaddingFirst {
  /** These fill the gap behind the object's header, where the JVM would put words of a subclass. */
  @SuppressWarnings("unused")
  private int oa, ob;

  @SuppressWarnings("unused")
  private long o0, o1, o2, o3, o4, o5, o6, o7;
}
