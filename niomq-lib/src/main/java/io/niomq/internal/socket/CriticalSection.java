package io.niomq.internal.socket;

import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.PipeLink;
import io.niomq.internal.pipe.SocketLock;
import java.util.ArrayList;
import java.util.Arrays;

/**
 * A socket's lock, and what its holder must not do itself (write to a channel, take another
 * socket's lock, run an application's code): it is noted here and done by {@link #leave} after the
 * release, in the same thread.
 */
class CriticalSection extends SocketLock {
  private Pipe[] acting = new Pipe[4];
  private int actingCount;
  private ArrayList<Runnable> later;

  /** The lock is held by a call that sends and may wait. */
  private boolean mayWait;

  private CriticalSection() {}

  static CriticalSection create() {
    return new Padded();
  }

  /** Nothing but distance, behind the words as before them. */
  private static final class Padded extends CriticalSection {
    @SuppressWarnings("unused")
    private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;
  }

  /** Releases the lock and does what was noted under it. */
  void leave() {
    mayWait = false;
    if (actingCount == 0 && later == null) {
      unlock();
    } else if (actingCount == 1 && later == null) {
      unlockAndActOnce();
    } else {
      unlockAndActAll();
    }
  }

  private void unlockAndActOnce() {
    Pipe toAct = acting[0];
    int actions = toAct.takeActions();
    acting[0] = null;
    actingCount = 0;
    unlock();
    act(toAct, toAct.link, actions);
  }

  private void unlockAndActAll() {
    Pipe[] toAct = Arrays.copyOf(acting, actingCount);
    int[] actions = new int[actingCount];
    for (int i = 0; i < actingCount; i++) {
      actions[i] = toAct[i].takeActions();
    }
    ArrayList<Runnable> tasks = later;
    Arrays.fill(acting, 0, actingCount, null);
    actingCount = 0;
    later = null;
    unlock();
    for (int i = 0; i < toAct.length; i++) {
      act(toAct[i], toAct[i].link, actions[i]);
    }
    if (tasks != null) {
      tasks.forEach(Runnable::run);
    }
  }

  private static void act(Pipe pipe, PipeLink link, int actions) {
    if (link != null && actions != 0) {
      link.act(pipe, actions);
    }
  }

  // Under the lock:

  /** Has what the pipe's link asked for done after the unlock. */
  void act(Pipe pipe, int actions) {
    int allowed = mayWait ? actions : actions & ~PipeLink.PACE;
    if (allowed != 0 && pipe.addActions(allowed) == 0) {
      if (actingCount == acting.length) {
        acting = Arrays.copyOf(acting, 2 * actingCount);
      }
      acting[actingCount++] = pipe;
    }
  }

  /** Has {@code task} run after the unlock. */
  void later(Runnable task) {
    if (later == null) {
      later = new ArrayList<>();
    }
    later.add(task);
  }

  /** Whether what follows the unlock may wait for a channel, until the unlock. */
  void mayWait(boolean may) {
    mayWait = may;
  }
}
