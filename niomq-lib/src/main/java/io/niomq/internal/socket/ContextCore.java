package io.niomq.internal.socket;

import io.niomq.CloseReport;
import io.niomq.DropReason;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqInterruptedException;
import io.niomq.ZmqResourceException;
import io.niomq.ZmqTerminatedException;
import io.niomq.explain.ContextReport;
import io.niomq.explain.Finding;
import io.niomq.internal.advice.DropRules;
import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pipe.ChunkPool;
import io.niomq.internal.security.ZapClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A context: its threads, its memory, its inproc names and its sockets. {@link #open}, {@link
 * #gone} and {@link #shutdown} are guarded by {@link #lock}, which is held while no socket's lock
 * is.
 */
public final class ContextCore {
  private final ContextSettings settings;
  private final ContextThreads threads;
  private final ChunkPool pool = new ChunkPool(this::memoryTaken);

  /**
   * Null where there is no I/O thread: inproc peers keep their memory as long as they are there.
   */
  private final Housekeeping housekeeping;

  private final InprocRegistry inproc = new InprocRegistry();
  private final ZapClient zap = new Zap(this);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition gone = lock.newCondition();

  /** The sockets that are not closed. */
  private final Set<SocketCore> open = new LinkedHashSet<>();

  /** The sockets that are closed but still have something to send. */
  private final Set<SocketCore> lingering = new LinkedHashSet<>();

  /** Those of {@link #open} and {@link #lingering} that belong to a monitor. */
  private final Set<SocketCore> ofMonitors = new HashSet<>();

  /** How many sockets were opened so far. */
  private int opened;

  private long socketsGone;

  /** Of these, for inproc names that nobody had bound at the end. Guarded by it. */
  private long leftOfGone;

  /** What the sockets had dropped that are gone. */
  private final Map<DropReason, Long> dropsOfGone = new EnumMap<>(DropReason.class);

  private final Opener opener = Opener.here();

  private final Warnings warnings = new Warnings();

  /** Takes the context away from JMX; null when it is not shown there. */
  private final Runnable management;

  private boolean shutdown;
  private boolean ended;

  /** Whoever closed it was interrupted: it ends by itself when the last socket is gone. */
  private boolean unattended;

  /** Those that the application had not closed, as {@link #close} found them. */
  private final Set<SocketCore> closing = new HashSet<>();

  private final List<CloseReport.OpenSocket> closedByContext = new ArrayList<>();

  public ContextCore(ContextSettings settings) {
    this.settings = settings;
    this.threads = new ContextThreads(settings);
    EventLoop loop = threads.first();
    this.housekeeping = loop == null ? null : new Housekeeping(this, pool, loop);
    Contexts.opened(this);
    this.management = settings.management() && Contexts.MANAGEMENT ? Management.of(this) : null;
  }

  public int ioThreads() {
    return threads.ioThreads();
  }

  public int maxSockets() {
    return settings.maxSockets();
  }

  /** How long a thread that waits may look again and again before it sleeps. */
  long spinNanos() {
    return settings.spinNanos();
  }

  /** The options that a new socket begins with. */
  OptionValues newOptions(SocketType type) {
    OptionValues options = new OptionValues(type);
    options.store(SocketOptions.IPV6, settings.ipv6());
    if (!settings.blocky()) {
      options.store(SocketOptions.LINGER, Duration.ZERO);
    }
    return options;
  }

  ChunkPool pool() {
    return pool;
  }

  /** The sockets that are not closed, at this moment. */
  SocketCore[] openSockets() {
    lock.lock();
    try {
      return open.toArray(new SocketCore[0]);
    } finally {
      lock.unlock();
    }
  }

  /** Whether memory is still being given back. For tests. */
  boolean keepsHouse() {
    return housekeeping != null && housekeeping.isPlanned();
  }

  private void memoryTaken() {
    if (housekeeping != null) {
      housekeeping.wanted();
    }
  }

  /** Pieces of pooled memory in use: 0 after everything is closed. For tests. */
  public long memoryInUse() {
    return pool.outstanding();
  }

  InprocRegistry inproc() {
    return inproc;
  }

  ZapClient zap() {
    return zap;
  }

  ContextThreads threads() {
    return threads;
  }

  EventLoop pickLoop(OptionValues options) {
    return threads.pickLoop(options);
  }

  void onHelper(Runnable task) {
    threads.onHelper(task);
  }

  // ------------------------------------------------------------------------------------------------ sockets

  public SocketCore socket(SocketType type) {
    return open(type, false);
  }

  /** The socket of a monitor: it ends with the socket that is watched, not with the context. */
  SocketCore monitorSocket() {
    return open(SocketType.PAIR, true);
  }

  private SocketCore open(SocketType type, boolean monitors) {
    lock.lock();
    try {
      if (shutdown) {
        throw new ZmqTerminatedException("this context was closed or shut down");
      }
      if (open.size() + lingering.size() >= settings.maxSockets()) {
        throw tooManySockets();
      }
      SocketCore socket = new SocketCore(this, type, ++opened, Opener.here());
      open.add(socket);
      if (monitors) {
        ofMonitors.add(socket);
      }
      return socket;
    } finally {
      lock.unlock();
    }
  }

  private ZmqResourceException tooManySockets() {
    String closed =
        lingering.isEmpty()
            ? ""
            : ", and " + lingering.size() + " closed ones have not sent everything yet";
    return new ZmqResourceException(
        "there are "
            + open.size()
            + " sockets open"
            + closed
            + "; allowed: "
            + settings.maxSockets()
            + " (ZMQ_MAX_SOCKETS)",
        null);
  }

  /** The application (or {@link #close}) has closed it; it may still have something to send. */
  void socketClosed(SocketCore socket) {
    lock.lock();
    try {
      if (open.remove(socket)) {
        lingering.add(socket);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Nothing is left of it. */
  void socketGone(SocketCore socket) {
    lock.lock();
    try {
      if (lingering.remove(socket) && !ofMonitors.remove(socket)) {
        socketsGone++;
        synchronized (dropsOfGone) {
          socket.drops().end().forEach((reason, n) -> dropsOfGone.merge(reason, n, Long::sum));
        }
      }
      if (ended || shutdown) {
        gone.signalAll();
      }
      endIfUnattended();
    } finally {
      lock.unlock();
    }
  }

  /** A socket that is gone had left messages for somebody who did not come. Any thread. */
  void droppedByGone(DropReason reason, long messages) {
    synchronized (dropsOfGone) {
      dropsOfGone.merge(reason, messages, Long::sum);
      if (reason == DropReason.LINGER_EXPIRED) {
        leftOfGone += messages;
      }
    }
  }

  /** How many warnings of drops may be logged. Of the events thread. */
  Warnings warnings() {
    return warnings;
  }

  /** What this context and its sockets are doing; also after the close. */
  public ContextReport explain() {
    List<SocketCore> here;
    boolean ends;
    long gone;
    Map<DropReason, Long> drops;
    lock.lock();
    try {
      here = new ArrayList<>(open);
      here.addAll(lingering);
      here.removeAll(ofMonitors);
      ends = shutdown;
      gone = socketsGone;
      synchronized (dropsOfGone) {
        drops = new EnumMap<>(dropsOfGone);
      }
    } finally {
      lock.unlock();
    }
    List<Finding> findings = new ArrayList<>(DropRules.of(drops));
    inproc.left().forEach((name, n) -> findings.add(DropRules.leftFor(name, n)));
    return new ContextReport(
        Instant.now(),
        opener.thread(),
        opener.place(),
        ends,
        threads.ioThreads(),
        settings.maxSockets(),
        here.stream().map(SocketCore::explain).toList(),
        gone,
        drops,
        findings);
  }

  /** Warns, once, of a context that nobody can close any more. */
  public void lost() {
    if (management != null && threads.ioThreads() == 0) {
      management.run(); // with nobody to act, there is nothing left to see
    }
    if (!isShutdown()) {
      Log.warn(
          "a context was never closed: opened by thread "
              + opener.thread()
              + " at "
              + opener.place());
    }
  }

  // ------------------------------------------------------------------------------------------------ the end

  public boolean isShutdown() {
    lock.lock();
    try {
      return shutdown;
    } finally {
      lock.unlock();
    }
  }

  public void shutdown() {
    SocketCore[] sockets;
    lock.lock();
    try {
      shutdown = true;
      sockets = open.toArray(new SocketCore[0]);
    } finally {
      lock.unlock();
    }
    for (SocketCore s : sockets) {
      s.terminate();
    }
  }

  /**
   * Ends the context, in this order: all calls end with ETERM; sockets that are still open are
   * closed; what is queued is sent, or dropped when the time is over; then the threads end.
   */
  public CloseReport close(long timeoutNanos) {
    shutdown();
    SocketCore[] forgotten;
    List<SocketCore> all;
    lock.lock();
    try {
      if (ended) {
        return new CloseReport(true, List.of(), 0);
      }
      Set<SocketCore> mayClose = new LinkedHashSet<>(open);
      mayClose.removeAll(ofMonitors);
      forgotten = mayClose.toArray(new SocketCore[0]);
      for (SocketCore s : forgotten) {
        if (closing.add(s)) {
          closedByContext.add(s.describe());
        }
      }
      all = new ArrayList<>(open);
      all.addAll(lingering);
    } finally {
      lock.unlock();
    }
    long before = lingerDrops(all);
    for (SocketCore s : forgotten) {
      s.close();
    }
    boolean complete;
    try {
      complete = awaitGone(timeoutNanos);
      if (!complete) {
        abandon();
        awaitGone(-1); // no more than the I/O threads' next turn
      }
    } catch (ZmqInterruptedException e) {
      leaveUnattended(timeoutNanos);
      throw e;
    }
    long dropped = lingerDrops(all) - before;
    inproc.close(); // what is left there is of sockets that are gone
    end();
    lock.lock();
    try {
      synchronized (dropsOfGone) {
        return new CloseReport(complete, closedByContext, dropped + leftOfGone);
      }
    } finally {
      lock.unlock();
    }
  }

  /** All sockets are gone. May be done more than once. */
  private void end() {
    inproc.close();
    threads.stop();
    Contexts.closed(this);
    if (management != null) {
      management.run();
    }
    lock.lock();
    try {
      ended = true;
      closing.clear();
    } finally {
      lock.unlock();
    }
  }

  /** Nobody waits for the end any more: threads and descriptors are given back all the same. */
  private void leaveUnattended(long timeoutNanos) {
    EventLoop loop = threads.first();
    if (timeoutNanos >= 0 && loop != null) {
      loop.execute(() -> loop.timer(this::abandon).plan(timeoutNanos));
    }
    lock.lock();
    try {
      unattended = true;
      endIfUnattended();
    } finally {
      lock.unlock();
    }
  }

  /** Under the lock. */
  private void endIfUnattended() {
    if (unattended && !ended && open.isEmpty() && lingering.isEmpty()) {
      threads.onHelperWhenThereIsOne(this::end);
    }
  }

  private boolean awaitGone(long timeoutNanos) {
    lock.lock();
    try {
      long left = timeoutNanos;
      while (!open.isEmpty() || !lingering.isEmpty()) {
        if (timeoutNanos < 0) {
          gone.await();
        } else if (left <= 0) {
          return false;
        } else {
          left = gone.awaitNanos(left);
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ZmqInterruptedException(
          "interrupted while closing the context; close may be called again");
    } finally {
      lock.unlock();
    }
  }

  private void abandon() {
    SocketCore[] sockets;
    lock.lock();
    try {
      sockets = lingering.toArray(new SocketCore[0]);
    } finally {
      lock.unlock();
    }
    for (SocketCore s : sockets) {
      s.endpoints().abandon();
    }
  }

  private static long lingerDrops(List<SocketCore> sockets) {
    return sockets.stream().mapToLong(s -> s.drops().count(DropReason.LINGER_EXPIRED)).sum();
  }

  @Override
  public String toString() {
    lock.lock();
    try {
      return "context with " + open.size() + " sockets" + (shutdown ? " (shut down)" : "");
    } finally {
      lock.unlock();
    }
  }
}
