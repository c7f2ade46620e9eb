package io.niomq.internal.loop;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Something that an I/O thread does when it is asked to. Whoever asks often keeps one: to ask for
 * it allocates nothing, and asking again before it has begun changes nothing. Thread-safe, but for
 * one loop only.
 */
public final class LoopTask {
  private final Runnable action;

  /** Whether it is in the queue; true from before it is linked until it is unlinked. */
  private final AtomicBoolean asked = new AtomicBoolean();

  /** Its neighbour in {@link TaskQueue}. */
  LoopTask next;

  public LoopTask(Runnable action) {
    this.action = action;
  }

  /** True for the one who has to add it to the queue. */
  boolean ask() {
    return !asked.getAndSet(true);
  }

  /**
   * On the loop's thread, no longer linked. What was done before each {@link #ask} until now is
   * visible to the action: this reads what the last of them wrote.
   */
  void run() {
    asked.getAndSet(false);
    action.run();
  }
}
