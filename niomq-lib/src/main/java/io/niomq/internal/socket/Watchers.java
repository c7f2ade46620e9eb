package io.niomq.internal.socket;

import io.niomq.SocketEvent;
import io.niomq.ZmqClosedException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Who is told of one socket's events: a listener of the application, called on a thread of its own,
 * and a {@link Monitor}. Both see them in the same order.
 *
 * <p>Guarded by {@link #lock}, which is taken with no other lock held, and held while locks of the
 * context, of the inproc names and of the monitor's socket are taken.
 */
public final class Watchers {
  private final SocketCore core;
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
        Monitor fresh = new Monitor(core, format, this::flush);
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
    if (told != null) {
      core.context().tell(() -> told.accept(event));
    }
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
