package io.niomq.internal.socket;

import io.niomq.internal.pattern.SocketBehavior;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.PipeLink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * How threads wait in one socket: claim, drive, park, all in one place.
 *
 * <p><b>Drive.</b> A platform thread that waits for a message <em>claims</em> the socket: it blocks
 * in the socket's own selector ({@link Driver}), reads the channels by itself and returns with its
 * message. Nothing is handed over. The I/O thread notices the claim ({@link Claim}) when it meets a
 * readable channel, lets go of it, and takes it back one or two ticks after the last wait.
 * <b>Park.</b> A second thread in the same socket, a virtual thread, a thread that waits for room,
 * and one whose socket has only inproc peers park; they are woken through their {@link Waiter}. (A
 * virtual thread that expects an answer of its only connection reads that for a moment before.)
 *
 * <p><b>Why no wake-up is lost.</b> Whoever makes a message or room available reports it under the
 * socket's lock ({@link #changed}); a waiter looks for the last time, and registers, under the same
 * lock. So either the look sees it or the report sees the waiter. A waiter that leaves for another
 * reason passes on what it may have been woken for ({@link #passOn}).
 *
 * <p>Guarded by the socket's lock, except {@link #isClaimed}, which the I/O threads read.
 */
final class Waiting {
  private final SocketCore core;
  private final Pipes pipes;
  private final SocketBehavior behavior;
  private final Driver driver = new Driver();
  private final Spin spin;

  /** The driver's. */
  private final StreamPause streamPause;

  private final Waiters waiters = new Waiters();
  private final Claim claim = new Claim();

  /** The poll sets that read this socket while they wait, besides the driver. */
  private List<PolledSocket> polled = List.of();

  /** The driver's selector has not forgotten a channel that was closed. */
  private volatile boolean purgeLater;

  /**
   * The socket has sent something since it last received: an answer may be near. Others may read it
   * without the lock, and see what it was a moment ago.
   */
  private boolean expectsAnswer;

  Waiting(SocketCore core, Pipes pipes, SocketBehavior behavior) {
    this.core = core;
    this.pipes = pipes;
    this.behavior = behavior;
    this.spin = new Spin(core.context().spinNanos());
    this.streamPause = new StreamPause(core.context().spinNanos());
  }

  /**
   * Waits until it is worth looking again. The lock is held on entry and on return, also by
   * exception.
   *
   * @return false when the deadline has passed
   */
  boolean await(int interest, boolean timed, long deadline) {
    core.checkNotInterrupted();
    if (timed && deadline - System.nanoTime() <= 0) {
      return false;
    }
    boolean mayRead = interest == Waiter.IN && !driver.busy && !pipes.connectedPipes().isEmpty();
    if (!mayRead) {
      park(interest, timed, deadline);
    } else if (Threads.currentIsVirtual()) {
      lookAndPark(timed, deadline);
    } else if (!drive(timed, deadline) && core.isUsableLocked() && !behavior.canRecv()) {
      park(interest, timed, deadline);
    }
    core.checkNotInterrupted();
    return true;
  }

  // ------------------------------------------------------------------------------------------------ drive

  /** False when there is no selector to wait in: the I/O thread has to read instead. */
  private boolean drive(boolean timed, long deadline) {
    Pipe sole = claim();
    boolean answer = expectsAnswer;
    boolean spins = spin.begin(answer);
    pipes.unlock();
    try {
      PipeLink link = sole == null ? null : sole.link;
      if (link != null) {
        link.act(sole, PipeLink.SEND); // what we have not sent, its answer cannot come
        if (link.fill()
            || (streamPause.isDue(sole, link, answer) && streamPause.bringsMore(link))) {
          return true;
        }
      }
      PipeLink[] newcomers = prepareSelect();
      if (newcomers == null) {
        return true;
      }
      driver.register(newcomers);
      if (!spins || !driver.spin(spin, link)) {
        driver.select(timed ? millisUntil(deadline) : -1);
      }
      return true;
    } catch (IOException e) {
      if (driver.isOpen()) {
        throw new UncheckedIOException(e);
      }
      return false;
    } finally {
      pipes.lock();
      release();
      spin.end();
      if (sole != null && sole.link != null) {
        sole.link.refillBudget();
      }
    }
  }

  /**
   * A virtual thread reads its only connection by itself as long as it looks for an answer. Then it
   * parks: in a selector it would hold its carrier.
   */
  private void lookAndPark(boolean timed, long deadline) {
    Pipe sole = pipes.sole();
    if (sole == null || !waiters.isEmpty()) {
      park(Waiter.IN, timed, deadline);
    } else if (spin.begin(expectsAnswer) && bringsAnswer(sole)) {
      spin.end();
    } else {
      park(Waiter.IN, false, timed, deadline);
    }
  }

  /** Looks for as long as it may; true when it is worth looking at the queues. */
  private boolean bringsAnswer(Pipe sole) {
    claim();
    driver.selecting = true;
    boolean came = false;
    pipes.unlock();
    try {
      PipeLink link = sole.link;
      if (link != null) {
        link.act(sole, PipeLink.SEND);
        came = driver.spin(spin, link);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      pipes.lock();
      came |= !driver.selecting;
      release();
    }
    return came;
  }

  private Pipe claim() {
    driver.enter();
    claim.take();
    return pipes.sole();
  }

  private void release() {
    driver.leave();
    claim.returned(pipes::later);
    if (core.isClosedLocked()) {
      driver.close();
    }
  }

  /** The last look before the select; null when there is something to see. */
  private PipeLink[] prepareSelect() throws IOException {
    pipes.lock();
    try {
      if (!core.isUsableLocked() || behavior.canRecv()) {
        return null;
      }
      openDriver();
      driver.selecting = true;
      return driver.takeNewcomers();
    } finally {
      pipes.unlock();
    }
  }

  private void openDriver() throws IOException {
    if (!driver.isOpen()) {
      driver.open();
      for (Pipe pipe : pipes.connectedPipes()) {
        driver.add(pipe.link);
      }
    }
  }

  /** For tests. */
  void openWith(Driver.Opening opening) {
    driver.opening = opening;
  }

  /** Rounded up; never 0. */
  private static long millisUntil(long deadline) {
    return Math.max(1, (deadline - System.nanoTime() + 999_999) / 1_000_000);
  }

  /**
   * A look without waiting, when the I/O thread may have left the channels to us; true when it is
   * worth looking again.
   */
  boolean lookOnce() {
    if (!claim.holds() || driver.busy || (pipes.sole() == null && Threads.currentIsVirtual())) {
      return false;
    }
    Pipe sole = claim();
    boolean looked = true;
    pipes.unlock();
    try {
      if (sole != null) {
        PipeLink link = sole.link;
        if (link != null) {
          link.fill();
        }
      } else {
        PipeLink[] newcomers = prepareSelect();
        if (newcomers != null) {
          driver.register(newcomers);
          driver.select(0);
        }
      }
    } catch (IOException e) {
      looked = driver.isOpen();
      if (looked) {
        throw new UncheckedIOException(e);
      }
    } finally {
      pipes.lock();
      release();
      if (!looked || waiters.wantMessages()) {
        unclaimFor(Waiter.IN); // there is no selector, or they came while the channels were ours
      }
    }
    return core.isUsableLocked(); // peers over inproc have reported to nobody meanwhile
  }

  // ------------------------------------------------------------------------------------------------ park

  private void park(int interest, boolean timed, long deadline) {
    boolean spins =
        interest == Waiter.IN && waiters.isEmpty() && !driver.busy && spin.begin(expectsAnswer);
    park(interest, spins, timed, deadline);
  }

  private void park(int interest, boolean spins, boolean timed, long deadline) {
    Waiter waiter = new Waiter(interest);
    waiters.add(waiter);
    unclaimFor(interest);
    pipes.unlock();
    try {
      if (!spins || !waiter.spin(spin)) {
        waiter.park(timed, deadline);
      }
    } finally {
      pipes.lock();
      spin.end();
      waiters.remove(waiter);
    }
  }

  /** A thread that parks needs the I/O thread to read, at once. */
  private void unclaimFor(int interest) {
    if ((interest & Waiter.IN) != 0 && claim.holds() && !driver.busy) {
      claim.end();
      for (Pipe pipe : pipes.connectedPipes()) {
        pipes.act(pipe, PipeLink.RESUME);
      }
    }
  }

  // ------------------------------------------------------------------------------------------------ watch (pollers)

  /**
   * Registers a waiter that watches, unless something has come already.
   *
   * @return the events that have come; 0 when the waiter was registered
   */
  int watch(Waiter waiter, int interest) {
    pipes.lock();
    try {
      int events = watchLocked(waiter, interest);
      if (events == 0) {
        unclaimFor(interest);
      }
      return events;
    } finally {
      pipes.unlock();
    }
  }

  private int watchLocked(Waiter waiter, int interest) {
    core.checkUsable();
    int events = core.eventsLocked(interest);
    if (events == 0) {
      waiters.add(waiter);
    }
    return events;
  }

  void unwatch(Waiter waiter) {
    pipes.lock();
    try {
      waiters.remove(waiter);
    } finally {
      pipes.unlock();
    }
  }

  /**
   * As {@link #watch}. If it {@code reads}, the poller claims the socket, unless another thread
   * has.
   */
  int watch(Waiter waiter, PolledSocket socket, boolean reads) {
    pipes.lock();
    try {
      int events = watchLocked(waiter, socket.interest);
      if (events == 0) {
        socket.begin(waiter);
        if (reads && socket.wantsMessages() && canClaim()) {
          socket.claim(claim());
        } else {
          unclaimFor(socket.interest);
        }
      }
      return events;
    } finally {
      pipes.unlock();
    }
  }

  void unwatch(Waiter waiter, PolledSocket socket) {
    boolean purges = false;
    pipes.lock();
    try {
      waiters.remove(waiter);
      if (socket.end()) {
        release();
        purges = purgeLater && enterToPurge();
        if (!purges) {
          passOn();
        }
      }
    } finally {
      pipes.unlock();
    }
    if (purges) {
      purgeEntered();
    }
  }

  /** As {@link #lookOnce}, for a poller that reads: true when it may, until {@link #unwatch}. */
  boolean lookOnce(PolledSocket socket) {
    pipes.lock();
    try {
      if (!claim.holds() || !core.isUsableLocked() || !canClaim()) {
        return false;
      }
      socket.claim(claim());
      return true;
    } finally {
      pipes.unlock();
    }
  }

  private boolean canClaim() {
    return !driver.busy && !pipes.connectedPipes().isEmpty();
  }

  /** Whether the socket has sent something since it last received. May be a moment old. */
  boolean expectsAnswer() {
    return expectsAnswer;
  }

  void attach(PolledSocket socket) {
    pipes.lock();
    try {
      polled = new ArrayList<>(polled);
      polled.add(socket);
      for (Pipe pipe : pipes.connectedPipes()) {
        socket.add(pipe.link);
      }
    } finally {
      pipes.unlock();
    }
  }

  void detach(PolledSocket socket) {
    pipes.lock();
    try {
      polled = new ArrayList<>(polled);
      polled.remove(socket);
    } finally {
      pipes.unlock();
    }
  }

  List<PipeLink> takeNewcomers(ArrayDeque<PipeLink> newcomers) {
    pipes.lock();
    try {
      List<PipeLink> links = newcomers.isEmpty() ? List.of() : List.copyOf(newcomers);
      newcomers.clear();
      return links;
    } finally {
      pipes.unlock();
    }
  }

  /** How many threads wait for a message. */
  int receiving() {
    boolean drives = driver.busy && polled.stream().noneMatch(PolledSocket::claims);
    return waiters.count(Waiter.IN) + (drives ? 1 : 0);
  }

  /** How many threads wait for room. */
  int sending() {
    return waiters.count(Waiter.OUT);
  }

  // ------------------------------------------------------------------------------------------------ tasks

  /** A task looks again: it is not waiting meanwhile. Returns whether it was. Under the lock. */
  boolean lookAgain(Waiter waiter) {
    boolean waited = waiters.remove(waiter);
    waiter.reset();
    return waited;
  }

  /** The task found nothing, and waits on. Under the lock, held since it looked. */
  void goOn(Waiter waiter) {
    waiters.add(waiter);
    unclaimFor(waiter.interest);
  }

  // ------------------------------------------------------------------------------------------------ wake

  /** Something has come, or has become possible. */
  void changed() {
    assert pipes.isLocked();
    if (driver.busy) {
      driver.wake();
    }
    if (!waiters.isEmpty()) {
      waiters.wake(!driver.busy);
    }
  }

  /** To send may be possible now, though no message has come. */
  void sendChanged() {
    assert pipes.isLocked();
    if (!waiters.isEmpty()) {
      waiters.wake(false);
    }
  }

  /** A message was sent: an answer may be near. */
  void sent() {
    if (!expectsAnswer) { // most often it is: what is not written stays in everybody's cache
      expectsAnswer = true;
    }
  }

  /** A message was taken: if there are more, another waiting thread may have the next. */
  void shareOut() {
    if (expectsAnswer) {
      expectsAnswer = false;
    }
    claim.use();
    if (waiters.isEmpty()) {
      return;
    }
    if (behavior.canRecv()) {
      changed();
    } else if (behavior.flushesEachMessage()) {
      sendChanged(); // the answer's turn, or the next request's
    }
  }

  /**
   * A thread stops waiting, for whatever reason: another one drives, or has what this one was woken
   * for.
   */
  void passOn() {
    if (!waiters.isEmpty() && !driver.busy) {
      waiters.wake(true);
    }
  }

  void wakeAll() {
    driver.wake();
    waiters.wakeAll();
  }

  // ------------------------------------------------------------------------------------------------ the I/O thread

  boolean isClaimed() {
    return claim.holds();
  }

  /** See {@code PipeOwner.reclaim}. */
  long reclaim(long seen) {
    return claim.reclaim(seen, driver.busy);
  }

  /** See {@code PipeOwner.onReturn}. */
  boolean onReturn(long seen, Runnable task) {
    return claim.onReturn(seen, driver.busy, task);
  }

  void channelAdded(PipeLink link) {
    if (driver.isOpen()) {
      driver.add(link);
    }
    for (PolledSocket p : polled) {
      p.add(link);
    }
    driver.wake();
    passOn(); // a parked thread may drive now
  }

  void channelRemoved(PipeLink link) {
    driver.remove(link);
    for (PolledSocket p : polled) {
      p.remove(link);
    }
  }

  /**
   * A channel was closed: its descriptor is free only when every selector has looked. Called
   * without the lock.
   */
  void purge() {
    purgeDriver();
    for (PolledSocket p : polledNow()) {
      p.set().purge();
    }
  }

  private List<PolledSocket> polledNow() {
    pipes.lock();
    try {
      return polled;
    } finally {
      pipes.unlock();
    }
  }

  private void purgeDriver() {
    pipes.lock();
    try {
      if (driver.busy) {
        purgeLater = true; // if a poller has the channels
        driver.wake();
        return;
      }
      if (!enterToPurge()) {
        return;
      }
    } finally {
      pipes.unlock();
    }
    purgeEntered();
  }

  /** Takes the driver if its selector has to look. Under the lock. */
  private boolean enterToPurge() {
    purgeLater = false;
    if (driver.isOpen()) {
      driver.enter();
      return true;
    }
    return false;
  }

  private void purgeEntered() {
    try {
      driver.select(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      pipes.lock();
      release();
      passOn();
      pipes.unlock();
    }
    if (purgeLater) {
      purgeDriver(); // another one was closed meanwhile
    }
  }

  /** The socket was closed: gives the selector back, or lets its user do so. */
  void closeDriver() {
    if (driver.busy) {
      driver.wake();
    } else {
      driver.close();
    }
  }
}
