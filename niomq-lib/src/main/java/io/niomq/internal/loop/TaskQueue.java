package io.niomq.internal.loop;

import java.util.concurrent.atomic.AtomicReference;

/**
 * The tasks that an I/O thread was asked for, in the order in which they were added. The tasks link
 * themselves: newest first as they come, turned round by the loop, which takes all of them at once.
 *
 * <p>{@link #add} and {@link #isEmpty} may be called by any thread, {@link #next} by the loop's.
 */
final class TaskQueue {
  private final AtomicReference<LoopTask> newest = new AtomicReference<>();

  /** Taken, oldest first. */
  private LoopTask taken;

  /** Adds a task, unless it waits already. */
  void add(LoopTask task) {
    if (!task.ask()) {
      return;
    }
    LoopTask before;
    do {
      before = newest.get();
      task.next = before;
    } while (!newest.compareAndSet(before, task));
  }

  /** Whether nothing was added since {@link #next} last came to an end. */
  boolean isEmpty() {
    return newest.get() == null;
  }

  /** The oldest task, no longer in the queue; null when there is none. */
  LoopTask next() {
    if (taken == null) {
      takeAll();
    }
    LoopTask task = taken;
    if (task != null) {
      taken = task.next;
      task.next = null;
    }
    return task;
  }

  private void takeAll() {
    LoopTask task = isEmpty() ? null : newest.getAndSet(null);
    while (task != null) {
      LoopTask older = task.next;
      task.next = taken;
      taken = task;
      task = older;
    }
  }
}
