package io.niomq;

import io.niomq.explain.ContextReport;
import io.niomq.internal.socket.ContextCore;
import io.niomq.internal.socket.ContextSettings;
import io.niomq.internal.socket.SocketCore;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;

/**
 * Where everything begins: a context makes sockets and owns the I/O threads that serve them. One
 * for a process is usually enough; {@code inproc} endpoints reach the sockets of the same context
 * only.
 *
 * <pre>{@code
 * try (Context context = Context.create();
 *     Socket server = context.socket(SocketType.REP);
 *     Socket client = context.socket(SocketType.REQ)) {
 *   String endpoint = server.bind("tcp://127.0.0.1:*");
 *   client.connect(endpoint);
 *   client.send("Hello");
 *   System.out.println(server.recvString());
 *   server.send("World");
 *   System.out.println(client.recvString());
 * }
 * }</pre>
 *
 * <p>Thread-safe. A context, or socket, that nobody refers to any more and that was never closed is
 * reported once through the {@link System.Logger} {@code io.niomq}, with the place where it was
 * opened. It is not closed: what it has queued is still sent.
 *
 * @see "zmq_ctx_new"
 */
public final class Context implements AutoCloseable {
  private final ContextCore core;

  /** By the options' index. */
  private final Object[] values;

  private Context(ContextCore core, Object[] values) {
    this.core = core;
    this.values = values;
    Lost.watch(this, core::lost);
  }

  private static Object[] defaults() {
    return ContextOptions.all().stream().map(ContextOption::defaultValue).toArray();
  }

  private static <T> T value(Object[] values, ContextOption<T> option) {
    return option.type().cast(values[option.index()]);
  }

  /** A context with one I/O thread and room for 1023 sockets. */
  public static Context create() {
    return builder().build();
  }

  /** A context of your own making. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * A new socket; it belongs to the caller, who closes it.
   *
   * @throws ZmqTerminatedException {@code ETERM} after the context was closed or shut down
   * @throws ZmqResourceException {@code EMFILE} when there are as many sockets as {@link
   *     Builder#maxSockets} allows
   * @see "zmq_socket"
   */
  public Socket socket(SocketType type) {
    return new Socket(this, core.socket(Objects.requireNonNull(type, "type")));
  }

  /** A new poller, for waiting on several sockets and channels at once. */
  public Poller poller() {
    return new Poller(core);
  }

  /**
   * The value of an option.
   *
   * @throws ZmqUnsupportedException {@code ENOTSUP} when this library cannot do what the option
   *     asks for, with the reason
   * @see "zmq_ctx_get"
   */
  public <T> T get(ContextOption<T> option) {
    option.checkSupported();
    return value(values, option);
  }

  /** How many I/O threads this context has. */
  public int ioThreads() {
    return core.ioThreads();
  }

  /** How many sockets may be open at once. */
  public int maxSockets() {
    return core.maxSockets();
  }

  /**
   * Ends all waiting calls on this context's sockets with {@link ZmqTerminatedException}, and makes
   * all later ones but {@code close} fail with it. Does not wait and closes nothing. May be called
   * more than once, from any thread.
   *
   * @see "zmq_ctx_shutdown"
   */
  public void shutdown() {
    core.shutdown();
  }

  /**
   * What this context and all its sockets are doing, and why a message may not have arrived; see
   * {@link Socket#explain}.
   */
  public ContextReport explain() {
    return core.explain();
  }

  /** Whether {@link #shutdown} or {@link #close} was called. */
  public boolean isShutdown() {
    return core.isShutdown();
  }

  /**
   * Ends this context: {@link #shutdown}, closes the sockets that are still open, waits until all
   * messages are sent or their linger is over, ends the I/O threads, and waits for listeners that
   * are still being told, though not longer than a second. With a linger of {@link
   * SocketOptions#FOREVER} that may take for ever; see {@link #close(Duration)}. Closing twice does
   * nothing.
   *
   * @throws ZmqInterruptedException {@code EINTR} when interrupted while waiting. All is closed
   *     then, and ends by itself when everything is sent; the call may be repeated to wait for that
   * @see "zmq_ctx_term"
   */
  @Override
  public void close() {
    core.close(-1);
  }

  /**
   * Ends this context as {@link #close()}, but gives up waiting after {@code timeout}: what is not
   * sent then is dropped.
   *
   * @return what was closed, and what was dropped
   * @throws ZmqInterruptedException {@code EINTR} as for {@link #close()}; what is unsent after
   *     {@code timeout} is dropped all the same
   */
  public CloseReport close(Duration timeout) {
    return core.close(SocketCore.nanos(timeout));
  }

  @Override
  public String toString() {
    return core.toString();
  }

  /** Settings of a new context. Not thread-safe. */
  public static final class Builder {
    private static final Duration SPIN_LIMIT_MAX = Duration.ofMillis(1);

    private final Object[] values = defaults();
    private ThreadFactory threadFactory;
    private Duration spinLimit = Duration.ofNanos(100_000);
    private boolean management = true;

    private Builder() {}

    /**
     * Sets an option by its constant; the methods below do the same by name.
     *
     * @throws ZmqArgumentException {@code EINVAL} when the value is out of range or the option can
     *     only be read
     * @throws ZmqUnsupportedException {@code ENOTSUP} when this library cannot do what the option
     *     asks for, with the reason
     * @see "zmq_ctx_set"
     */
    public <T> Builder set(ContextOption<T> option, T value) {
      option.check(value);
      values[option.index()] = value;
      return this;
    }

    /**
     * How many I/O threads to start: 0 for a context that serves only {@code inproc}, up to 128; 1
     * by default, which is enough for thousands of connections.
     *
     * @see "ZMQ_IO_THREADS (1)"
     */
    public Builder ioThreads(int count) {
      return set(ContextOptions.IO_THREADS, count);
    }

    /**
     * How many sockets there may be at once, 1 or more; 1023 by default. Those count, too, that
     * were closed and have not sent everything yet.
     *
     * @see "ZMQ_MAX_SOCKETS (2)"
     */
    public Builder maxSockets(int count) {
      return set(ContextOptions.MAX_SOCKETS, count);
    }

    /**
     * What the names of this context's threads begin with; "niomq" by default. The names are {@code
     * prefix-io-0} and so on, {@code prefix-helper-0} for name resolution, {@code prefix-events-0}
     * for event listeners and {@code prefix-view-0} for views whose executor has no thread ({@link
     * AsyncSocket}).
     *
     * @see "ZMQ_THREAD_NAME_PREFIX (9)"
     */
    public Builder threadNamePrefix(String prefix) {
      return set(ContextOptions.THREAD_NAME_PREFIX, Objects.requireNonNull(prefix, "prefix"));
    }

    /**
     * Whether new sockets begin with {@link SocketOptions#IPV6} on; off by default.
     *
     * @see "ZMQ_IPV6 (42)"
     */
    public Builder ipv6(boolean on) {
      return set(ContextOptions.IPV6, on);
    }

    /**
     * Whether new sockets begin with their usual {@link SocketOptions#LINGER}; if not, with none,
     * so that closing the context does not wait. On by default.
     *
     * @see "ZMQ_BLOCKY (70)"
     */
    public Builder blocky(boolean on) {
      return set(ContextOptions.BLOCKY, on);
    }

    /**
     * How long a thread that waits for an answer may look for it again and again, giving way to
     * other threads, before it sleeps: zero for never, at most 1 millisecond; 100 microseconds by
     * default. It does so only while the last answers of its socket came within this time, because
     * to wake a sleeping thread takes longer than a message does. So does one that receives a
     * stream of messages of 4 KiB and more from a single peer; other streams never do.
     *
     * @throws ZmqArgumentException {@code EINVAL} when negative or longer than 1 millisecond
     */
    public Builder spinLimit(Duration limit) {
      if (limit.isNegative() || limit.compareTo(SPIN_LIMIT_MAX) > 0) {
        throw new ZmqArgumentException(
            "spinLimit: " + limit + " is not allowed; allowed: zero to 1 ms");
      }
      spinLimit = limit;
      return this;
    }

    /**
     * Who makes this context's threads, instead of daemon threads; each is given its name
     * afterwards.
     */
    public Builder threadFactory(ThreadFactory factory) {
      threadFactory = Objects.requireNonNull(factory, "factory");
      return this;
    }

    /**
     * Whether other processes of the same user may look at this context through JMX, as {@code
     * ./niomq explain PID} does; on by default, where the module {@code java.management} is there.
     * The context is shown about two seconds after it was made, so that short programs do not pay
     * for it; see {@link io.niomq.explain.ContextMXBean}.
     */
    public Builder management(boolean on) {
      management = on;
      return this;
    }

    /**
     * Makes the context and starts its I/O threads.
     *
     * @throws ZmqResourceException {@code EMFILE} when the operating system has no descriptor left
     */
    public Context build() {
      Object[] chosen = values.clone();
      return new Context(
          new ContextCore(
              new ContextSettings(
                  value(chosen, ContextOptions.IO_THREADS),
                  value(chosen, ContextOptions.MAX_SOCKETS),
                  spinLimit.toNanos(),
                  value(chosen, ContextOptions.THREAD_NAME_PREFIX),
                  threadFactory,
                  value(chosen, ContextOptions.IPV6),
                  value(chosen, ContextOptions.BLOCKY),
                  management)),
          chosen);
    }
  }
}
