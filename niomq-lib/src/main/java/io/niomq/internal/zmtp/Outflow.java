package io.niomq.internal.zmtp;

import io.niomq.Errno;
import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.loop.LoopTask;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.PipeLink;
import io.niomq.internal.pipe.SendPace;
import io.niomq.internal.pipe.SocketLock;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * The writing side of a connection, from the outbound queue of its pipe to the channel: who writes,
 * and when. {@link OutflowGuard} looks after what is left.
 *
 * <p><b>Writing: the invariant.</b> A published octet is in one of four states: its drainer is
 * running; {@link #armed} is set and the I/O thread will look (as a guard, or when the channel
 * takes more); its sender is still inside {@code send}; or there is no connection. {@link #armed},
 * {@link #channelFull} and {@link #budget} are guarded by the socket's lock: an append under the
 * lock before {@code armed} is cleared is seen by the emptiness check made under the same lock, an
 * append after it finds {@code armed} cleared. While the socket holds messages back that are in no
 * queue yet ({@link Pipe#heldBack}), no guard clears it but after it has released them.
 */
final class Outflow {
  /** What a guard comes to that has found nothing to do. */
  enum Leave {
    /** The channel is full, and will call. */
    CHANNEL_FULL,

    /** The socket holds messages back that are in no queue yet. */
    HELD_BACK,

    /** Something is left to write, or somebody writes while the connection lingers. */
    NOT_YET,

    /** Nothing is left; from now on it waits for the next burst. */
    EXPECTANT,

    /** A sender writes; it waits for a burst as before. */
    STILL_EXPECTANT,

    /** Who appends next calls it. While the connection lingers: all is sent. */
    DONE
  }

  /** A socket is quiet when none of its senders has written for this long. */
  private static final long QUIET_NANOS = 10_000;

  /**
   * And this for each peer but one that a message goes to: what a write takes that wakes a reader.
   */
  private static final long WAKING_NANOS = 20_000;

  /** A sender writes by itself when this much is queued. */
  private static final int BULK_OCTETS = 512 << 10;

  /** The same for a channel with a small buffer: much more does not go into it at a time. */
  private static final int BULK_OCTETS_OF_LITTLE = 128 << 10;

  private static final int BULK_MESSAGES_UNLIMITED = 500;

  /** What {@link #write} came to: something was written; the channel takes no more for now. */
  static final int WROTE = 1;

  static final int FULL = 2;

  /** Those who send to more peers in turn have no time to look after the guard. */
  private static final int WATCHED_CROWD_MAX = 8;

  /** So much of a burst is not left for its last message to be written. */
  private static final int EXPECTED_OCTETS = 32 << 10;

  private final Connection connection;
  private final SocketChannel channel;
  private final EventLoop loop;
  private final Pipe pipe;
  private final FrameQueue out;
  private final SendPace pace;

  /** Null when the peer takes the queue's own form. */
  private final FrameWriter writer;

  private final boolean flushesEachMessage;
  private final int bulkOctets;
  private final GuardWatch watch;
  private final Pacing pacing;

  /** The I/O thread's part; its methods are for the I/O thread. */
  final OutflowGuard guard;

  private final LoopTask guardTask;
  private final LoopTask writeTask = new LoopTask(this::requestWrite);

  // Guarded by the socket's lock.
  private boolean armed;
  private boolean ended;
  private boolean channelFull;
  private boolean writeRequested;
  private int budget;
  private long bulkMark;

  private final Bursts bursts = new Bursts();

  /** Whether the guard stays after a burst, and looks now and then, because the next comes soon. */
  private boolean expectant;

  /** When a sender last wrote here, or called the I/O thread. */
  private volatile long lastDirect = System.nanoTime();

  Outflow(
      Connection connection,
      SocketChannel channel,
      EventLoop loop,
      Pipe pipe,
      FrameWriter writer,
      boolean flushesEachMessage) {
    this(connection, channel, loop, pipe, writer, flushesEachMessage, new GuardWatch());
  }

  /** With a clock of the tests' own. */
  Outflow(
      Connection connection,
      SocketChannel channel,
      EventLoop loop,
      Pipe pipe,
      FrameWriter writer,
      boolean flushesEachMessage,
      GuardWatch watch) {
    this.connection = connection;
    this.channel = channel;
    this.loop = loop;
    this.pipe = pipe;
    this.out = pipe.out;
    this.pace = pipe.owner.sendPace();
    this.writer = writer;
    this.flushesEachMessage = flushesEachMessage;
    this.watch = watch;
    boolean holdsLittle = holdsLittle(channel);
    this.bulkOctets = holdsLittle ? BULK_OCTETS_OF_LITTLE : BULK_OCTETS;
    this.pacing = new Pacing(this, connection, pipe, holdsLittle);
    this.guard = new OutflowGuard(this, connection, loop, pipe, watch, pacing);
    this.guardTask = new LoopTask(guard::start);
    if (writer != null) {
      out.own();
      out.alignTaken();
      out.disown();
    }
    lock().lock();
    pace.addConnections(1);
    arm(true); // nobody sees this connection yet
    lock().unlock();
  }

  /** Whether the system's buffer is a small one, as those of ipc are. */
  private static boolean holdsLittle(SocketChannel channel) {
    try {
      return channel.getRemoteAddress() instanceof UnixDomainSocketAddress;
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  /** See {@link PipeLink#onAppended}. */
  int onAppended() {
    if (armed) {
      if (channelFull) {
        return pipe.pacesSender && pacing.isWorthWhile() ? PipeLink.PACE : 0;
      }
      int mark = out.highWaterMark();
      if (out.holdsAtLeast(mark == 0 ? BULK_MESSAGES_UNLIMITED : Math.max(1, mark / 2))
          || out.appendedOctets() - bulkMark >= bulkOctets) {
        bulkMark = out.appendedOctets();
        boolean waits = pipe.pacesSender || (mark > 0 && out.holdsAtLeast(mark - mark / 4));
        return waits ? PipeLink.SEND | PipeLink.PACE : PipeLink.SEND;
      }
      if (expectant) {
        return onExpected();
      }
      int crowd = Math.max(pipe.crowd, pace.crowd());
      if (crowd > WATCHED_CROWD_MAX) {
        return 0;
      }
      return completesBurst() || watch.isLate(lastDirect, crowd) ? PipeLink.SEND : 0;
    }
    bulkMark = out.appendedOctets();
    if (flushesEachMessage) {
      return PipeLink.SEND;
    }
    if (budget == 0 && pace.isQuiet(QUIET_NANOS + (pipe.crowd - 1) * WAKING_NANOS)) {
      budget = 1;
    }
    if (budget > 0) {
      budget--;
      beginBurst();
      return PipeLink.SEND;
    }
    if (completesBurst()) {
      return PipeLink.SEND;
    }
    arm(true);
    return PipeLink.GUARD;
  }

  /** See {@link PipeLink#isGuarded}. */
  boolean isArmed() {
    return armed;
  }

  /**
   * A message was appended while the guard expects a burst: it goes out with the last one. Should
   * that not come, the guard looks soon enough.
   */
  private int onExpected() {
    long appended = out.appended();
    if (appended > bursts.end()) {
      if (budget == 0 && !pace.isQuiet(QUIET_NANOS)) {
        expectant = false; // longer than expected
        return PipeLink.GUARD;
      }
      budget = 0;
      beginBurst();
    }
    if (completesBurst()) {
      bulkMark = out.appendedOctets();
      return PipeLink.SEND;
    }
    if (out.appendedOctets() - bulkMark >= EXPECTED_OCTETS) {
      bulkMark = out.appendedOctets();
      return PipeLink.SEND;
    }
    return watch.isLate(lastDirect, 1) ? PipeLink.SEND : 0;
  }

  /** A message after a pause was appended. */
  private void beginBurst() {
    bursts.begin(out.appended() - 1, watch.now());
  }

  /** Whether the burst is as long as the last one now. */
  private boolean completesBurst() {
    if (out.appended() != bursts.end()) {
      return false;
    }
    bursts.ended(watch.now());
    return true;
  }

  /** Under the lock, like everything about {@link #armed}. */
  private void arm(boolean on) {
    if (armed != on) {
      armed = on;
      if (!ended) {
        pace.addArmed(on ? 1 : -1);
      }
    }
  }

  /** See {@link PipeLink#refillBudget}. */
  void refillBudget() {
    budget = 1;
  }

  /** Does what {@link #onAppended} asked for. Without the lock. */
  void act(int actions) {
    boolean paces = (actions & PipeLink.PACE) != 0;
    assert !paces || !loop.isLoopThread() : "the I/O thread does not wait";
    if (paces && pipe.pacesSender) {
      pacing.pace();
      wrote();
    } else if ((actions & PipeLink.SEND) != 0) {
      drain();
      wrote();
    }
    if ((actions & PipeLink.GUARD) != 0) {
      loop.execute(guardTask);
      wrote();
    }
    if (paces && !pipe.pacesSender) {
      pacing.insist();
    }
  }

  private void wrote() {
    long now = System.nanoTime();
    pace.wrote(now);
    lastDirect = now;
  }

  /** Writes what is queued, unless somebody else does; returns whether anything was written. */
  boolean drain() {
    int done = write();
    if ((done & FULL) != 0) {
      waitForChannel();
    }
    return (done & WROTE) != 0;
  }

  /** Writes what is queued, unless somebody else does; returns {@link #WROTE}, {@link #FULL}. */
  int write() {
    int done = 0;
    boolean more = true;
    while (more) {
      if (connection.isFinished() || !out.tryOwn()) {
        return done;
      }
      boolean all = false;
      boolean news = false;
      try {
        if (connection.isFinished()) {
          return done; // the end of the connection waits for this side; finally gives it back
        }
        long before = out.written();
        all = writer == null ? out.writeTo(channel) : translate();
        if (out.written() != before) {
          done |= WROTE;
        }
        news = out.takeCreditNews();
      } catch (IOException e) {
        connection.fail(CloseCause.lost(e));
      } catch (RuntimeException | Error e) {
        connection.failed(e); // nobody would look after what is left
        throw e;
      } finally {
        more = out.disown();
      }
      if (news && pipe.isMuted()) {
        pipe.owner.onWritable(pipe);
      }
      if (connection.isFinished()) {
        return done;
      }
      if (!all) {
        return done | FULL;
      }
    }
    return done;
  }

  private boolean translate() throws IOException {
    boolean all = writer.write(out, channel);
    if (writer.hasHungUp()) {
      connection.fail(
          new CloseCause(CloseCause.Kind.LOCAL, Errno.EPIPE, "closed by an empty message"));
    }
    return all;
  }

  /** The I/O thread is told that the channel is full. */
  void waitForChannel() {
    boolean first;
    lock().lock();
    first = !writeRequested;
    writeRequested = true;
    channelFull = true;
    arm(true);
    lock().unlock();
    if (first) {
      loop.execute(writeTask);
    }
  }

  private void requestWrite() {
    if (!connection.isFinished()) {
      connection.interest(SelectionKey.OP_WRITE, true);
    }
  }

  /**
   * A sender's last write did not find the channel full. The I/O thread looks all the same, when
   * the channel calls. Under the lock.
   */
  void channelNotFull() {
    channelFull = false;
  }

  /** The channel takes more again. I/O thread. */
  void channelTakesMore() {
    lock().lock();
    channelFull = false;
    writeRequested = false;
    lock().unlock();
    guard.goOn();
  }

  /** Only what is queued is still sent. I/O thread. */
  void linger(boolean atOnce) {
    boolean full;
    lock().lock();
    arm(true);
    full = channelFull;
    lock().unlock();
    if (!full) {
      guard.start();
      if (atOnce) {
        guard.look();
      }
    }
  }

  /** See {@link PipeLink#trim}. */
  void trim() {
    if (!connection.isFinished() && out.tryOwn()) {
      if (writer == null || !writer.hasPending()) {
        out.trim();
      }
      out.disown();
    }
  }

  /** Octets that the channel has taken, up to a moment ago. Any thread. */
  long octetsSent() {
    return writer == null ? out.written() : writer.octetsSent();
  }

  /**
   * How far the queue has been written, or given up; compares with its appended octets. The caller
   * holds the consumer's side.
   */
  long takenOctets() {
    return writer != null && writer.hasPending() ? out.written() : out.takenOctets();
  }

  /** The time, as guards and those who wait for them take it. Any thread. */
  long now() {
    return watch.now();
  }

  /** The connection ends, and counts no longer. The caller does not hold the queue. */
  void end() {
    lock().lock();
    arm(false);
    if (!ended) {
      pace.addConnections(-1);
    }
    ended = true;
    lock().unlock();
  }

  /**
   * The connection has ended: gives up what was written in part. The caller holds the consumer's
   * side of the queue.
   *
   * @return whether there was a message among it
   */
  boolean giveUp() {
    boolean partly = out.skipPartlyWritten();
    return partly || (writer != null && writer.pendingMessages() > 0);
  }

  // ------------------------------------------------------------------------------------------------ for the guard

  /**
   * The guard leaves if there is nothing to do for now, or somebody else sees to it. I/O thread,
   * without the lock.
   */
  Leave leave() {
    lock().lock();
    try {
      if (channelFull) {
        expectant = false;
        return Leave.CHANNEL_FULL;
      }
      if (pipe.heldBack) {
        return Leave.HELD_BACK;
      }
      if (!out.tryOwn()) {
        return leaveToWriter();
      }
      try {
        if (!out.isEmpty() || (writer != null && writer.hasPending())) {
          return Leave.NOT_YET;
        }
        expectant = expectsBurst();
        arm(expectant);
      } finally {
        out.disown();
      }
      if (!expectant) {
        return Leave.DONE;
      }
      bulkMark = out.appendedOctets();
      return Leave.EXPECTANT;
    } finally {
      lock().unlock();
    }
  }

  /**
   * Whoever has the queue looks again afterwards, and finds what is there by now. To wait for a
   * thread that may have lost its processor to this one would take milliseconds.
   */
  private Leave leaveToWriter() {
    if (connection.isLingering()) {
      return Leave.NOT_YET;
    }
    if (expectant) {
      return Leave.STILL_EXPECTANT;
    }
    arm(false);
    return Leave.DONE;
  }

  /** Whether to wait for the next burst here takes less than to be called to it. */
  private boolean expectsBurst() {
    if (!bursts.areSteady() || connection.isLingering() || !pace.isForOne() || loop.isInDemand()) {
      return false;
    }
    long now = watch.now();
    return out.appended() == bursts.end()
        ? now - bursts.endedAt() < Bursts.APART_MAX_NANOS
        : expectant && now - bursts.begunAt() < Bursts.LASTING_MAX_NANOS;
  }

  /** What comes is no burst. I/O thread, without the lock. */
  void expectNothing() {
    lock().lock();
    expectant = false;
    lock().unlock();
  }

  /** When a sender last wrote here, or called the I/O thread. Any thread. */
  long lastDirect() {
    return lastDirect;
  }

  private SocketLock lock() {
    return pipe.owner.socketLock();
  }
}
