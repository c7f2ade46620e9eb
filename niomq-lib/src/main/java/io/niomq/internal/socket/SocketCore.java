package io.niomq.internal.socket;

import io.niomq.CloseReport;
import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.SocketEvent;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqClosedException;
import io.niomq.ZmqInterruptedException;
import io.niomq.ZmqTerminatedException;
import io.niomq.explain.SocketReport;
import io.niomq.internal.endpoint.OpenEndpoint;
import io.niomq.internal.flight.Flight;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pattern.Behaviors;
import io.niomq.internal.pattern.SocketBehavior;
import java.time.Duration;
import java.util.List;

/**
 * A socket: what all types have in common. Its type's pattern is a {@link SocketBehavior}; around
 * it stand classes with one job each, which share the socket's lock:
 *
 * <ul>
 *   <li>{@link Pipes}: who is attached; the lock, and what has to be done after its release
 *   <li>{@link Sending} and {@link Receiving}: messages, out and in
 *   <li>{@link Waiting}: how a thread waits for them
 *   <li>{@link Endpoints}: what is bound and connected
 *   <li>{@link Options}: what the application sets and reads
 *   <li>{@link Gathering}, {@link Watchers}, {@link Drops}, {@link Refusals}, {@link Explain}: what
 *       has happened, for those who want to know
 * </ul>
 *
 * <p>What is left here is the socket's life: it is usable until it is closed, or its context ends.
 *
 * <p>Everything is guarded by the lock of {@link Pipes} unless it says otherwise. Public methods
 * take the lock themselves; each ends with {@link Pipes#unlock}, which releases it and then does
 * what must not be done under it.
 */
public final class SocketCore {
  /**
   * A poll reads by itself so often. A socket that is full of what may not be received now (a REP
   * that owes a reply) would never let it sleep; then the I/O threads read.
   */
  private static final int WAITS_READING = 8;

  private final ContextCore context;
  private final SocketType type;
  private final OptionValues optionValues;
  private final SocketBehavior behavior;
  private final Pipes pipes;
  private final Waiting waiting;
  private final Sending sending;
  private final Receiving receiving;
  private final Gathering gathering;
  private final Endpoints endpoints;
  private final Options options;
  private final Watchers watchers = new Watchers(this);
  private final Drops drops = new Drops(this);
  private final Refusals refusals = new Refusals();
  private final Opener opener;
  private final int number;
  private final long openedAt = System.nanoTime();

  private boolean closed;

  /** For the flight recorder, from the close on. */
  private Object closing;

  private boolean terminated;

  /** Set before anybody can connect; null but on a monitor's socket. */
  private Runnable onRoom;

  SocketCore(ContextCore context, SocketType type, int number, Opener opener) {
    this.context = context;
    this.number = number;
    this.opener = opener;
    this.type = type;
    this.optionValues = context.newOptions(type);
    this.pipes = new Pipes(this);
    this.behavior = Behaviors.create(type, pipes, context.pool());
    this.waiting = new Waiting(this, pipes, behavior);
    Unread unread = new Unread();
    this.receiving = new Receiving(this, pipes, behavior, waiting, unread);
    this.sending = new Sending(this, pipes, behavior, waiting, unread);
    this.gathering = new Gathering(this, pipes, behavior);
    this.endpoints = new Endpoints(this, pipes);
    this.options = new Options(this, pipes, behavior);
    pipes.connect(behavior, waiting, gathering, sending, receiving);
  }

  /** A duration as the waiting methods take it: nanoseconds, or -1 for no limit. */
  public static long nanos(Duration timeout) {
    return OptionValues.nanos(timeout);
  }

  public SocketType type() {
    return type;
  }

  public ContextCore context() {
    return context;
  }

  SocketBehavior behavior() {
    return behavior;
  }

  /** Tells the sockets of a context apart, from 1. */
  int number() {
    return number;
  }

  Opener opener() {
    return opener;
  }

  /** When it was opened ({@link System#nanoTime}). */
  long openedAt() {
    return openedAt;
  }

  OptionValues optionValues() {
    return optionValues;
  }

  Pipes pipes() {
    return pipes;
  }

  Waiting waiting() {
    return waiting;
  }

  Refusals refusals() {
    return refusals;
  }

  public Sending sending() {
    return sending;
  }

  public Receiving receiving() {
    return receiving;
  }

  public Endpoints endpoints() {
    return endpoints;
  }

  public Options options() {
    return options;
  }

  /** Who is connected, and subscribed. */
  public Gathering gathering() {
    return gathering;
  }

  /** Who is told of events. */
  public Watchers watchers() {
    return watchers;
  }

  public Drops drops() {
    return drops;
  }

  // ------------------------------------------------------------------------------------------------ readiness

  /** Which of the events {@link Waiter#IN} and {@link Waiter#OUT} have come. */
  int events(int interest) {
    pipes.lock();
    try {
      checkUsable();
      return eventsLocked(interest);
    } finally {
      pipes.unlock();
    }
  }

  /**
   * Waits until one of the events has come.
   *
   * @param timeoutNanos -1 for no limit, 0 for a look
   * @return the events that have come; 0 when the time is over
   */
  public int poll(int interest, long timeoutNanos) {
    long deadline = System.nanoTime() + timeoutNanos;
    boolean mayRead = (interest & Waiter.IN) != 0;
    pipes.lock();
    try {
      for (int waits = 0; true; waits++) {
        checkUsable();
        int events = eventsLocked(interest);
        if (events == 0 && timeoutNanos == 0 && mayRead && waiting.lookOnce()) {
          events = eventsLocked(interest);
        }
        if (events != 0
            || timeoutNanos == 0
            || !waiting.await(
                waits < WAITS_READING ? interest : interest | Waiter.WATCHES,
                timeoutNanos > 0,
                deadline)) {
          return events;
        }
      }
    } finally {
      waiting.passOn(); // what it has found is left to others
      pipes.unlock();
    }
  }

  int eventsLocked(int interest) {
    int events = 0;
    if ((interest & Waiter.IN) != 0 && receiving.isReady()) {
      events |= Waiter.IN;
    }
    if ((interest & Waiter.OUT) != 0 && sending.isReady()) {
      events |= Waiter.OUT;
    }
    return events;
  }

  /** Whether a message could be received now. */
  public boolean canRecvNow() {
    return events(Waiter.IN) != 0;
  }

  /** Whether a message could be sent now. */
  public boolean canSendNow() {
    return events(Waiter.OUT) != 0;
  }

  /** Whether sends and receives take turns, as in REQ and REP. */
  public boolean isLockStep() {
    return behavior.flushesEachMessage();
  }

  /** Counts messages that somebody has given up to send for want of room. */
  public void gaveUp(int messages) {
    drops.count(null, DropReason.HIGH_WATER_MARK, messages);
  }

  /** Counts messages that somebody has received and could do nothing with: an end came before. */
  public void leftUnread(int messages) {
    drops.count(null, DropReason.UNREAD_AT_CLOSE, messages);
  }

  // ------------------------------------------------------------------------------------------------ reports

  /** Tells whoever listens. Under no lock. */
  void event(SocketEvent event) {
    Flight.connection(type, event);
    watchers.tell(event);
  }

  /** Nothing is left of this socket. Under no lock. */
  void gone() {
    Flight.closed(closing, drops.count(DropReason.LINGER_EXPIRED));
    watchers.end();
  }

  /** Has {@code task} run, under no lock, whenever there is a peer or room that was not before. */
  void onRoom(Runnable task) {
    onRoom = task;
  }

  Runnable onRoom() {
    return onRoom;
  }

  /** Warns, once, of a socket that nobody can close any more. */
  public void lost() {
    if (!isClosed()) {
      Log.warn(
          this
              + " was never closed: opened by thread "
              + opener.thread()
              + " at "
              + opener.place());
    }
  }

  /** What this socket is doing. Under no lock; also after the close. */
  public SocketReport explain() {
    return new Explain(this).report();
  }

  // ------------------------------------------------------------------------------------------------ the end

  /** Fails when the socket or its context has ended. Without the lock. */
  void ensureUsable() {
    pipes.lock();
    try {
      checkUsable();
    } finally {
      pipes.unlock();
    }
  }

  /** Fails when the socket or its context has ended. Under the lock. */
  void checkUsable() {
    if (closed) {
      if (terminated) {
        throw terminatedException();
      }
      refusals.call(Errno.ENOTSOCK);
      throw new ZmqClosedException("this " + type + " socket is closed");
    }
    if (terminated) {
      throw terminatedException();
    }
  }

  private ZmqTerminatedException terminatedException() {
    refusals.call(Errno.ETERM);
    return new ZmqTerminatedException(
        "the context of this " + type + " socket was closed or shut down");
  }

  void checkNotInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new ZmqInterruptedException("interrupted while waiting on a " + type + " socket");
    }
  }

  boolean isUsableLocked() {
    return !closed && !terminated;
  }

  boolean isClosedLocked() {
    return closed;
  }

  public boolean isClosed() {
    pipes.lock();
    try {
      return closed;
    } finally {
      pipes.unlock();
    }
  }

  /** Ends all waiting calls with ETERM, and all later ones. */
  void terminate() {
    pipes.lock();
    try {
      terminated = true;
      receiving.end();
      sending.end();
      waiting.wakeAll();
      gathering.changed();
    } finally {
      pipes.unlock();
    }
  }

  public void close() {
    close(null);
  }

  public void close(long lingerNanos) {
    close(Long.valueOf(lingerNanos));
  }

  /**
   * Closes, in this order: no more calls; endpoints taken down, so that nobody new comes; pipes
   * taken from the pattern, which tells inproc peers; waiting threads woken; then connections send
   * what is queued, each for itself.
   *
   * @param itsLinger in nanoseconds, -1 for ever; null for that of the option
   */
  private void close(Long itsLinger) {
    List<OpenEndpoint> open;
    long linger;
    pipes.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      closing = Flight.closing(type);
      linger = itsLinger != null ? itsLinger : optionValues.nanos(SocketOptions.LINGER);
      open = endpoints.takeAll();
      pipes.detachAll();
      behavior.closed();
      receiving.close();
      sending.close();
      waiting.wakeAll();
      gathering.changed();
      waiting.closeDriver();
    } finally {
      pipes.unlock();
    }
    context.socketClosed(this);
    endpoints.closeAll(open, linger);
    endpoints.closed(); // the socket itself was one of the things to wait for
  }

  CloseReport.OpenSocket describe() {
    return new CloseReport.OpenSocket(type, endpoints.names(), opener.thread());
  }

  @Override
  public String toString() {
    return type + " " + endpoints.names() + (isClosed() ? " (closed)" : "");
  }
}
