package io.niomq.internal.socket;

import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.PipeLink;
import java.util.concurrent.locks.LockSupport;

/**
 * A moment that a reader gives the only peer of its socket before it sleeps. A peer that sends a
 * stream has to wake whoever sleeps at each of its writes, which costs it more than the write. In a
 * stream of large messages the reader looks meanwhile: who reads at once takes work off the peer,
 * since the system then does what a packet needs in the reader's time.
 *
 * <p>Belongs to the thread that drives the socket. The reasons and figures stand in
 * docs/decisions/0011-pacing.md.
 */
final class StreamPause {
  /** Who sends so much between two waits sends a stream. */
  private static final int STREAM_OCTETS = 64 << 10;

  /** And its messages are large if this is their mean size, or more. */
  private static final int LARGE_OCTETS = 4 << 10;

  /** The timer makes it three times as long. */
  private static final long PAUSE_NANOS = 20_000;

  private final Spin spin;

  /** What had come, of an incomplete message too, when a thread last found no more. */
  private long octetsSeen;

  private long messagesSeen;

  /** What has come since then is large messages. */
  private boolean large;

  StreamPause(long spinNanos) {
    this.spin = new Spin(spinNanos);
  }

  /**
   * A reader finds no more: whether it should wait for a moment. An answer is not part of a stream,
   * however long it is.
   */
  boolean isDue(Pipe sole, PipeLink link, boolean answer) {
    long octets = sole.in.appendedOctets() + link.octetsOfIncomplete() - octetsSeen;
    long messages = sole.in.appended() - messagesSeen;
    octetsSeen += octets;
    messagesSeen += messages;
    large = octets >= messages * LARGE_OCTETS;
    return octets >= STREAM_OCTETS && !answer;
  }

  /** Waits for a moment; true when something came. */
  boolean bringsMore(PipeLink link) {
    boolean came;
    if (spin.begin(large)) {
      do {
        came = link.fill();
      } while (!came && !link.isFinished() && spin.goesOn());
    } else {
      LockSupport.parkNanos(this, PAUSE_NANOS);
      came = link.fill();
    }
    spin.end();
    return came;
  }
}
