package io.niomq.internal.socket;

import io.niomq.DropReason;
import io.niomq.SocketOptions;
import io.niomq.ZmqUnsupportedException;
import io.niomq.internal.pattern.SocketBehavior;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Incoming;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.pipe.Pipe;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * How one socket receives: the pattern finds a message, or the thread waits for one, or the task is
 * told of it; then it is copied out. Any thread; guarded by the socket's lock, which the public
 * methods take.
 */
public final class Receiving {
  private final SocketCore core;
  private final CriticalSection section;
  private final Pipes pipes;
  private final SocketBehavior behavior;
  private final Waiting waiting;
  private final boolean allowed;

  /** The message that was found, and who sent it. */
  private final Incoming incoming = new Incoming();

  private final Unread unread;
  private long timeout;

  /**
   * The pipe each message of which is handed over as it is, and none of another; null when the
   * pattern has to be asked, or nothing may be received any more.
   */
  private Pipe source;

  private boolean ended;

  Receiving(SocketCore core, Pipes pipes, SocketBehavior behavior, Waiting waiting, Unread unread) {
    this.core = core;
    this.section = pipes.section;
    this.pipes = pipes;
    this.behavior = behavior;
    this.waiting = waiting;
    this.unread = unread;
    this.allowed = core.type().canReceive();
    readTimeout();
  }

  /** {@code ZMQ_RCVTIMEO} in nanoseconds; -1 for none. Any thread: may be a moment old. */
  public long timeout() {
    return timeout;
  }

  /** {@code ZMQ_RCVTIMEO} may have a new value. */
  void readTimeout() {
    timeout = core.optionValues().nanos(SocketOptions.RCVTIMEO);
  }

  // ------------------------------------------------------------------------------------------------ frames

  /** The next frame; null when the time is over. */
  public byte[] recv(long timeoutNanos) {
    section.lock();
    try {
      if (hasSource()) {
        byte[] body = source.in.take();
        if (body != null) {
          tookDirectly();
          return body;
        }
      }
      Unread.Rest rest = unread.rest();
      if (rest == null) {
        if (!find(timeoutNanos)) {
          return null;
        }
        if (incoming.prefix == null && !incoming.queue.more()) {
          byte[] body = incoming.queue.toArray();
          taken();
          return body;
        }
        rest = keepRest();
      }
      return rest.next();
    } finally {
      section.leave();
    }
  }

  /** The next frame into a buffer; returns its full size, -1 when the time is over. */
  public int recv(ByteBuffer target, long timeoutNanos) {
    section.lock();
    try {
      if (hasSource()) {
        int size = source.in.take(target);
        if (size >= 0) {
          tookDirectly();
          return size;
        }
      }
      Unread.Rest rest = unread.rest();
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
      return rest.next(target);
    } finally {
      section.leave();
    }
  }

  private boolean hasSource() {
    Pipe from = source;
    return from != null && !from.conflatesIn && unread.isEmpty();
  }

  private void tookDirectly() {
    Pipe from = source;
    incoming.set(from.in, from, null);
    pipes.credited(from);
    waiting.shareOut();
  }

  /** Keeps the frames of the message that was found, for this thread to read one by one. */
  private Unread.Rest keepRest() {
    ArrayDeque<Object> frames = new ArrayDeque<>();
    takeAll(frames::add);
    core.drops().count(null, DropReason.UNREAD_AT_CLOSE, unread.forgetEnded());
    return unread.keep(frames, incoming.sender());
  }

  /** Whether this thread's message has more frames. */
  public boolean hasMore() {
    section.lock();
    try {
      return hasMoreLocked();
    } finally {
      section.leave();
    }
  }

  boolean hasMoreLocked() {
    return unread.rest() != null;
  }

  // ------------------------------------------------------------------------------------------------ messages

  /**
   * The next message, or the rest of one. The frames belong to the sink.
   *
   * @return who sent it; null when the time is over
   */
  public Peer recvFrames(FrameSink sink, long timeoutNanos) {
    section.lock();
    try {
      Unread.Rest rest = unread.rest();
      if (rest != null) {
        return rest.all(sink);
      }
      if (!find(timeoutNanos)) {
        return null;
      }
      takeAll(sink);
      return incoming.sender();
    } finally {
      section.leave();
    }
  }

  /**
   * Takes messages that are there, without waiting: no more than {@code most}, and than the batch
   * takes.
   */
  public void recvNow(Batch batch, int most) {
    section.lock();
    try {
      Unread.Rest rest = unread.rest();
      if (rest != null) {
        batch.add(rest::all);
        return;
      }
      if (!find(0)) {
        return;
      }
      do {
        batch.add(incoming);
        taken();
      } while (batch.left() < most
          && !batch.isFull()
          && behavior.canRecv()
          && behavior.recv(incoming));
    } finally {
      section.leave();
    }
  }

  /** Finds a message and sets {@link #incoming}; false when the time is over. */
  private boolean find(long timeoutNanos) {
    checkAllowedLocked();
    if (behavior.recv(incoming)) {
      return true;
    }
    if (timeoutNanos == 0) {
      return waiting.lookOnce() && behavior.recv(incoming);
    }
    return findSlowly(timeoutNanos);
  }

  /** Waits for a message. The lock is held on entry and exit, and released while waiting. */
  private boolean findSlowly(long timeoutNanos) {
    long deadline = System.nanoTime() + timeoutNanos;
    try {
      do {
        if (!waiting.await(Waiter.IN, timeoutNanos > 0, deadline)) {
          return false;
        }
        checkAllowedLocked();
      } while (!behavior.recv(incoming));
      waitedFor();
      return true;
    } finally {
      waiting.passOn();
    }
  }

  /** The message that was found was waited for. */
  private void waitedFor() {
    if (incoming.pipe != null && incoming.pipe.link != null) {
      incoming.pipe.link.refillBudget(); // an answer is not part of a burst
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

  /** The message that was found is delivered. */
  private void taken() {
    behavior.received(incoming);
    waiting.shareOut();
  }

  /** Who sent the message that was received last. */
  public Peer lastPeer() {
    section.lock();
    try {
      return incoming.sender();
    } finally {
      section.leave();
    }
  }

  // ------------------------------------------------------------------------------------------------ tasks

  /**
   * The next message, or else {@code task} is told when there may be one. Frames of messages that
   * threads receive frame by frame are theirs.
   *
   * @return who sent it; null when there is none
   */
  public Peer recvFrames(FrameSink sink, SocketTask task) {
    section.lock();
    try {
      boolean waited = waiting.lookAgain(task.waiter);
      checkAllowedLocked();
      if (!behavior.recv(incoming)) {
        waiting.goOn(task.waiter);
        return null;
      }
      if (waited) {
        waitedFor();
      }
      takeAll(sink);
      return incoming.sender();
    } finally {
      section.leave();
    }
  }

  /** Fails when the type cannot receive, and when the socket or its context has ended. */
  public void checkAllowed() {
    section.lock();
    try {
      checkAllowedLocked();
    } finally {
      section.leave();
    }
  }

  private void checkAllowedLocked() {
    core.checkUsable();
    if (!allowed) {
      throw new ZmqUnsupportedException("a " + core.type() + " cannot receive");
    }
  }

  // ------------------------------------------------------------------------------------------------ for the socket

  /** See {@link io.niomq.internal.pattern.PatternHost#source}. Under the lock. */
  void source(Pipe only) {
    source = ended ? null : only;
  }

  /** Nothing is received any more: all calls fail. Under the lock. */
  void end() {
    ended = true;
    source = null;
  }

  /** Whether a message, or the rest of one, could be received now. Under the lock. */
  boolean isReady() {
    return allowed && (hasMoreLocked() || behavior.canRecv());
  }

  /** The socket is closed: nobody reads what is left. Under the lock. */
  void close() {
    end();
    // Messages that were read in part; what was not read at all is counted with its pipe.
    core.drops().count(null, DropReason.UNREAD_AT_CLOSE, unread.size());
    unread.clear();
  }
}
