package io.niomq.internal.socket;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.SocketOptions;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqStateException;
import io.niomq.ZmqUnroutableException;
import io.niomq.ZmqUnsupportedException;
import io.niomq.internal.pattern.SocketBehavior;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * How one socket sends: the pattern takes the message or refuses it, and then the thread waits for
 * room, or the task is told of it. Any thread; guarded by the socket's lock, which the public
 * methods take.
 */
public final class Sending {
  private final SocketCore core;
  private final CriticalSection section;
  private final SocketBehavior behavior;
  private final Waiting waiting;
  private final boolean allowed;

  private final Outgoing outgoing = new Outgoing();
  private final Unsent unsent = new Unsent();

  /** The receiving side's. */
  private final Unread unread;

  private long timeout;

  /**
   * The pipe to which each message goes as it is, as long as that has room; null when the pattern
   * has to be asked, or nothing may be sent any more.
   */
  private Pipe route;

  private boolean ended;

  Sending(SocketCore core, Pipes pipes, SocketBehavior behavior, Waiting waiting, Unread unread) {
    this.core = core;
    this.section = pipes.section;
    this.behavior = behavior;
    this.waiting = waiting;
    this.unread = unread;
    this.allowed = core.type().canSend();
    readTimeout();
  }

  /** {@code ZMQ_SNDTIMEO} in nanoseconds; -1 for none. Any thread: may be a moment old. */
  public long timeout() {
    return timeout;
  }

  /** {@code ZMQ_SNDTIMEO} may have a new value. */
  void readTimeout() {
    timeout = core.optionValues().nanos(SocketOptions.SNDTIMEO);
  }

  // ------------------------------------------------------------------------------------------------ messages

  /**
   * Sends a message of one frame, or the last frame of one begun with {@link #sendMore}.
   *
   * @return false when the time is over
   */
  public boolean send(byte[] source, int offset, int length, long timeoutNanos) {
    section.lock();
    try {
      return hasRoute()
          ? sendDirectly(source, offset, length, timeoutNanos)
          : sendByPattern(source, offset, length, timeoutNanos);
    } finally {
      section.leave();
    }
  }

  private boolean hasRoute() {
    Pipe to = route;
    return to != null && to.out.hasRoom() && unsent.isEmpty();
  }

  private boolean sendDirectly(byte[] source, int offset, int length, long timeoutNanos) {
    int actions = route.append(source, offset, length);
    if (actions != 0) {
      section.mayWait(timeoutNanos != 0);
      section.act(route, actions);
    }
    waiting.sent();
    return true;
  }

  private boolean sendByPattern(byte[] source, int offset, int length, long timeoutNanos) {
    try {
      checkAllowed();
      if (unsent.isEmpty()) {
        Outgoing message = outgoing.of(source, offset, length);
        return attempt(message, timeoutNanos) || sendSlowly(message, timeoutNanos);
      }
      return sendLast(m -> m.add(ByteBuffer.wrap(source, offset, length)), timeoutNanos);
    } finally {
      if (source.length > FrameQueue.INLINE_MAX) {
        outgoing.reset(); // does not hold on to large arrays: the next message may go directly
      }
    }
  }

  /** The same with what remains in a buffer, whose position moves to its limit. */
  public boolean send(ByteBuffer source, long timeoutNanos) {
    boolean sent =
        source.hasArray()
            ? send(
                source.array(),
                source.arrayOffset() + source.position(),
                source.remaining(),
                timeoutNanos)
            : sendWithoutArray(source, timeoutNanos);
    if (sent) {
      source.position(source.limit());
    }
    return sent;
  }

  private boolean sendWithoutArray(ByteBuffer source, long timeoutNanos) {
    section.lock();
    try {
      checkAllowed();
      if (!unsent.isEmpty()) {
        return sendLast(m -> m.add(source), timeoutNanos);
      }
      outgoing.reset().add(source);
      return attempt(outgoing, timeoutNanos) || sendSlowly(outgoing, timeoutNanos);
    } finally {
      outgoing.reset();
      section.leave();
    }
  }

  /** The same with several frames, which stay the caller's. */
  public boolean sendFrames(Consumer<Outgoing> frames, long timeoutNanos) {
    section.lock();
    try {
      return sendLocked(frames, timeoutNanos);
    } finally {
      outgoing.reset();
      section.leave();
    }
  }

  /**
   * Sends messages of a batch without waiting, from its current one on, until there is no room; the
   * first of those that are left is the current one then.
   */
  public void pass(Batch batch) {
    section.lock();
    try {
      while (batch.left() > 0 && sendLocked(batch.writer(), 0)) {
        batch.next();
      }
    } finally {
      outgoing.reset();
      section.leave();
    }
  }

  /** For how many messages there is room now, at least; no more than a batch takes. */
  public int room() {
    section.lock();
    try {
      checkAllowed();
      return behavior.room(Batch.MOST);
    } finally {
      section.leave();
    }
  }

  private boolean sendLocked(Consumer<Outgoing> frames, long timeoutNanos) {
    checkAllowed();
    if (!unsent.isEmpty()) {
      return sendLast(frames, timeoutNanos);
    }
    frames.accept(outgoing.reset());
    return attempt(outgoing, timeoutNanos) || sendSlowly(outgoing, timeoutNanos);
  }

  private boolean attempt(Outgoing message, long timeoutNanos) {
    section.mayWait(timeoutNanos != 0);
    boolean sent = behavior.send(message);
    if (sent) {
      waiting.sent();
    }
    return sent;
  }

  /** Waits for room. The lock is held on entry and exit, and released while waiting. */
  private boolean sendSlowly(Outgoing message, long timeoutNanos) {
    if (timeoutNanos == 0) {
      core.refusals().call(Errno.EAGAIN);
      return false;
    }
    Outgoing own = message.detach(); // others send while this thread waits
    long deadline = System.nanoTime() + timeoutNanos;
    do {
      if (!waiting.await(Waiter.OUT, timeoutNanos > 0, deadline)) {
        core.refusals().call(Errno.EAGAIN);
        return false;
      }
      checkAllowed();
    } while (!attempt(own, timeoutNanos));
    return true;
  }

  private void checkAllowed() {
    core.checkUsable();
    if (!allowed) {
      throw new ZmqUnsupportedException("a " + core.type() + " cannot send");
    }
    if (isReading()) {
      if (!core.optionValues().isOn(SocketOptions.REQ_RELAXED)) {
        throw new ZmqStateException(
            "a "
                + core.type()
                + " receives its whole message first: frames of it are still unread");
      }
      unread.drop();
      core.drops().count(null, DropReason.STALE_REPLY, 1);
    }
  }

  /** Whether this thread is yet to read frames of a message that must be read before the next. */
  private boolean isReading() {
    return !unread.isEmpty() && behavior.flushesEachMessage() && unread.rest() != null;
  }

  // ------------------------------------------------------------------------------------------------ frame by frame

  /**
   * Keeps a frame, which belongs to the socket now, until the last frame of its message is sent.
   *
   * @return false when the socket's time is over, which only the first frame may take
   */
  public boolean sendMore(byte[] frame) {
    section.lock();
    try {
      checkAllowed();
      List<byte[]> begun = unsent.begun();
      if (begun == null) {
        if (!mayBegin(frame)) {
          return false;
        }
        forgetEnded();
        begun = unsent.begin();
      }
      begun.add(frame);
      return true;
    } finally {
      outgoing.reset(); // does not hold on to the frame that the pattern was asked about
      section.leave();
    }
  }

  /** Nobody ends what a thread has begun that has ended itself. */
  private void forgetEnded() {
    core.drops().count(null, DropReason.UNFINISHED, unsent.forgetEnded());
  }

  private boolean mayBegin(byte[] first) {
    long deadline = System.nanoTime() + timeout;
    while (!behavior.beginSend(outgoing.of(first, 0, first.length))) {
      if (timeout == 0 || !waiting.await(Waiter.OUT, timeout > 0, deadline)) {
        core.refusals().call(Errno.EAGAIN);
        return false;
      }
      checkAllowed();
    }
    return true;
  }

  /**
   * The last frames of a message that this thread may have begun. When the time is over it may go
   * on; a message that the pattern refuses is given up, or it would be the beginning of the next.
   */
  private boolean sendLast(Consumer<Outgoing> frames, long timeoutNanos) {
    forgetEnded();
    Outgoing message = unsent.whole(frames);
    try {
      boolean sent = attempt(message, timeoutNanos) || sendSlowly(message, timeoutNanos);
      if (sent) {
        unsent.remove();
      }
      return sent;
    } catch (ZmqUnroutableException | ZmqStateException | ZmqArgumentException e) {
      if (unsent.remove()) {
        core.drops().count(null, DropReason.UNFINISHED, 1);
      }
      throw e;
    }
  }

  // ------------------------------------------------------------------------------------------------ tasks

  /**
   * Sends a message, or else {@code task} is told when there may be room; the frames stay the
   * caller's.
   */
  public boolean sendFrames(Consumer<Outgoing> frames, SocketTask task) {
    section.lock();
    try {
      waiting.lookAgain(task.waiter);
      checkAllowed();
      frames.accept(outgoing.reset());
      if (attempt(outgoing, 0)) {
        return true;
      }
      waiting.goOn(task.waiter);
      return false;
    } finally {
      outgoing.reset();
      section.leave();
    }
  }

  // ------------------------------------------------------------------------------------------------ for the socket

  /** See {@link io.niomq.internal.pattern.PatternHost#route}. Under the lock. */
  void route(Pipe only) {
    route = ended ? null : only;
  }

  /** Nothing is sent any more: all calls fail. Under the lock. */
  void end() {
    ended = true;
    route = null;
  }

  /** Whether a message could be sent now. Under the lock. */
  boolean isReady() {
    return allowed
        && behavior.canSend()
        && (!isReading() || core.optionValues().isOn(SocketOptions.REQ_RELAXED));
  }

  /** The socket is closed: nobody finishes what was begun. Under the lock. */
  void close() {
    end();
    core.drops().count(null, DropReason.UNFINISHED, unsent.size());
    unsent.clear();
  }
}
