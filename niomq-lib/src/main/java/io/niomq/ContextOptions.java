package io.niomq;

import java.util.ArrayList;
import java.util.List;

/**
 * The options of a {@link Context}, one constant each: libzmq's {@code zmq_ctx_set} and {@code
 * zmq_ctx_get}. Options of this library alone, such as {@link Context.Builder#spinLimit}, are
 * methods of the builder.
 *
 * <p>There is no option that is accepted and ignored: one that pure Java cannot honour fails with a
 * {@link ZmqUnsupportedException} that says why ({@link ContextOption#supported}).
 */
public final class ContextOptions {
  private static final List<ContextOption<?>> ALL = new ArrayList<>();

  private static final String NO_THREAD_SETTINGS =
      "Java cannot set it for a thread; Context.Builder.threadFactory may make the threads instead";

  /**
   * How many I/O threads serve the context's connections; with none only {@code inproc} works, and
   * other endpoints fail with {@code EMTHREAD}.
   */
  public static final ContextOption<Integer> IO_THREADS =
      add(
          integer("ZMQ_IO_THREADS", 1)
              .unit("threads")
              .range("0 to 128", v -> v >= 0 && v <= 128)
              .initial(1));

  /**
   * How many sockets there may be at once; one more fails with {@code EMFILE}. Those count, too,
   * that were closed and have not sent everything yet ({@link SocketOptions#LINGER}).
   */
  public static final ContextOption<Integer> MAX_SOCKETS =
      add(
          integer("ZMQ_MAX_SOCKETS", 2)
              .unit("sockets")
              .range("1 or more", v -> v >= 1)
              .initial(1023));

  /** The largest value that {@link #MAX_SOCKETS} may have. */
  public static final ContextOption<Integer> SOCKET_LIMIT =
      add(
          integer("ZMQ_SOCKET_LIMIT", 3)
              .unit("sockets")
              .range("read only", v -> false)
              .initial(Integer.MAX_VALUE)
              .readOnly());

  /** The operating system's scheduling priority of the I/O threads. */
  public static final ContextOption<Integer> THREAD_PRIORITY =
      add(
          integer("ZMQ_THREAD_PRIORITY", 3)
              .range("0 or more", v -> v >= 0)
              .unsupported(NO_THREAD_SETTINGS));

  /** The operating system's scheduling policy of the I/O threads. */
  public static final ContextOption<Integer> THREAD_SCHED_POLICY =
      add(
          integer("ZMQ_THREAD_SCHED_POLICY", 4)
              .range("0 or more", v -> v >= 0)
              .unsupported(NO_THREAD_SETTINGS));

  /**
   * The largest message that may be sent: what an array holds. (libzmq lets it be set and does not
   * look at it; {@link SocketOptions#MAXMSGSIZE} limits what is received.)
   */
  public static final ContextOption<Integer> MAX_MSGSZ =
      add(
          integer("ZMQ_MAX_MSGSZ", 5)
              .unit("octets")
              .range("read only", v -> false)
              .initial(Integer.MAX_VALUE)
              .readOnly());

  /** The size of libzmq's {@code zmq_msg_t}. */
  public static final ContextOption<Integer> MSG_T_SIZE =
      add(
          integer("ZMQ_MSG_T_SIZE", 6)
              .unit("octets")
              .unsupported("there is no zmq_msg_t, whose size only callers of native code need"));

  /** Adds a processor to those that the I/O threads may run on. */
  public static final ContextOption<Integer> THREAD_AFFINITY_CPU_ADD =
      add(
          integer("ZMQ_THREAD_AFFINITY_CPU_ADD", 7)
              .unit("processor")
              .range("0 or more", v -> v >= 0)
              .unsupported(NO_THREAD_SETTINGS));

  /** Removes a processor from those that the I/O threads may run on. */
  public static final ContextOption<Integer> THREAD_AFFINITY_CPU_REMOVE =
      add(
          integer("ZMQ_THREAD_AFFINITY_CPU_REMOVE", 8)
              .unit("processor")
              .range("one that was added", v -> v >= 0)
              .unsupported(NO_THREAD_SETTINGS));

  /** What the names of the context's threads begin with. */
  public static final ContextOption<String> THREAD_NAME_PREFIX =
      add(new ContextOption.Builder<>("ZMQ_THREAD_NAME_PREFIX", 9, String.class).initial("niomq"));

  /** Whether received messages share the memory that they were read into. */
  public static final ContextOption<Boolean> ZERO_COPY_RECV =
      add(
          flag("ZMQ_ZERO_COPY_RECV", 10)
              .unsupported(
                  "there is nothing to switch: small bodies are copied once, to where the caller"
                      + " wants them, large ones are handed over as they were read"));

  /** Whether new sockets begin with {@link SocketOptions#IPV6}. */
  public static final ContextOption<Boolean> IPV6 = add(flag("ZMQ_IPV6", 42).initial(false));

  /**
   * Whether closing the context waits for what is unsent; if false, new sockets begin with a {@link
   * SocketOptions#LINGER} of zero.
   */
  public static final ContextOption<Boolean> BLOCKY = add(flag("ZMQ_BLOCKY", 70).initial(true));

  private ContextOptions() {}

  /** All options, in the order of this page. */
  public static List<ContextOption<?>> all() {
    return List.copyOf(ALL);
  }

  private static <T> ContextOption<T> add(ContextOption.Builder<T> b) {
    ContextOption<T> option = new ContextOption<>(b, ALL.size());
    ALL.add(option);
    return option;
  }

  private static ContextOption.Builder<Integer> integer(String name, int number) {
    return new ContextOption.Builder<>(name, number, Integer.class);
  }

  private static ContextOption.Builder<Boolean> flag(String name, int number) {
    return new ContextOption.Builder<>(name, number, Boolean.class)
        .range("true or false", v -> true);
  }
}
