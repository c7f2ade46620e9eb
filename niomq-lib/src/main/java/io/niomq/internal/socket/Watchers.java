package io.niomq.internal.socket;

import io.niomq.DropReason;
import io.niomq.SocketEvent;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqClosedException;
import io.niomq.explain.EndpointReport;
import io.niomq.explain.PeerReport;
import io.niomq.explain.SocketReport;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Who is told of one socket's events: a listener of the application, called on a thread of its own,
 * and a {@link Monitor}. Both see them in the same order.
 *
 * <p>Guarded by {@link #lock}, which is taken with no other lock held, and held while locks of the
 * context, of the inproc names and of the monitor's socket are taken.
 */
public final class Watchers {
  /** How many events may wait for a listener that is too slow; further ones are counted. */
  static final int UNTOLD_MAX = 10_000;

  private final SocketCore core;

  /** Events that the listener is still to be told. */
  private final AtomicInteger untold = new AtomicInteger();

  private final ReentrantLock lock = new ReentrantLock();
  private Consumer<? super SocketEvent> listener;
  private Monitor monitor;
  private boolean ended;

  Watchers(SocketCore core) {
    this.core = core;
  }

  /** See {@code Socket.onEvent}. */
  public void listen(Consumer<? super SocketEvent> newListener) {
    core.ensureUsable();
    lock.lock();
    try {
      tellListener(stopped());
      listener = newListener;
    } finally {
      lock.unlock();
    }
  }

  /** Replaces the monitor; with an endpoint of null there is none any more. */
  public void monitor(String endpoint, long events, int version) {
    core.ensureUsable();
    Monitor.Format format = endpoint == null ? null : Monitor.format(endpoint, events, version);
    lock.lock();
    try {
      if (ended) {
        throw new ZmqClosedException("this " + core.type() + " socket is closed");
      }
      stopMonitor();
      if (format != null) {
        Monitor fresh = new Monitor(core, core.context().monitorSocket(), format, this::flush);
        fresh.bind();
        monitor = fresh;
      }
    } finally {
      lock.unlock();
    }
  }

  void tell(SocketEvent event) {
    lock.lock();
    try {
      tellListener(event);
      if (monitor != null) {
        monitor.tell(event);
      }
    } finally {
      lock.unlock();
    }
  }

  private void tellListener(SocketEvent event) {
    Consumer<? super SocketEvent> told = listener;
    if (told == null) {
      return;
    }
    if (untold.get() >= UNTOLD_MAX && event.type() != SocketEvent.Type.MONITOR_STOPPED) {
      core.drops().count(null, DropReason.EVENT_UNREAD, 1);
      return;
    }
    untold.incrementAndGet();
    core.context()
        .threads()
        .tell(
            () -> {
              untold.decrementAndGet();
              told.accept(event);
            });
  }

  /**
   * Tells the monitor how many messages are queued for and from each peer: see {@code
   * Socket.monitorPipesStats}.
   *
   * @return how many peers there are
   */
  public int tellQueues() {
    core.ensureUsable();
    lock.lock();
    try {
      if (monitor == null || !monitor.tellsQueues()) {
        throw new ZmqArgumentException(
            "no monitor of version 2 tells ZMQ_EVENT_PIPES_STATS (0x10000) of this socket");
      }
    } finally {
      lock.unlock();
    }
    SocketReport now = core.explain(); // takes the socket's lock
    Set<String> bound =
        now.endpoints().stream()
            .filter(EndpointReport::bound)
            .map(EndpointReport::endpoint)
            .collect(Collectors.toSet());
    lock.lock();
    try {
      for (PeerReport p : now.peers()) {
        if (monitor != null && monitor.tellsQueues()) {
          boolean isBound = bound.contains(p.endpoint());
          monitor.tellQueues(
              isBound ? p.endpoint() : "",
              isBound ? p.address() : p.endpoint(),
              p.out().messages(),
              p.in().messages());
        }
      }
    } finally {
      lock.unlock();
    }
    return now.peers().size();
  }

  private void flush() {
    lock.lock();
    try {
      if (monitor != null) {
        monitor.flush();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Nothing is left of the socket. */
  void end() {
    lock.lock();
    try {
      ended = true;
      tellListener(stopped());
      listener = null;
      stopMonitor();
    } finally {
      lock.unlock();
    }
  }

  private void stopMonitor() {
    Monitor old = monitor;
    monitor = null;
    if (old != null) {
      old.stop(stopped());
    }
  }

  private static SocketEvent stopped() {
    return new SocketEvent(SocketEvent.Type.MONITOR_STOPPED, "", "", "", null);
  }
}
