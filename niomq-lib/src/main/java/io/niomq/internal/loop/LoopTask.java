package io.niomq.internal.loop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Something that an I/O thread does when it is asked to. Whoever asks often keeps one: to ask for
 * it allocates nothing, and asking again before it has begun changes nothing. Thread-safe, but for
 * one loop only.
 */
public final class LoopTask {
  private static final VarHandle ASKED;

  static {
    try {
      ASKED = MethodHandles.lookup().findVarHandle(LoopTask.class, "asked", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Runnable action;

  /** 1 while it waits in the queue: from before it is linked until after it was unlinked. */
  @SuppressWarnings("unused") // by ASKED
  private volatile int asked;

  /** Its neighbour in {@link TaskQueue}. */
  LoopTask next;

  public LoopTask(Runnable action) {
    this.action = action;
  }

  /** True for the one who has to add it to the queue. */
  boolean ask() {
    return (int) ASKED.getAndSet(this, 1) == 0;
  }

  /**
   * On the loop's thread, no longer linked. What was done before each {@link #ask} until now is
   * visible to the action: this reads what the last of them wrote.
   */
  void run() {
    int before = (int) ASKED.getAndSet(this, 0);
    assert before == 1 : "runs without having been asked for";
    action.run();
  }
}
