package io.niomq.internal.zmtp;

import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Pipe;

/**
 * The I/O thread's part in the writing of a connection: it looks at what senders have appended and
 * not written, as long as they append, seldom when they write much by themselves, and leaves when
 * there is nothing to do for a moment. Whether it may is decided under the socket's lock, by {@link
 * Outflow#leave}. I/O thread only.
 */
final class OutflowGuard implements EventLoop.Guard {
  /** It looks this often without finding anything before it leaves. */
  private static final int ROUNDS = Runtime.getRuntime().availableProcessors() > 1 ? 3 : 0;

  /** When so much was written since it came, it leaves the writing to whoever does it. */
  private static final int STREAM_OCTETS = 1 << 20;

  /**
   * When senders have written more than an octet in so many nanoseconds by themselves since its
   * last look, it need not look often.
   */
  private static final int UNNEEDED_NANOS_AN_OCTET = 4;

  /** Unless none of them has written for so long. */
  private static final long UNNEEDED_NANOS = 1_000_000;

  private final Outflow outflow;
  private final Connection connection;
  private final EventLoop loop;
  private final Pipe pipe;
  private final FrameQueue out;
  private final GuardWatch watch;
  private final Pacing pacing;

  private boolean guarding;

  /** Whether it has left because the channel was full. */
  private boolean leftFull;

  private int idleRounds;

  /** Whether the outflow may still expect a burst. */
  private boolean expected;

  private long guardedFrom;
  private long progressSeen;
  private long writtenSeen;

  OutflowGuard(
      Outflow outflow,
      Connection connection,
      EventLoop loop,
      Pipe pipe,
      GuardWatch watch,
      Pacing pacing) {
    this.outflow = outflow;
    this.connection = connection;
    this.loop = loop;
    this.pipe = pipe;
    this.out = pipe.out;
    this.watch = watch;
    this.pacing = pacing;
  }

  /** Begins to look after the queue, or is called to look at once. */
  void start() {
    if (!connection.isFinished()) {
      start(false);
    }
  }

  /** The channel takes more again. */
  void goOn() {
    start(leftFull);
    look();
    guarding = true; // it is among the loop's guards, whatever this look came to
  }

  /**
   * @param again whether it goes on where it left because the channel was full
   */
  private void start(boolean again) {
    idleRounds = 0;
    leftFull = false;
    if (guarding) {
      loop.lookAtOnce();
      return;
    }
    guarding = true;
    if (!again) {
      guardedFrom = out.written();
    }
    progressSeen = progress();
    watch.begun();
    loop.guard(this);
  }

  @Override
  public Look look() {
    try {
      return lookOnce();
    } catch (Throwable t) {
      guarding = false;
      connection.failed(t); // nobody else would look after what is left
      throw t;
    }
  }

  private Look lookOnce() {
    Look look = Look.DONE;
    if (!connection.isFinished()) {
      if (isStreaming()) {
        expectNothing();
        look = isUnneeded() ? Look.UNNEEDED : Look.PATIENT;
        if (out.written() == writtenSeen && !pacing.isGoing()) {
          outflow.drain(); // they append, but too little to write it by themselves
        }
      } else {
        look = writeOrLeave();
      }
      progressSeen = progress();
      writtenSeen = out.written();
      watch.looked(
          look == Look.PATIENT || look == Look.UNNEEDED,
          look == Look.EXPECTANT ? EventLoop.REST_NANOS : 0);
    }
    guarding = look != Look.DONE;
    return look;
  }

  /** Whether a sender writes much by itself: then two writers would only be in each other's way. */
  private boolean isStreaming() {
    return out.written() - guardedFrom >= STREAM_OCTETS
        && (out.isOwned() || progress() != progressSeen || pacing.isGoing())
        && !connection.isLingering();
  }

  /** Whether they write so much that they will hardly leave anything to the guard for long. */
  private boolean isUnneeded() {
    long now = watch.now();
    return (now - outflow.lastDirect() < UNNEEDED_NANOS || pacing.isGoing())
        && (out.written() - writtenSeen) * UNNEEDED_NANOS_AN_OCTET > now - watch.lookedAt();
  }

  private void expectNothing() {
    if (expected) {
      expected = false;
      outflow.expectNothing();
    }
  }

  /** Grows as long as senders are at work. What they append is seen sooner or later. */
  private long progress() {
    return out.written() + out.appendedOctets();
  }

  private Look writeOrLeave() {
    if (outflow.drain()) {
      idleRounds = 0;
      return connection.isFinished() ? Look.DONE : Look.BUSY;
    }
    if (connection.isFinished()) {
      return Look.DONE;
    }
    if (++idleRounds <= ROUNDS && !connection.isLingering()) {
      return Look.BUSY;
    }
    return leave();
  }

  private Look leave() {
    return switch (outflow.leave()) {
      case CHANNEL_FULL -> {
        leftFull = true;
        yield Look.DONE;
      }
      case HELD_BACK -> {
        pipe.owner.releaseHeld(); // and the next look finds it
        yield Look.BUSY;
      }
      case NOT_YET -> Look.BUSY;
      case EXPECTANT -> {
        expected = true;
        guardedFrom = out.written();
        idleRounds = ROUNDS;
        yield Look.EXPECTANT;
      }
      case STILL_EXPECTANT -> Look.EXPECTANT;
      case DONE -> {
        if (connection.isLingering()) {
          connection.sentAll();
        }
        yield Look.DONE;
      }
    };
  }
}
