package io.niomq;

import io.niomq.internal.socket.SocketCore;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Moves whole messages both ways between two sockets: {@code ROUTER} and {@code DEALER} make a
 * broker, {@code XSUB} and {@code XPUB} a forwarder, {@code PULL} and {@code PUSH} a streamer. Both
 * sides may be the same socket, which then gets its own messages back.
 *
 * <pre>{@code
 * try (Proxy proxy = Proxy.between(frontend, backend).capture(tap).start()) { ... }   // in a thread of its own
 * Proxy.between(frontend, backend).run();                                             // in this one, until the end
 * }</pre>
 *
 * <p>A message is taken from one side only when the other can take it, and passes both sides in
 * fair turns. The sockets must be bound or connected by the caller, who also closes them.
 *
 * <p>A proxy that runs is steered by {@link #pause}, {@link #resume}, {@link #statistics} and
 * {@link #close}, which any thread may call, or by messages to its {@link #control} socket.
 *
 * @see "zmq_proxy, zmq_proxy_steerable"
 */
public final class Proxy implements AutoCloseable {
  /**
   * What has passed one of the two sockets: messages, each counted once however many frames it has,
   * and the octets of their frames.
   */
  public record Traffic(
      long messagesReceived, long octetsReceived, long messagesSent, long octetsSent) {
    private Traffic plusReceived(long messages, long octets) {
      return new Traffic(
          messagesReceived + messages, octetsReceived + octets, messagesSent, octetsSent);
    }

    private Traffic plusSent(long messages, long octets) {
      return new Traffic(
          messagesReceived, octetsReceived, messagesSent + messages, octetsSent + octets);
    }
  }

  /** What has passed both sockets since the proxy was made. */
  public record Statistics(Traffic frontend, Traffic backend) {}

  private static final Traffic NOTHING = new Traffic(0, 0, 0, 0);

  private final Socket frontend;
  private final Socket backend;
  private Socket capture;
  private Socket control;
  private volatile Thread thread;
  private volatile boolean stopping;
  private volatile boolean paused;
  private volatile RuntimeException failure;

  /** Guards what follows; held for instructions only. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition stoodStill = lock.newCondition();

  /** Null while the proxy does not run. Written under the lock. */
  private volatile Mover running;

  /** The proxy has noticed {@link #paused} and moves nothing. */
  private boolean standing;

  private Traffic front = NOTHING;
  private Traffic back = NOTHING;

  private Proxy(Socket frontend, Socket backend) {
    this.frontend = Objects.requireNonNull(frontend, "frontend");
    this.backend = Objects.requireNonNull(backend, "backend");
    if (!Mover.canCarry(frontend, backend) && !Mover.canCarry(backend, frontend)) {
      throw new ZmqUnsupportedException(
          "nothing can pass between a " + frontend.type() + " and a " + backend.type());
    }
  }

  /**
   * A proxy that does not run yet.
   *
   * @throws ZmqUnsupportedException {@code ENOTSUP} when no message can pass either way, for
   *     instance between two PULLs
   */
  public static Proxy between(Socket frontend, Socket backend) {
    return new Proxy(frontend, backend);
  }

  /**
   * Sends a copy of each message to {@code socket}, a PUB, PUSH, DEALER or PAIR, before it is
   * passed on. One that cannot take a copy holds the proxy up: messages wait in the sockets then.
   *
   * @param socket null for none
   * @return this proxy
   * @throws ZmqUnsupportedException {@code ENOTSUP} when the socket cannot send
   */
  public Proxy capture(Socket socket) {
    checkNotStarted();
    if (socket != null && !socket.type().canSend()) {
      throw new ZmqUnsupportedException("a " + socket.type() + " cannot send copies of messages");
    }
    capture = socket;
    return this;
  }

  /**
   * Obeys messages of one frame that come to {@code socket}: {@code PAUSE}, {@code RESUME}, {@code
   * TERMINATE} (which ends {@link #run} normally) and {@code STATISTICS}. The last is answered with
   * eight frames of 8 octets, unsigned numbers in the byte order of this machine: messages received
   * by the frontend, their octets, messages sent by it, their octets, then the same of the backend.
   * A REP answers the others with an empty frame. Other messages are ignored, and so is {@code
   * STATISTICS} on a socket that cannot send; an answer that cannot be sent at once is dropped.
   *
   * @param socket PAIR, REP, PULL, SUB, DEALER or any that receives; null for none
   * @return this proxy
   * @throws ZmqUnsupportedException {@code ENOTSUP} when the socket cannot receive
   * @see "zmq_proxy_steerable"
   */
  public Proxy control(Socket socket) {
    checkNotStarted();
    if (socket != null && !socket.type().canReceive()) {
      throw new ZmqUnsupportedException(
          "a proxy is controlled by messages, which a " + socket.type() + " cannot receive");
    }
    control = socket;
    return this;
  }

  private void checkNotStarted() {
    if (thread != null || running != null) {
      throw new ZmqStateException("the proxy runs already");
    }
  }

  /**
   * Runs in the calling thread until a context ends, a socket is closed, this proxy is closed by
   * another thread or the thread is interrupted. Messages (up to 16) that it has taken by then and
   * cannot pass on are counted as {@link DropReason#UNREAD_AT_CLOSE} of the socket that they came
   * to.
   *
   * @throws ZmqTerminatedException {@code ETERM} when the context was closed or shut down: the
   *     normal end
   * @throws ZmqClosedException {@code ENOTSOCK} when one of the sockets was closed
   * @throws ZmqInterruptedException {@code EINTR} when interrupted; the flag stays set
   * @throws ZmqStateException {@code EFSM} when it runs already
   * @throws RuntimeException of {@link Socket#send(Message)}, for instance {@link
   *     ZmqUnroutableException}; the message that it is about is lost
   */
  public void run() {
    checkNotStarted();
    runHere();
  }

  private void runHere() {
    try (Mover mover = new Mover(this, frontend, backend, capture, control)) {
      begin(mover);
      try {
        mover.run();
      } finally {
        end();
      }
    }
  }

  private void begin(Mover mover) {
    lock.lock();
    try {
      if (running != null) {
        throw new ZmqStateException("the proxy runs already");
      }
      running = mover; // then it looks at stopping; close() does it the other way round
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    lock.lock();
    try {
      running = null;
      stoodStill.signalAll();
    } finally {
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------------------------------------ for the mover

  boolean isStopping() {
    return stopping;
  }

  /** Ends the run, from inside. */
  void stopSoon() {
    stopping = true;
  }

  /** Pauses the run, from inside. */
  void pauseSoon() {
    paused = true;
  }

  void stands(boolean now) {
    lock.lock();
    try {
      standing = now;
      stoodStill.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void count(Socket from, int messages, long octets) {
    lock.lock();
    try {
      if (from == frontend) {
        front = front.plusReceived(messages, octets);
        back = back.plusSent(messages, octets);
      } else {
        back = back.plusReceived(messages, octets);
        front = front.plusSent(messages, octets);
      }
    } finally {
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------------------------------------ steering

  /**
   * Stops moving messages until {@link #resume}. They wait in the sockets meanwhile, up to their
   * high-water marks. A proxy that runs has stopped when this returns; one that does not run yet
   * will begin paused.
   *
   * @throws ZmqInterruptedException {@code EINTR} when interrupted while waiting for the message
   *     that is being moved; the proxy will pause all the same
   */
  public void pause() {
    lock.lock();
    try {
      paused = true;
      wake();
      while (paused && !stopping && running != null && !standing) {
        stoodStill.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ZmqInterruptedException("interrupted while waiting for the proxy to pause");
    } finally {
      lock.unlock();
    }
  }

  /** Moves messages again, after {@link #pause}. */
  public void resume() {
    paused = false;
    wake();
    callOffPauses();
  }

  /** Who waits for a pause waits no more. */
  private void callOffPauses() {
    lock.lock();
    try {
      stoodStill.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether this proxy is paused. */
  public boolean isPaused() {
    return paused;
  }

  /**
   * What has passed so far. Up to 16 messages are counted together, a moment after they have
   * passed; so some that have just arrived may not be in it, unless the proxy is paused or has
   * ended.
   */
  public Statistics statistics() {
    lock.lock();
    try {
      return new Statistics(front, back);
    } finally {
      lock.unlock();
    }
  }

  private void wake() {
    Mover mover = running;
    if (mover != null) {
      mover.wake();
    }
  }

  /**
   * Runs in a thread of its own until this proxy is closed or a context ends.
   *
   * @return this proxy
   */
  public Proxy start() {
    checkNotStarted();
    thread =
        new Thread(
            () -> {
              try {
                runHere();
              } catch (ZmqTerminatedException | ZmqClosedException end) {
                // the normal end
              } catch (RuntimeException e) {
                failure = e;
              }
            },
            "niomq-proxy");
    thread.setDaemon(true);
    thread.start();
    return this;
  }

  /** Whether a started proxy still runs. */
  public boolean isRunning() {
    Thread t = thread;
    return t != null && t.isAlive();
  }

  /**
   * Waits for the end of a started proxy.
   *
   * @param timeout the longest wait; zero only looks, negative for no limit
   * @return false when it still ran after {@code timeout}
   * @throws RuntimeException what ended the proxy, unless it was the end of its context or sockets
   * @throws ZmqInterruptedException {@code EINTR} when interrupted
   */
  public boolean await(Duration timeout) {
    Thread t = thread;
    if (t != null) {
      try {
        long nanos = SocketCore.nanos(timeout);
        if (nanos < 0) {
          t.join();
        } else {
          TimeUnit.NANOSECONDS.timedJoin(t, Math.max(1, nanos));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ZmqInterruptedException("interrupted while waiting for the proxy's end");
      }
      if (t.isAlive()) {
        return false;
      }
    }
    RuntimeException f = failure;
    if (f != null) {
      throw f;
    }
    return true;
  }

  /**
   * Ends the proxy after the messages that it is moving; waits for the thread that {@link #start}
   * started. Messages (up to 16) that have been taken from one side and for which there is no room
   * on the other any more, because somebody else has used it, are dropped, and counted there as
   * {@link DropReason#HIGH_WATER_MARK}.
   */
  @Override
  public void close() {
    stopping = true;
    wake();
    callOffPauses();
    Thread t = thread;
    if (t == null || t == Thread.currentThread()) {
      return;
    }
    boolean interrupted = false;
    while (true) {
      try {
        t.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
