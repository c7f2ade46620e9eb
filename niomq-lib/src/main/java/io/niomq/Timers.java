package io.niomq;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * Timers for a thread that polls: each calls its handler again and again, at its interval, in the
 * thread that calls {@link #execute}.
 *
 * <pre>{@code
 * Timers timers = new Timers();
 * timers.add(Duration.ofSeconds(1), timer -> socket.send("still here"));
 * while (true) {
 *   poller.dispatch(timers.timeout());
 *   timers.execute();
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> Not thread-safe: all methods are for one thread at a time, usually the one
 * that polls. There is no thread behind the timers, so a handler runs as late as {@code execute} is
 * called. Handlers may call all methods but {@code execute}.
 *
 * @see "zmq_timers_new"
 */
public final class Timers {
  private static final Duration INTERVAL_MAX = Duration.ofDays(36_500);

  /** Called when its timer is due. */
  @FunctionalInterface
  public interface Handler {
    /** The timer with this id, as {@link #add} returned it, is due. */
    void due(int timer);
  }

  private static final class Timer {
    private final int id;
    private final Handler handler;
    private long interval;
    private long due;

    Timer(int id, Handler handler) {
      this.id = id;
      this.handler = handler;
    }
  }

  private final LongSupplier clock;
  private final Map<Integer, Timer> timers = new HashMap<>();
  private final TreeSet<Timer> byTime =
      new TreeSet<>(Comparator.<Timer>comparingLong(t -> t.due).thenComparingInt(t -> t.id));
  private int lastId;
  private boolean executing;

  /** No timers yet. */
  public Timers() {
    this(sinceNow());
  }

  /**
   * @param clock nanoseconds that never go back, from 0 or so
   */
  Timers(LongSupplier clock) {
    this.clock = clock;
  }

  private static LongSupplier sinceNow() {
    long start = System.nanoTime();
    return () -> System.nanoTime() - start;
  }

  /**
   * Adds a timer that is due in {@code interval} from now, and then again and again until {@link
   * #cancel}.
   *
   * @param interval more than zero, at most 36 500 days
   * @return its id: 1 for the first, then 2 and so on
   * @throws ZmqArgumentException {@code EINVAL} when the interval is out of range
   * @see "zmq_timers_add"
   */
  public int add(Duration interval, Handler handler) {
    Objects.requireNonNull(handler, "handler");
    long nanos = checked(interval);
    Timer timer = new Timer(++lastId, handler);
    timer.interval = nanos;
    timers.put(timer.id, timer);
    schedule(timer, clock.getAsLong());
    return timer.id;
  }

  /**
   * Ends a timer.
   *
   * @throws ZmqArgumentException {@code EINVAL} when there is no such timer, or no more
   * @see "zmq_timers_cancel"
   */
  public void cancel(int timer) {
    byTime.remove(existing(timer));
    timers.remove(timer);
  }

  /**
   * Gives a timer another interval, which begins now.
   *
   * @param interval more than zero, at most 36 500 days
   * @throws ZmqArgumentException {@code EINVAL} when there is no such timer, or the interval is out
   *     of range
   * @see "zmq_timers_set_interval"
   */
  public void setInterval(int timer, Duration interval) {
    Timer t = existing(timer);
    t.interval = checked(interval);
    reset(timer);
  }

  /**
   * Begins a timer's interval anew.
   *
   * @throws ZmqArgumentException {@code EINVAL} when there is no such timer
   * @see "zmq_timers_reset"
   */
  public void reset(int timer) {
    Timer t = existing(timer);
    byTime.remove(t);
    schedule(t, clock.getAsLong());
  }

  /**
   * How long until the next timer is due: zero when one is due already, {@link
   * SocketOptions#FOREVER} when there is none. Made for {@link Poller#poll(Duration)}.
   *
   * @see "zmq_timers_timeout"
   */
  public Duration timeout() {
    if (byTime.isEmpty()) {
      return SocketOptions.FOREVER;
    }
    return Duration.ofNanos(Math.max(0, byTime.first().due - clock.getAsLong()));
  }

  /**
   * Calls the handlers of all timers that are due, each once, in the order in which they became
   * due. However late this is, a timer's next interval begins now: intervals that were missed are
   * not made up for. When a handler throws, its timer goes on, and those behind it remain due.
   *
   * @return how many handlers were called
   * @throws ZmqStateException {@code EFSM} when called by a handler
   * @see "zmq_timers_execute"
   */
  public int execute() {
    if (executing) {
      throw new ZmqStateException("a timer's handler cannot execute timers");
    }
    executing = true;
    try {
      long now = clock.getAsLong();
      int called = 0;
      while (!byTime.isEmpty() && byTime.first().due <= now) {
        Timer timer = byTime.pollFirst();
        schedule(timer, now);
        called++;
        timer.handler.due(timer.id);
      }
      return called;
    } finally {
      executing = false;
    }
  }

  private void schedule(Timer timer, long now) {
    timer.due = now + timer.interval;
    byTime.add(timer);
  }

  private Timer existing(int id) {
    Timer timer = timers.get(id);
    if (timer == null) {
      throw new ZmqArgumentException("there is no timer " + id);
    }
    return timer;
  }

  private static long checked(Duration interval) {
    if (interval.isNegative() || interval.isZero() || interval.compareTo(INTERVAL_MAX) > 0) {
      throw new ZmqArgumentException(
          "interval: " + interval + " is not allowed; allowed: more than zero, to 36500 days");
    }
    return interval.toNanos();
  }
}
