package io.niomq;

import java.time.Duration;
import java.util.Objects;

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
 * @see "zmq_proxy"
 */
public final class Proxy implements AutoCloseable {
  /** How many messages pass in one direction before the other has its turn. */
  private static final int BATCH = 1000;

  private final Socket frontend;
  private final Socket backend;
  private Socket capture;
  private Thread thread;
  private volatile boolean stopping;
  private volatile Poller running;
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
   * passed on.
   *
   * @return this proxy
   */
  public Proxy capture(Socket socket) {
    checkNotStarted();
    capture = socket;
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
      running = null;
    }
  }

  private void loop(Poller poller) {
    boolean same = frontend == backend;
    boolean duplexFront = frontend.type().canReceive() && backend.type().canSend();
    boolean duplexBack = !same && backend.type().canReceive() && frontend.type().canSend();
    while (!stopping) {
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
      if (duplexFront) {
        move(frontend, backend);
      }
      if (duplexBack) {
        move(backend, frontend);
      }
    }
  }

  private void move(Socket from, Socket to) {
    for (int i = 0; i < BATCH && to.core().canSendNow(); i++) {
      Message message = from.tryRecvMessage();
      if (message == null) {
        return;
      }
      if (capture != null) {
        try (Message copy = message.copy()) {
          capture.send(copy);
        }
      }
      to.send(message);
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
    Poller poller = running;
    if (poller != null) {
      poller.wakeup();
    }
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
