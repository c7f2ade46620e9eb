package io.niomq.internal.loop;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The I/O thread: one selector, tasks from other threads, timers, and guards. {@link #run} is the
 * one loop; each turn does tasks, guards, ready channels and timers, and nothing in it blocks but
 * the select, and the short sleeps of guards.
 *
 * <p>A <em>guard</em> watches the tail of a burst: a connection whose sender has appended messages
 * and gone away. While one of them is busy the loop does not sleep, it yields between rounds;
 * otherwise it sleeps for a moment (see docs/CONCURRENCY.md, "sending").
 *
 * <p>Threads: {@link #execute} and {@link #isLoopThread} may be called by any thread, everything
 * else by the loop's own thread. A task or handler that throws costs only itself: it is reported
 * and the loop goes on.
 */
public final class EventLoop {
  private static final System.Logger LOG = System.getLogger("io.niomq");

  /** What the loop calls when a channel is ready. */
  public interface Handler {
    void ready(SelectionKey key);

    /** {@link #ready} threw {@code failure}; the handler should give up its channel. */
    void failed(Throwable failure);
  }

  /** Unsent output that somebody has to look after. */
  public interface Guard {
    /** What a look came to. */
    enum Look {
      /** Nothing is left to guard. */
      DONE,
      /** Look again at once. */
      BUSY,
      /** Somebody else is at work: look again in a moment, to see whether he stopped. */
      PATIENT,
      /** He does all of it, and much: now and then is often enough. */
      UNNEEDED,
      /** Nothing is left, but more is expected: look again in a moment, as long as it takes. */
      EXPECTANT
    }

    /** Looks once. */
    Look look();
  }

  /** Something to look at again every few milliseconds, until it is settled. */
  public interface Ticking {
    /** What a look came to. */
    enum Tick {
      /** Settled: no further look. */
      DONE,
      /** Nothing has moved since the last look: look less often. */
      QUIET,
      /** Things move: look again in 4 milliseconds at the latest. */
      BUSY
    }

    /** Looks once. */
    Tick tick();
  }

  /** What a guard that expects more can rely on: the moment, as the timer makes it. */
  public static final long REST_NANOS = 100_000;

  /** How the thread is to be woken. */
  private enum Rest {
    /** Not at all: it will look by itself. */
    NONE,
    /** By the pipe. */
    SELECTING,
    /** By {@link LockSupport#unpark}. */
    DOZING
  }

  /** A moment; the timer makes it twice as long. */
  private static final long PATIENT_NANOS = 50_000;

  /** After so many patient looks in a row, some 6 ms, once a millisecond is often enough. */
  private static final int PATIENT_LOOKS = 64;

  /** After as many more that were not needed, some 70 ms in all, one in so much time is enough. */
  private static final long UNNEEDED_MILLIS = 4;

  /** Who has served a channel so lately may soon have to serve it again. */
  private static final long BUSY_NANOS = 10_000_000;

  private static final long TICK_MIN_NANOS = 1_000_000;
  private static final long TICK_BUSY_NANOS = 4_000_000;
  private static final long TICK_MAX_NANOS = 10_000_000;

  private final Selector selector;
  private final WakeupPipe wakeup;
  private final Thread thread;
  private final TaskQueue tasks = new TaskQueue();
  private final AtomicReference<Rest> rest = new AtomicReference<>(Rest.NONE);
  private final ArrayList<Guard> guards = new ArrayList<>();

  /** How often in a row all guards have let others do the work. */
  private int patientLooks;

  /** How often in a row none of them was needed, once that is often. */
  private int unneededLooks;

  /** When they last looked, once that is often. */
  private long lookedAt;

  /** Whether at their last looks a guard expected more. */
  private boolean expectant;

  /** Whether there was more than one of them. */
  private boolean several;

  /** When a channel was last ready. */
  private long servedAt = System.nanoTime() - BUSY_NANOS;

  private final ArrayList<Ticking> ticking = new ArrayList<>();
  private final Map<Object, Object> companions = new IdentityHashMap<>();
  private final Timer ticker = new Timer(this::runTicks);
  private long tickNanos;
  private boolean dispatching;
  private final TimerQueue timers = new TimerQueue();
  private final Consumer<SelectionKey> dispatch = this::dispatch;
  private final AtomicLong turns = new AtomicLong();
  private volatile boolean stopping;
  private volatile int connections;

  /** How long {@link #expectAnswer} has the thread look; 0 for not at all. */
  private final long lookNanos;

  /** How long {@link #doze} takes unless the thread is woken. */
  private final long dozeNanos;

  private boolean looking;
  private long looksUntil;

  public EventLoop(ThreadFactory factory, String name, long lookNanos) throws IOException {
    this(factory, name, lookNanos, PATIENT_NANOS);
  }

  /** For tests. */
  EventLoop(ThreadFactory factory, String name, long lookNanos, long dozeNanos) throws IOException {
    this.lookNanos = lookNanos;
    this.dozeNanos = dozeNanos;
    this.selector = Selector.open();
    WakeupPipe pipe = null;
    boolean started = false;
    try {
      pipe = WakeupPipe.open(selector);
      this.wakeup = pipe;
      this.thread = factory.newThread(this::run);
      if (thread == null) {
        throw new IllegalStateException("the thread factory returned null for " + name);
      }
      thread.setName(name);
      thread.start();
      started = true;
    } finally {
      if (!started) {
        if (pipe != null) {
          pipe.close();
        }
        selector.close();
      }
    }
  }

  /**
   * Runs {@code task} on the loop's thread, soon. After {@link #stop} a task may be left undone.
   */
  public void execute(Runnable task) {
    execute(new LoopTask(task));
  }

  /**
   * Runs {@code task} on the loop's thread, soon: once more for all who ask before it begins. It is
   * always the same loop that is asked. After {@link #stop} it may be left undone, also when
   * another thread has just asked for it.
   */
  public void execute(LoopTask task) {
    tasks.add(task);
    wake();
  }

  /**
   * Runs {@code task} on the loop's thread and waits for its end, deaf to interrupts; at once if
   * this is that thread.
   */
  public void executeAndWait(Runnable task) {
    if (isLoopThread()) {
      task.run();
      return;
    }
    CountDownLatch done = new CountDownLatch(1);
    execute(
        () -> {
          try {
            task.run();
          } finally {
            done.countDown();
          }
        });
    boolean interrupted = false;
    while (true) {
      try {
        if (done.await(100, TimeUnit.MILLISECONDS) || !thread.isAlive()) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void wake() {
    Rest was = rest.get();
    if (was != Rest.NONE && rest.compareAndSet(was, Rest.NONE)) {
      if (was == Rest.SELECTING) {
        wakeup.wake();
      } else {
        LockSupport.unpark(thread);
      }
    }
  }

  public boolean isLoopThread() {
    return Thread.currentThread() == thread;
  }

  /** How often the loop has turned: an idle context's figure stands still. */
  public long turns() {
    return turns.get();
  }

  /** How many connections this loop serves: new ones go to the loop with the fewest. */
  public int load() {
    return connections;
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField")
  public void addLoad(int delta) {
    assert isLoopThread();
    connections += delta;
  }

  /** Registers a channel with a handler. Loop thread only. */
  public SelectionKey register(SelectableChannel channel, int ops, Handler handler)
      throws IOException {
    assert isLoopThread();
    return channel.register(selector, ops, handler);
  }

  /** Guards that expect more look again at once. Loop thread only. */
  public void lookAtOnce() {
    assert isLoopThread();
    if (expectant) {
      expectant = false;
      patientLooks = 0;
    }
  }

  /** Starts to guard; see the class comment. Loop thread only. */
  public void guard(Guard guard) {
    assert isLoopThread();
    guards.add(guard);
    expectant = false;
    patientLooks = 0;
  }

  /**
   * Starts to look at {@code t} again and again, at growing intervals while it is quiet. Loop
   * thread only.
   */
  public void tick(Ticking t) {
    assert isLoopThread();
    ticking.add(t);
    boolean soon = ticker.isPlanned() && tickNanos == TICK_MIN_NANOS;
    if (!soon) { // else the others would wait for as long as more are added
      tickNanos = TICK_MIN_NANOS;
      ticker.plan(tickNanos);
    }
  }

  /** Something of which there is one on this loop for each {@code owner}. Loop thread only. */
  public <T> T companion(Object owner, Class<T> type, Supplier<T> maker) {
    assert isLoopThread();
    return type.cast(companions.computeIfAbsent(owner, o -> maker.get()));
  }

  /** The owner's companion is not needed for now. Loop thread only. */
  public void forgetCompanion(Object owner) {
    assert isLoopThread();
    companions.remove(owner);
  }

  private void runTicks() {
    boolean busy = false;
    for (int i = ticking.size() - 1; i >= 0; i--) {
      Ticking.Tick tick = Ticking.Tick.DONE;
      try {
        tick = ticking.get(i).tick();
      } catch (Throwable t) {
        report(t);
      }
      if (tick == Ticking.Tick.DONE) {
        int last = ticking.size() - 1;
        ticking.set(i, ticking.get(last));
        ticking.remove(last);
      }
      busy |= tick == Ticking.Tick.BUSY;
    }
    if (!ticking.isEmpty()) {
      tickNanos = Math.min(busy ? TICK_BUSY_NANOS : TICK_MAX_NANOS, 2 * tickNanos);
      ticker.plan(tickNanos);
    }
  }

  /**
   * Lets the selector forget the channels that were closed, so that their descriptors are given
   * back.
   */
  public void forgetClosed() {
    assert isLoopThread();
    if (dispatching) {
      return; // within a select: the next one, in this very turn or the next, forgets them
    }
    try {
      selector.selectNow(dispatch);
    } catch (IOException e) {
      report(e);
    }
  }

  /** A call that can be planned. */
  public final class Timer extends TimerQueue.Entry {
    private Timer(Runnable action) {
      super(action);
    }

    public void cancel() {
      if (isPlanned()) {
        timers.remove(this);
      }
    }

    public boolean isPlanned() {
      return isQueued();
    }

    /** Plans the call, instead of an earlier plan. */
    public void plan(long delayNanos) {
      assert isLoopThread();
      cancel();
      timers.add(this, System.nanoTime() + Math.max(0, delayNanos));
    }
  }

  /** A timer that is not planned yet. */
  public Timer timer(Runnable action) {
    return new Timer(action);
  }

  /** Ends the thread once it has done the tasks given so far. */
  public void stop() {
    stopping = true; // pairs with select(): rest set, then stopping read
    wake();
  }

  /** Waits for the thread's end. */
  public boolean join(long nanos) throws InterruptedException {
    TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, nanos));
    return !thread.isAlive();
  }

  private void run() {
    try {
      while (!stopping || !tasks.isEmpty()) {
        runTasks();
        select(runGuards() || looksOn() ? 0 : untilNextLook());
        runTimers();
        turns.lazySet(turns.getPlain() + 1);
      }
    } catch (Throwable t) {
      report("I/O thread " + thread.getName() + " ends", t);
    } finally {
      closeSelector();
    }
  }

  private void runTasks() {
    for (LoopTask task = tasks.next(); task != null; task = tasks.next()) {
      try {
        task.run();
      } catch (Throwable t) {
        report(t);
      }
    }
  }

  /** Whether they want to look again at once. */
  private boolean runGuards() {
    if (guards.isEmpty()) {
      return false;
    }
    if (patientLooks == 0) {
      Thread.yield(); // on a processor that it shares, the sender goes on with its burst first
    } else if (expectant) {
      doze();
    } else if (patientLooks < PATIENT_LOOKS) {
      LockSupport.parkNanos(this, PATIENT_NANOS);
    } else if (System.nanoTime() - lookedAt < PATIENT_NANOS) {
      return false; // something else has ended the select
    }
    boolean patient = true;
    boolean unneeded = true;
    expectant = false;
    several = guards.size() > 1;
    for (int i = guards.size() - 1; i >= 0; i--) {
      Guard.Look look = Guard.Look.DONE;
      try {
        look = guards.get(i).look();
      } catch (Throwable t) {
        report(t);
      }
      if (look == Guard.Look.DONE) {
        int last = guards.size() - 1;
        guards.set(i, guards.get(last));
        guards.remove(last);
      }
      patient &= look != Guard.Look.BUSY;
      expectant |= look == Guard.Look.EXPECTANT;
      unneeded &= look == Guard.Look.UNNEEDED;
    }
    patientLooks = !patient || guards.isEmpty() ? 0 : expectant ? 1 : patientLooks + 1;
    unneededLooks = unneeded && patientLooks >= PATIENT_LOOKS ? unneededLooks + 1 : 0;
    if (patientLooks >= PATIENT_LOOKS) {
      lookedAt = System.nanoTime();
    }
    return !guards.isEmpty() && patientLooks < PATIENT_LOOKS;
  }

  /** Rests for a moment, unless there is a task. */
  private void doze() {
    rest.set(Rest.DOZING); // pairs with execute(), as in select()
    if (tasks.isEmpty() && !stopping) {
      LockSupport.parkNanos(this, dozeNanos);
    }
    rest.set(Rest.NONE);
  }

  /**
   * Whether somebody would have to wait while this thread rests for a moment: it has lately served
   * a channel, or guards several. On the loop's thread.
   */
  public boolean isInDemand() {
    return several || System.nanoTime() - servedAt < BUSY_NANOS;
  }

  /**
   * A peer has been asked for something that it has at hand: for a moment the thread looks for the
   * answer again and again, giving way to others, because to be woken takes longer. On the loop's
   * thread.
   */
  public void expectAnswer() {
    looking = lookNanos > 0;
    looksUntil = System.nanoTime() + lookNanos;
  }

  private boolean looksOn() {
    if (!looking) {
      return false;
    }
    Thread.yield();
    looking = System.nanoTime() - looksUntil < 0;
    return looking;
  }

  /** How long, in milliseconds, the loop may sleep; -1 for ever. */
  private long untilNextLook() {
    long timer = untilNextTimer();
    if (guards.isEmpty()) {
      return timer;
    }
    long look = unneededLooks >= PATIENT_LOOKS ? UNNEEDED_MILLIS : 1;
    return timer < 0 ? look : Math.min(look, timer);
  }

  /** Milliseconds, rounded up; 0 when one is due, -1 when there is none. */
  private long untilNextTimer() {
    TimerQueue.Entry next = timers.first();
    if (next == null) {
      return -1;
    }
    long nanos = next.deadline() - System.nanoTime();
    return nanos <= 0 ? 0 : (nanos + 999_999) / 1_000_000;
  }

  private void select(long timeoutMillis) throws IOException {
    // An interrupt flag would make every select return at once. Nobody but the owner of the
    // thread factory can set it, and it means nothing here.
    Thread.interrupted();
    if (timeoutMillis == 0) {
      selector.selectNow(dispatch);
      return;
    }
    rest.set(Rest.SELECTING); // pairs with execute(): task added, then rest read
    if (!tasks.isEmpty() || stopping) {
      rest.set(Rest.NONE);
      selector.selectNow(dispatch);
      return;
    }
    selector.select(dispatch, timeoutMillis < 0 ? 0 : timeoutMillis);
    rest.set(Rest.NONE);
  }

  private void dispatch(SelectionKey key) {
    Handler handler = (Handler) key.attachment();
    dispatching = true;
    if (handler != wakeup) {
      servedAt = System.nanoTime();
    }
    try {
      handler.ready(key);
    } catch (CancelledKeyException closedMeanwhile) {
      // its owner closed it
    } catch (Throwable t) {
      report(t);
      try {
        handler.failed(t);
      } catch (Throwable second) {
        report(second);
      }
    } finally {
      dispatching = false;
    }
  }

  private void runTimers() {
    if (timers.first() == null) {
      return;
    }
    long now = System.nanoTime();
    for (TimerQueue.Entry next = timers.first();
        next != null && next.deadline() - now <= 0;
        next = timers.first()) {
      timers.remove(next);
      try {
        next.run();
      } catch (Throwable failure) {
        report(failure);
      }
    }
  }

  private void closeSelector() {
    wakeup.close();
    try {
      selector.close();
    } catch (IOException e) {
      report(e);
    }
  }

  private void report(Throwable t) {
    report("on I/O thread " + thread.getName(), t);
  }

  /** Tells the log of a fault of ours. Any thread. */
  public static void report(String what, Throwable t) {
    try {
      LOG.log(System.Logger.Level.ERROR, what, t);
    } catch (Throwable alsoFailed) {
      // The thread serves many connections: whoever logs, perhaps out of descriptors, must not end
      // it.
    }
  }
}
