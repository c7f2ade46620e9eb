package io.niomq.internal.socket;

import io.niomq.DropEvent;
import io.niomq.DropReason;
import io.niomq.internal.flight.Flight;
import io.niomq.internal.pipe.Pipe;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;

/**
 * What a socket has dropped, by reason; tells the application's listener, and warns. To count costs
 * an addition for the socket and one for the peer; nothing is paid for messages that are not
 * dropped.
 *
 * <p>Counting may be done by any thread, with or without the socket's lock. Everything else happens
 * on the context's thread for events: a drop only sees to it that something is planned there, once
 * for many drops.
 */
public final class Drops {
  private static final DropReason[] REASONS = DropReason.values();

  /** What the pattern, an option or a close asks for is no reason to warn. */
  private static final Set<DropReason> EXPECTED =
      EnumSet.of(
          DropReason.NO_SUBSCRIBER,
          DropReason.NOT_SUBSCRIBED,
          DropReason.STALE_REPLY,
          DropReason.CONFLATED,
          DropReason.UNREAD_AT_CLOSE,
          DropReason.UNFINISHED);

  /** After the first of a reason, one warning in this time tells how many followed. */
  static final long WARN_MILLIS = 10_000;

  /** The listener is called at once, but then not again within this time. */
  private static final long TELL_MILLIS = 10;

  private final SocketCore core;
  private final AtomicLongArray counts = new AtomicLongArray(REASONS.length);

  /** 1 from the first warning of a reason until a time without drops of it has passed. */
  private final AtomicIntegerArray warned = new AtomicIntegerArray(REASONS.length);

  /** 1 while a call of the listener is planned. */
  private final AtomicInteger telling = new AtomicInteger();

  /** A listener, and what it was told of or need not know. */
  private record Listening(Consumer<? super DropEvent> listener, long[] told) {}

  private volatile Listening listening;

  /** The socket is gone, and the context has its counts. */
  private volatile boolean gone;

  /** Of the events thread: nothing is planned any more. */
  private boolean over;

  /** Of the events thread, like the numbers in {@link Listening}. */
  private final long[] recorded = new long[REASONS.length];

  private final long[] inWarnings = new long[REASONS.length];

  private volatile long lastTold = System.nanoTime() - TELL_MILLIS * 1_000_000;

  Drops(SocketCore core) {
    this.core = core;
  }

  /** Counts messages that will not go on; {@code pipe} is null when no peer is concerned. */
  void count(Pipe pipe, DropReason reason, long messages) {
    if (messages <= 0) {
      return;
    }
    int i = reason.ordinal();
    counts.getAndAdd(i, messages);
    if (pipe != null) {
      pipe.countDrops(reason, messages);
    }
    if (gone) {
      core.context().droppedByGone(reason, messages);
    }
    if (warned.getPlain(i) == 0 && warned.compareAndSet(i, 0, 1)) {
      core.context().threads().soon(() -> warnFirst(reason));
    }
    if ((listening != null || Flight.recordsDrops())
        && telling.getPlain() == 0
        && telling.compareAndSet(0, 1)) {
      core.context().threads().soon(this::planTelling);
    }
  }

  long count(DropReason reason) {
    return counts.get(reason.ordinal());
  }

  /** The counts that are not 0. */
  public Map<DropReason, Long> counts() {
    Map<DropReason, Long> result = new EnumMap<>(DropReason.class);
    for (DropReason r : REASONS) {
      long n = count(r);
      if (n > 0) {
        result.put(r, n);
      }
    }
    return result;
  }

  // ------------------------------------------------------------------------------------------------ the listener

  /** Has {@code newListener} told of what is dropped from now on. */
  public void listen(Consumer<? super DropEvent> newListener) {
    core.ensureUsable();
    long[] now = new long[REASONS.length];
    for (int i = 0; i < now.length; i++) {
      now[i] = counts.get(i);
    }
    listening = newListener == null ? null : new Listening(newListener, now);
  }

  private void planTelling() {
    long pause = TELL_MILLIS * 1_000_000 - (System.nanoTime() - lastTold);
    if (pause <= 0) {
      core.context().threads().tell(this::tell);
    } else {
      core.context().threads().tellLater(this::tell, 1 + pause / 1_000_000);
    }
  }

  private void tell() {
    lastTold = System.nanoTime();
    telling.set(0); // before the look: what is dropped after it plans the next call
    record();
    Listening l = listening;
    if (l != null) {
      tell(l, 0);
    }
  }

  /** Whatever the listener throws goes to the thread, but not before it was told of all reasons. */
  private void tell(Listening l, int from) {
    for (int i = from; i < REASONS.length; i++) {
      long count = counts.get(i);
      long news = count - l.told[i];
      if (news > 0) {
        l.told[i] = count;
        boolean thrown = true;
        try {
          l.listener.accept(new DropEvent(REASONS[i], news, count));
          thrown = false;
        } finally {
          if (thrown) {
            tell(l, i + 1);
          }
        }
      }
    }
  }

  private void record() {
    boolean records = Flight.recordsDrops();
    for (int i = 0; i < REASONS.length; i++) {
      long count = counts.get(i);
      if (records && count > recorded[i]) {
        Flight.dropped(core.type(), REASONS[i], count - recorded[i], count);
      }
      recorded[i] = count;
    }
  }

  // ------------------------------------------------------------------------------------------------ warnings

  private void warnFirst(DropReason reason) {
    if (!EXPECTED.contains(reason) && Log.warns()) {
      core.context().threads().tell(() -> warn(reason));
    }
  }

  private void warn(DropReason reason) {
    int i = reason.ordinal();
    long count = counts.get(i);
    long news = count - inWarnings[i];
    if (news == 0) {
      warned.set(i, 0);
      if (counts.get(i) != count && warned.compareAndSet(i, 0, 1)) {
        warn(reason); // dropped between the two looks
      }
      return;
    }
    if (core.context().warnings().mayWarn()) {
      inWarnings[i] = count;
      Log.warn(
          core
              + " dropped "
              + news
              + (news == count ? "" : " more")
              + (news == 1 ? " message" : " messages")
              + ", because "
              + reason.meaning()
              + " ("
              + reason
              + ")"
              + (news == count ? "" : "; " + count + " in all")
              + core.context().warnings().leftOut());
    }
    planWarning(reason);
  }

  private void planWarning(DropReason reason) {
    if (!over) {
      core.context().threads().tellLater(() -> warn(reason), WARN_MILLIS);
    }
  }

  /** The socket is gone: tells what is not told yet. Under no lock. */
  void close() {
    if (listening != null || Flight.recordsDrops()) {
      core.context().threads().tell(this::tell);
    }
    if (counts().keySet().stream().anyMatch(r -> !EXPECTED.contains(r)) && Log.warns()) {
      core.context().threads().tell(this::warnLast);
    }
  }

  /** Nobody waits ten seconds for the rest: the context may have ended by then. */
  private void warnLast() {
    over = true;
    for (DropReason reason : REASONS) {
      int i = reason.ordinal();
      if (!EXPECTED.contains(reason) && counts.get(i) > inWarnings[i]) {
        warned.set(i, 1);
        warn(reason);
      }
    }
  }

  /** The counts go over to the context, and so does what is counted from now on. */
  Map<DropReason, Long> end() {
    gone = true;
    return counts();
  }
}
