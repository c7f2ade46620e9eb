package io.niomq.internal.socket;

import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.pipe.ChunkPool;

/**
 * Gives memory back after a burst. While larger pieces are taken or given back it looks once in a
 * second: the queues of a connection through which nothing has passed since the last look, and that
 * are empty, give their memory to the pool, and the pool lets go of what nobody has needed. When
 * nothing moves any more it looks no longer. I/O thread, unless said otherwise.
 */
final class Housekeeping {
  private static final long INTERVAL_NANOS = 1_000_000_000;

  private final ContextCore context;
  private final ChunkPool pool;
  private final EventLoop loop;
  private final EventLoop.Timer timer;
  private volatile boolean planned;

  Housekeeping(ContextCore context, ChunkPool pool, EventLoop loop) {
    this.context = context;
    this.pool = pool;
    this.loop = loop;
    this.timer = loop.timer(this::look);
  }

  /** Larger pieces are in use. Any thread, under any lock. */
  void wanted() {
    loop.execute(this::plan);
  }

  /** Whether another look will come. Any thread. */
  boolean isPlanned() {
    return planned;
  }

  private void plan() {
    if (!planned) {
      planned = true;
      timer.plan(INTERVAL_NANOS);
    }
  }

  private void look() {
    boolean again = true; // also after a fault
    try {
      boolean quiet = true;
      for (SocketCore socket : context.openSockets()) {
        quiet &= socket.pipes().trim();
      }
      again = pool.trim() || !quiet;
    } finally {
      planned = false;
      if (again) {
        plan();
      }
    }
  }
}
