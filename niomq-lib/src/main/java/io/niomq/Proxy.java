package io.niomq;

import io.niomq.internal.socket.FrameSink;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Objects;
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
  /** How many messages pass in one direction before the other has its turn. */
  private static final int BATCH = 1000;

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
  private Thread thread;
  private volatile boolean stopping;
  private volatile boolean paused;
  private volatile Poller running;

  /** The message under way; used again and again. */
  private final Message carried = new Message();

  private final FrameSink intoCarried = carried::addOwned;

  /** Guards what follows; held for instructions only. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition stoodStill = lock.newCondition();

  /** The proxy has noticed {@link #paused} and moves nothing. */
  private boolean standing;

  private Traffic front = NOTHING;
  private Traffic back = NOTHING;
  private volatile RuntimeException failure;

  private Proxy(Socket frontend, Socket backend) {
    this.frontend = Objects.requireNonNull(frontend, "frontend");
    this.backend = Objects.requireNonNull(backend, "backend");
  }

  /** A proxy that does not run yet. */
  public static Proxy between(Socket frontend, Socket backend) {
    return new Proxy(frontend, backend);
  }

  /**
   * Sends a copy of each message to {@code socket}, a PUB, PUSH, DEALER or PAIR, before it is
   * passed on. One that cannot take the copy holds the proxy up.
   *
   * @return this proxy
   */
  public Proxy capture(Socket socket) {
    checkNotStarted();
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
   * @param socket PAIR, REP, PULL, SUB, DEALER or any that receives
   * @return this proxy
   * @throws ZmqUnsupportedException {@code ENOTSUP} when the socket cannot receive
   * @see "zmq_proxy_steerable"
   */
  public Proxy control(Socket socket) {
    checkNotStarted();
    if (!socket.type().canReceive()) {
      throw new ZmqUnsupportedException(
          "a proxy is controlled by messages, which a " + socket.type() + " cannot receive");
    }
    control = socket;
    return this;
  }

  private void checkNotStarted() {
    if (thread != null) {
      throw new ZmqStateException("the proxy runs already");
    }
  }

  /**
   * Runs in the calling thread until a context ends, a socket is closed, this proxy is closed by
   * another thread or the thread is interrupted.
   *
   * @throws ZmqTerminatedException {@code ETERM} when the context was closed or shut down: the
   *     normal end
   * @throws ZmqInterruptedException {@code EINTR} when interrupted; the flag stays set
   */
  public void run() {
    try (Poller poller = new Poller(frontend.core().context())) {
      running = poller; // published before stopping is read; close() does it the other way round
      if (!stopping) {
        loop(poller);
      }
    } finally {
      carried.clear();
      lock.lock();
      try {
        running = null;
        stoodStill.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private void loop(Poller poller) {
    boolean same = frontend == backend;
    boolean duplexFront = frontend.type().canReceive() && backend.type().canSend();
    boolean duplexBack = !same && backend.type().canReceive() && frontend.type().canSend();
    if (control != null) {
      poller.register(control, Poller.IN);
    }
    while (!stopping) {
      if (paused) {
        standStill(poller);
        continue;
      }
      // Wait for input first; where the other side is full, for room there, so that nothing spins.
      boolean toBack = duplexFront && frontend.core().canRecvNow();
      boolean toFront = duplexBack && backend.core().canRecvNow();
      int front = 0;
      int back = 0;
      if (duplexFront) {
        if (toBack) {
          back |= Poller.OUT;
        } else {
          front |= Poller.IN;
        }
      }
      if (duplexBack) {
        if (toFront) {
          front |= Poller.OUT;
        } else {
          back |= Poller.IN;
        }
      }
      poller.register(frontend, same ? front | back : front);
      if (!same) {
        poller.register(backend, back);
      }
      poller.poll(SocketOptions.FOREVER);
      if (control != null && poller.isReadable(control)) {
        obey();
        continue;
      }
      if (duplexFront) {
        move(frontend, backend);
      }
      if (duplexBack) {
        move(backend, frontend);
      }
    }
  }

  private void move(Socket from, Socket to) {
    int messages = 0;
    long octets = 0;
    try {
      while (messages < BATCH && to.core().canSendNow()) {
        if (from.core().receiving().recvFrames(intoCarried, 0) == null) {
          return;
        }
        long size = carried.totalSize();
        if (capture != null) {
          try (Message copy = carried.copy()) {
            capture.send(copy);
          }
        }
        to.send(carried);
        messages++;
        octets += size;
      }
    } finally {
      if (messages > 0) {
        count(from, messages, octets);
      }
    }
  }

  private void count(Socket from, int messages, long octets) {
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

  /** Paused: waits for control messages, {@link #resume} and the end. */
  private void standStill(Poller poller) {
    poller.register(frontend, 0);
    poller.register(backend, 0);
    stands(true);
    try {
      while (paused && !stopping) {
        poller.poll(SocketOptions.FOREVER);
        if (control != null && poller.isReadable(control)) {
          obey();
        }
      }
    } finally {
      stands(false);
    }
  }

  private void stands(boolean now) {
    lock.lock();
    try {
      standing = now;
      stoodStill.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void obey() {
    try (Message command = control.tryRecvMessage()) {
      if (command == null) {
        return; // somebody else was quicker
      }
      Message answer = new Message();
      switch (command.frameCount() == 1 ? command.string(0) : "") {
        case "PAUSE" -> paused = true;
        case "RESUME" -> paused = false;
        case "TERMINATE" -> stopping = true;
        case "STATISTICS" -> addTo(answer, statistics());
        default -> {} // not for us
      }
      if (answer.isEmpty() && control.type() == SocketType.REP) {
        answer.addEmpty();
      }
      if (!answer.isEmpty() && control.type().canSend()) {
        control.trySend(answer);
      }
    }
  }

  private static void addTo(Message answer, Statistics statistics) {
    for (Traffic t : new Traffic[] {statistics.frontend, statistics.backend}) {
      answer
          .add(native64(t.messagesReceived))
          .add(native64(t.octetsReceived))
          .add(native64(t.messagesSent))
          .add(native64(t.octetsSent));
    }
  }

  private static byte[] native64(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(value).array();
  }

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
  }

  /** Whether this proxy is paused. */
  public boolean isPaused() {
    return paused;
  }

  /**
   * What has passed so far. A turn of up to 1000 messages is counted when it is over; so messages
   * that have just arrived may not be in it, unless the proxy is paused or has ended.
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
    Poller poller = running;
    if (poller != null) {
      poller.wakeup();
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
                run();
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
   * @return false when it still ran after {@code timeout}
   * @throws RuntimeException what ended the proxy, unless it was the end of its context or sockets
   * @throws ZmqInterruptedException {@code EINTR} when interrupted
   */
  public boolean await(Duration timeout) {
    Thread t = thread;
    if (t != null) {
      try {
        t.join(timeout.isNegative() ? 0 : Math.max(1, timeout.toMillis()));
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
   * Ends the proxy after the message that it is moving; waits for the thread that {@link #start}
   * started.
   */
  @Override
  public void close() {
    stopping = true;
    wake();
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
