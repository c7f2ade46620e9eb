package io.niomq.internal.socket;

import io.niomq.CloseReport;
import io.niomq.DropEvent;
import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.SocketEvent;
import io.niomq.SocketOption;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.SubscriptionEvent;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqClosedException;
import io.niomq.ZmqInterruptedException;
import io.niomq.ZmqStateException;
import io.niomq.ZmqTerminatedException;
import io.niomq.ZmqTimeoutException;
import io.niomq.ZmqUnsupportedException;
import io.niomq.explain.SocketReport;
import io.niomq.internal.flight.Flight;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pattern.Behaviors;
import io.niomq.internal.pattern.SocketBehavior;
import io.niomq.internal.pipe.Body;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Incoming;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.security.Mechanisms;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Consumer;

/**
 * A socket: what all types have in common. It owns the pipes, sends and receives through the type's
 * {@link SocketBehavior}, waits, and closes. Three helpers share its lock: {@link Pipes} (who is
 * attached, and what has to be done after the unlock), {@link Waiting} (who waits, and how) and
 * {@link Endpoints} (what is bound and connected).
 *
 * <p>Everything is guarded by {@link #lock} unless it says otherwise. Public methods take the lock
 * themselves; each ends with {@link Pipes#unlock}, which releases it and then does what must not be
 * done under it.
 */
public final class SocketCore {

  /** Receives the frames of a message one by one: {@code byte[]} or a held {@link Body}. */
  @FunctionalInterface
  public interface FrameSink {
    void add(Object frame);
  }

  private final ContextCore context;
  private final SocketType type;
  private final OptionValues options;
  private final SocketBehavior behavior;
  private final Pipes pipes;
  private final Waiting waiting;
  private final Gathering gathering;
  private final Endpoints endpoints;
  private final Drops drops = new Drops(this);
  private final Refusals refusals = new Refusals();
  private final Opener opener;
  private final int number;
  private final long openedAt = System.nanoTime();

  private final Outgoing outgoing = new Outgoing();
  private final Incoming incoming = new Incoming();

  /** Frames of messages that threads are sending, or receiving, frame by frame. */
  private final Map<Thread, ArrayList<Object>> unsent = new WeakHashMap<>();

  private final Map<Thread, Unread> unread = new WeakHashMap<>();

  /** The frames of a message that are still to be received, and who sent it. */
  private record Unread(ArrayDeque<Object> frames, Peer sender) {}

  private long sendTimeout;
  private long recvTimeout;
  private boolean closed;

  /** For the flight recorder, from the close on. */
  private Object closing;

  private boolean terminated;
  private final Watchers watchers;

  /** Set before anybody can connect; null but on a monitor's socket. */
  private Runnable onRoom;

  SocketCore(ContextCore context, SocketType type, int number, Opener opener) {
    this.context = context;
    this.number = number;
    this.opener = opener;
    this.type = type;
    this.options = context.newOptions(type);
    this.pipes = new Pipes(this);
    this.behavior = Behaviors.create(type, pipes, context.pool());
    this.waiting = new Waiting(this, pipes, behavior);
    this.endpoints = new Endpoints(this, pipes);
    this.sendTimeout = options.nanos(SocketOptions.SNDTIMEO);
    this.recvTimeout = options.nanos(SocketOptions.RCVTIMEO);
    this.watchers = new Watchers(this);
    this.gathering = new Gathering(this, pipes, behavior);
    pipes.connect(behavior, waiting, gathering);
  }

  /** A duration for the methods below: nanoseconds, or -1 for no limit. */
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
    return options;
  }

  Waiting waiting() {
    return waiting;
  }

  Pipes pipes() {
    return pipes;
  }

  Endpoints endpoints() {
    return endpoints;
  }

  // ------------------------------------------------------------------------------------------------ send

  /** {@code ZMQ_SNDTIMEO} in nanoseconds; -1 for none. Any thread: may be a moment old. */
  public long sendTimeout() {
    return sendTimeout;
  }

  public void send(byte[] source, int offset, int length) {
    if (!send(source, offset, length, sendTimeout)) {
      throw sendTimedOut();
    }
  }

  public boolean send(byte[] source, int offset, int length, long timeoutNanos) {
    pipes.lock();
    try {
      checkMaySend();
      if (unsent.isEmpty() && attempt(outgoing.of(source, offset, length), timeoutNanos)) {
        return true;
      }
      if (unsent.isEmpty()) {
        return sendSlowly(outgoing.detach(), timeoutNanos);
      }
      return sendLast(ByteBuffer.wrap(source, offset, length), timeoutNanos);
    } finally {
      pipes.unlock();
    }
  }

  public void send(ByteBuffer source) {
    if (!send(source, sendTimeout)) {
      throw sendTimedOut();
    }
  }

  public boolean send(ByteBuffer source, long timeoutNanos) {
    boolean sent;
    pipes.lock();
    try {
      checkMaySend();
      if (unsent.isEmpty()) {
        if (source.hasArray()) {
          outgoing.of(source.array(), source.arrayOffset() + source.position(), source.remaining());
        } else {
          outgoing.reset().add(source);
        }
        sent = attempt(outgoing, timeoutNanos) || sendSlowly(outgoing.detach(), timeoutNanos);
      } else {
        sent = sendLast(source, timeoutNanos);
      }
    } finally {
      outgoing.reset();
      pipes.unlock();
    }
    if (sent) {
      source.position(source.limit());
    }
    return sent;
  }

  /**
   * Sends a message of several frames, which stay the caller's.
   *
   * @param orThrow whether to throw when the time is over, instead of returning false
   */
  public boolean sendFrames(
      Consumer<Outgoing> frames, int count, long timeoutNanos, boolean orThrow) {
    boolean sent;
    pipes.lock();
    try {
      checkMaySend();
      Outgoing message = unsent.isEmpty() ? outgoing : new Outgoing();
      message.reset();
      List<Object> begun = unsent.isEmpty() ? null : unsent.get(Thread.currentThread());
      if (begun != null) {
        begun.forEach(message::add);
      }
      frames.accept(message);
      sent =
          attempt(message, timeoutNanos)
              || sendSlowly(message == outgoing ? message.detach() : message, timeoutNanos);
      if (sent && begun != null) {
        unsent.remove(Thread.currentThread());
      }
    } finally {
      outgoing.reset();
      pipes.unlock();
    }
    if (!sent && orThrow) {
      throw sendTimedOut();
    }
    return sent;
  }

  /** The last frame of a message that this thread may have begun. */
  private boolean sendLast(Object frame, long timeoutNanos) {
    List<Object> begun = unsent.get(Thread.currentThread());
    Outgoing message = new Outgoing().reset();
    if (begun != null) {
      begun.forEach(message::add);
    }
    message.add(frame);
    boolean sent = attempt(message, timeoutNanos) || sendSlowly(message, timeoutNanos);
    if (sent && begun != null) {
      unsent.remove(Thread.currentThread());
    }
    return sent;
  }

  private boolean attempt(Outgoing message, long timeoutNanos) {
    pipes.mayWait = timeoutNanos != 0;
    boolean sent = behavior.send(message);
    if (sent) {
      waiting.sent();
    }
    return sent;
  }

  /** Waits for room. The lock is held on entry and exit, and released while waiting. */
  private boolean sendSlowly(Outgoing message, long timeoutNanos) {
    if (timeoutNanos == 0) {
      refusals.call(Errno.EAGAIN);
      return false;
    }
    long deadline = System.nanoTime() + timeoutNanos;
    do {
      if (!waiting.await(Waiter.OUT, timeoutNanos > 0, deadline)) {
        refusals.call(Errno.EAGAIN);
        return false;
      }
      checkMaySend();
    } while (!attempt(message, timeoutNanos));
    return true;
  }

  /**
   * Keeps a frame, which belongs to the socket now, until the last frame of its message is sent.
   */
  public void sendMore(byte[] frame) {
    pipes.lock();
    try {
      checkMaySend();
      ArrayList<Object> begun = unsent.get(Thread.currentThread());
      if (begun == null) {
        long deadline = System.nanoTime() + sendTimeout;
        while (!behavior.beginSend(outgoing.of(frame, 0, frame.length))) {
          if (sendTimeout == 0 || !waiting.await(Waiter.OUT, sendTimeout > 0, deadline)) {
            throw sendTimedOut();
          }
          checkMaySend();
        }
        begun = new ArrayList<>();
        unsent.put(Thread.currentThread(), begun);
      }
      begun.add(frame);
    } finally {
      pipes.unlock();
    }
  }

  private void checkMaySend() {
    checkUsable();
    if (!type.canSend()) {
      throw new ZmqUnsupportedException("a " + type + " cannot send");
    }
    if (!unread.isEmpty() && behavior.flushesEachMessage() && restOfMessage() != null) {
      throw new ZmqStateException(
          "a " + type + " receives its whole message first: frames of it are still unread");
    }
  }

  private ZmqTimeoutException sendTimedOut() {
    return new ZmqTimeoutException("the message could not be sent within ZMQ_SNDTIMEO");
  }

  // ------------------------------------------------------------------------------------------------ receive

  /** {@code ZMQ_RCVTIMEO} in nanoseconds; -1 for none. Any thread: may be a moment old. */
  public long recvTimeout() {
    return recvTimeout;
  }

  /** The next frame; null when the time is over. */
  public byte[] recv(long timeoutNanos) {
    pipes.lock();
    try {
      Unread rest = restOfMessage();
      if (rest != null) {
        return toArray(takeRest(rest));
      }
      if (!find(timeoutNanos)) {
        return null;
      }
      if (incoming.prefix != null || incoming.queue.more()) {
        return toArray(takeRest(keepRest()));
      }
      byte[] body = incoming.queue.toArray();
      taken();
      return body;
    } finally {
      pipes.unlock();
    }
  }

  /** The next frame into a buffer; returns its full size, -1 when the time is over. */
  public int recv(ByteBuffer target, long timeoutNanos) {
    pipes.lock();
    try {
      Unread rest = restOfMessage();
      if (rest == null) {
        if (!find(timeoutNanos)) {
          return -1;
        }
        if (incoming.prefix == null && !incoming.queue.more()) {
          int size = incoming.queue.size();
          incoming.queue.copyTo(target);
          taken();
          return size;
        }
        rest = keepRest();
      }
      return copy(takeRest(rest), target);
    } finally {
      pipes.unlock();
    }
  }

  private static int copy(Object frame, ByteBuffer target) {
    if (frame instanceof byte[] b) {
      target.put(b, 0, Math.min(b.length, target.remaining()));
      return b.length;
    }
    Body body = (Body) frame;
    body.copyTo(target);
    body.release();
    return body.size();
  }

  /**
   * The next message, or the rest of one. The frames belong to the sink.
   *
   * @return who sent it; null when the time is over
   */
  public Peer recvFrames(FrameSink sink, long timeoutNanos) {
    pipes.lock();
    try {
      Unread rest = restOfMessage();
      if (rest != null) {
        unread.remove(Thread.currentThread());
        rest.frames().forEach(sink::add);
        return rest.sender();
      }
      if (!find(timeoutNanos)) {
        return null;
      }
      takeAll(sink);
      return incoming.sender();
    } finally {
      pipes.unlock();
    }
  }

  /** Whether this thread's message has more frames. */
  public boolean hasMore() {
    pipes.lock();
    try {
      return restOfMessage() != null;
    } finally {
      pipes.unlock();
    }
  }

  /** Finds a message and sets {@link #incoming}; false when the time is over. */
  private boolean find(long timeoutNanos) {
    checkMayReceive();
    if (behavior.recv(incoming)) {
      return true;
    }
    if (timeoutNanos == 0) {
      return waiting.lookOnce() && behavior.recv(incoming);
    }
    return findSlowly(timeoutNanos);
  }

  private boolean findSlowly(long timeoutNanos) {
    long deadline = System.nanoTime() + timeoutNanos;
    try {
      do {
        if (!waiting.await(Waiter.IN, timeoutNanos > 0, deadline)) {
          return false;
        }
        checkMayReceive();
      } while (!behavior.recv(incoming));
      if (incoming.pipe != null && incoming.pipe.link != null) {
        incoming.pipe.link.refillBudget(); // an answer is not part of a burst
      }
      return true;
    } finally {
      waiting.passOn();
    }
  }

  private void checkMayReceive() {
    checkUsable();
    if (!type.canReceive()) {
      throw new ZmqUnsupportedException("a " + type + " cannot receive");
    }
  }

  /** The message that was found is delivered. */
  private void taken() {
    behavior.received(incoming);
    incoming.delivered();
    waiting.shareOut();
  }

  /** Who sent the message that was received last. */
  public Peer lastPeer() {
    pipes.lock();
    try {
      return incoming.sender();
    } finally {
      pipes.unlock();
    }
  }

  private void takeAll(FrameSink sink) {
    FrameQueue queue = incoming.queue;
    if (incoming.prefix != null) {
      sink.add(incoming.prefix.clone());
    }
    sink.add(queue.detach());
    while (queue.more()) {
      queue.nextFrame();
      sink.add(queue.detach());
    }
    taken();
  }

  private Unread keepRest() {
    ArrayDeque<Object> frames = new ArrayDeque<>();
    takeAll(frames::add);
    Unread rest = new Unread(frames, incoming.sender());
    unread.put(Thread.currentThread(), rest);
    return rest;
  }

  private Unread restOfMessage() {
    return unread.isEmpty() ? null : unread.get(Thread.currentThread());
  }

  private Object takeRest(Unread rest) {
    Object frame = rest.frames().poll();
    if (rest.frames().isEmpty()) {
      unread.remove(Thread.currentThread());
    }
    return frame;
  }

  private static byte[] toArray(Object frame) {
    if (frame instanceof byte[] b) {
      return b;
    }
    Body body = (Body) frame;
    byte[] copy = body.toArray();
    body.release();
    return copy;
  }

  // ------------------------------------------------------------------------------------------------ tasks

  /**
   * The next message, or else {@code task} is told when there may be one. Frames of messages that
   * threads receive frame by frame are theirs.
   *
   * @return who sent it; null when there is none
   */
  public Peer recvFrames(FrameSink sink, SocketTask task) {
    pipes.lock();
    try {
      boolean waited = waiting.lookAgain(task.waiter);
      checkMayReceive();
      if (!behavior.recv(incoming)) {
        waiting.goOn(task.waiter);
        return null;
      }
      if (waited && incoming.pipe != null && incoming.pipe.link != null) {
        incoming.pipe.link.refillBudget(); // an answer is not part of a burst
      }
      takeAll(sink);
      return incoming.sender();
    } finally {
      pipes.unlock();
    }
  }

  /**
   * Sends a message, or else {@code task} is told when there may be room; the frames stay the
   * caller's.
   */
  public boolean sendFrames(Consumer<Outgoing> frames, SocketTask task) {
    pipes.lock();
    try {
      waiting.lookAgain(task.waiter);
      checkMaySend();
      frames.accept(outgoing.reset());
      if (attempt(outgoing, 0)) {
        return true;
      }
      waiting.goOn(task.waiter);
      return false;
    } finally {
      outgoing.reset();
      pipes.unlock();
    }
  }

  void leave(Waiter waiter) {
    pipes.lock();
    try {
      waiting.lookAgain(waiter);
      waiting.passOn();
    } finally {
      pipes.unlock();
    }
  }

  /** Fails when the type cannot receive, and when the socket or its context has ended. */
  public void checkReceives() {
    pipes.lock();
    try {
      checkMayReceive();
    } finally {
      pipes.unlock();
    }
  }

  /** Whether sends and receives take turns, as in REQ and REP. */
  public boolean isLockStep() {
    return behavior.flushesEachMessage();
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

  int eventsLocked(int interest) {
    int events = 0;
    if ((interest & Waiter.IN) != 0
        && type.canReceive()
        && (restOfMessage() != null || behavior.canRecv())) {
      events |= Waiter.IN;
    }
    if ((interest & Waiter.OUT) != 0 && type.canSend() && behavior.canSend()) {
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

  // ------------------------------------------------------------------------------------------------ options

  public <T> void set(SocketOption<T> option, T value) {
    pipes.lock();
    try {
      checkUsable();
      if (option.effect() == SocketOption.Effect.BEFORE_ENDPOINTS && endpoints.wereUsed()) {
        throw new ZmqArgumentException(
            "option "
                + option
                + " is set too late: it takes effect only before the first bind or connect");
      }
      Mechanisms.checkAvailable(option);
      options.set(option, value);
      Mechanisms.onSet(options, option);
      sendTimeout = options.nanos(SocketOptions.SNDTIMEO);
      recvTimeout = options.nanos(SocketOptions.RCVTIMEO);
      behavior.optionChanged(option);
      if (option == SocketOptions.SNDHWM) {
        pipes.sendMarkChanged();
      }
    } finally {
      pipes.unlock();
    }
    if (option == SocketOptions.RCVHWM) {
      pipes.receiveMarkChanged();
    }
  }

  public <T> T get(SocketOption<T> option) {
    pipes.lock();
    try {
      checkUsable();
      OptionValues.checkSupported(option);
      if (!option.readable()) {
        throw new ZmqArgumentException("option " + option + " can only be set");
      }
      if (!option.socketTypes().contains(type)) {
        throw new ZmqArgumentException(
            "option " + option + " is for " + option.socketTypes() + ", not for " + type);
      }
      refresh(option);
      return option.type().cast(copy(options.get(option)));
    } finally {
      pipes.unlock();
    }
  }

  /** Brings an option up to date whose value is asked of the socket. */
  private void refresh(SocketOption<?> option) {
    if (option == SocketOptions.EVENTS) {
      int events = eventsLocked(Waiter.IN | Waiter.OUT); // the same bits as libzmq's
      options.store(SocketOptions.EVENTS, events);
    } else if (option == SocketOptions.RCVMORE) {
      options.store(SocketOptions.RCVMORE, restOfMessage() != null);
    } else if (option == SocketOptions.TOPICS_COUNT) {
      options.store(SocketOptions.TOPICS_COUNT, behavior.topics());
    }
  }

  private static Object copy(Object value) {
    return value instanceof byte[] b ? b.clone() : value;
  }

  public Map<SocketOption<?>, Object> options() {
    Map<SocketOption<?>, Object> values = new LinkedHashMap<>();
    pipes.lock();
    try {
      checkUsable();
      for (SocketOption<?> option : SocketOptions.all()) {
        if (option.supported() && !option.secret() && option.socketTypes().contains(type)) {
          refresh(option);
          values.put(option, copy(options.stored(option)));
        }
      }
    } finally {
      pipes.unlock();
    }
    return values;
  }

  public void subscribe(byte[] prefix) {
    subscription(true, prefix);
  }

  public void unsubscribe(byte[] prefix) {
    subscription(false, prefix);
  }

  private void subscription(boolean subscribe, byte[] prefix) {
    pipes.lock();
    try {
      checkUsable();
      if (type != SocketType.SUB && type != SocketType.XPUB) {
        throw new ZmqArgumentException(
            "only a SUB, or an XPUB with ZMQ_XPUB_MANUAL, has subscriptions to set, not a " + type);
      }
      if (subscribe) {
        behavior.subscribe(prefix);
      } else {
        behavior.unsubscribe(prefix);
      }
    } finally {
      pipes.unlock();
    }
  }

  // ------------------------------------------------------------------------------------------------ endpoints

  public String bind(String endpoint) {
    return endpoints.bind(endpoint);
  }

  public void connect(String endpoint) {
    endpoints.connect(endpoint);
  }

  public void unbind(String endpoint) {
    endpoints.unbind(endpoint);
  }

  public boolean awaitConnected(int peers, long timeoutNanos) {
    return gathering.awaitConnected(peers, timeoutNanos);
  }

  public boolean awaitSubscribers(byte[] topic, int peers, long timeoutNanos) {
    checkPublishes();
    return gathering.awaitSubscribers(topic, peers, timeoutNanos);
  }

  private void checkPublishes() {
    if (type != SocketType.PUB && type != SocketType.XPUB) {
      throw new ZmqUnsupportedException("only a PUB or XPUB has subscribers, not a " + type);
    }
  }

  // ------------------------------------------------------------------------------------------------ reports

  public void onSubscription(Consumer<? super SubscriptionEvent> newListener) {
    pipes.lock();
    try {
      checkUsable();
      checkPublishes();
      gathering.listener(newListener);
    } finally {
      pipes.unlock();
    }
  }

  public void onEvent(Consumer<? super SocketEvent> newListener) {
    pipes.lock();
    try {
      checkUsable();
    } finally {
      pipes.unlock();
    }
    watchers.listen(newListener);
  }

  /** Has a socket of the same context tell the events: see {@link Monitor}. */
  public void monitor(String endpoint, long events, int version) {
    pipes.lock();
    try {
      checkUsable();
    } finally {
      pipes.unlock();
    }
    watchers.monitor(endpoint, events, version);
  }

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

  public void onDrop(Consumer<? super DropEvent> newListener) {
    pipes.lock();
    try {
      checkUsable();
    } finally {
      pipes.unlock();
    }
    drops.listener(newListener);
  }

  public Map<DropReason, Long> dropCounts() {
    return drops.counts();
  }

  Refusals refusals() {
    return refusals;
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

  Drops drops() {
    return drops;
  }

  // ------------------------------------------------------------------------------------------------ the end

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
      waiting.wakeAll();
      gathering.changed();
    } finally {
      pipes.unlock();
    }
  }

  /**
   * Closes, in this order: no more calls; endpoints taken down, so that nobody new comes; pipes
   * taken from the pattern, which tells inproc peers; waiting threads woken; then connections send
   * what is queued, each for itself.
   */
  public void close() {
    List<Object> open;
    long linger;
    pipes.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      closing = Flight.closing(type);
      linger = options.nanos(SocketOptions.LINGER);
      open = endpoints.takeAll();
      pipes.detachAll();
      behavior.closed();
      dropPartial();
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

  private void dropPartial() {
    drops.count(null, DropReason.UNREAD_AT_CLOSE, unread.size()); // of these, the rest was unread
    drops.count(null, DropReason.UNFINISHED, unsent.size());
    for (Unread rest : unread.values()) {
      for (Object f : rest.frames()) {
        if (f instanceof Body b) {
          b.release();
        }
      }
    }
    unread.clear();
    unsent.clear();
  }

  CloseReport.OpenSocket describe() {
    return new CloseReport.OpenSocket(type, endpoints.names(), opener.thread());
  }

  @Override
  public String toString() {
    return type + " " + endpoints.names() + (isClosed() ? " (closed)" : "");
  }
}
