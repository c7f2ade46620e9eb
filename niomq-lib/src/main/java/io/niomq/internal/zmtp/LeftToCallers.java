package io.niomq.internal.zmtp;

import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.loop.LoopTask;
import io.niomq.internal.pipe.PipeOwner;
import java.util.ArrayList;

/**
 * The connections of one socket that one I/O thread has left to threads that read the socket by
 * themselves. It asks now and then, for all of them at once, whether that is over, and takes them
 * back. I/O thread only.
 */
final class LeftToCallers implements EventLoop.Ticking {
  /** So many looks at a caller that waits and waits, then none before it returns. */
  private static final int QUIET_TICKS_MAX = 8;

  private final EventLoop loop;
  private final PipeOwner owner;
  private final ArrayList<Connection> connections = new ArrayList<>();
  private final LoopTask again = new LoopTask(this::again);
  private final Runnable onReturn = this::postAgain;
  private boolean ticking;
  private long claimSeen;
  private int quietTicks;

  private LeftToCallers(EventLoop loop, PipeOwner owner) {
    this.loop = loop;
    this.owner = owner;
  }

  static LeftToCallers of(EventLoop loop, PipeOwner owner) {
    return loop.companion(owner, LeftToCallers.class, () -> new LeftToCallers(loop, owner));
  }

  void add(Connection connection) {
    connections.add(connection);
    if (!ticking) {
      claimSeen = 0;
      start();
    }
  }

  private void start() {
    ticking = true;
    quietTicks = 0;
    loop.tick(this);
  }

  @Override
  public Tick tick() {
    connections.removeIf(Connection::isFinished);
    long seen = connections.isEmpty() ? -1 : owner.reclaim(claimSeen);
    if (seen < 0) {
      ticking = false;
      connections.forEach(Connection::takeBack);
      connections.clear();
      loop.forgetCompanion(owner);
      return Tick.DONE;
    }
    boolean same = seen == claimSeen;
    claimSeen = seen;
    quietTicks = same ? quietTicks + 1 : 0;
    if (quietTicks > QUIET_TICKS_MAX && owner.onReturn(seen, onReturn)) {
      ticking = false; // the caller's return will start it again
      return Tick.DONE;
    }
    return same ? Tick.QUIET : Tick.BUSY;
  }

  private void postAgain() {
    loop.execute(again);
  }

  /** A caller that waited long has returned: it may stay away now. */
  private void again() {
    if (!ticking) {
      start();
    }
  }
}
