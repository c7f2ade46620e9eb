package io.niomq.internal.zmtp;

import io.niomq.Errno;
import io.niomq.SocketOptions;
import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.option.OptionValues;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Finds out when a peer has fallen silent, and ends the connection then.
 *
 * <p>Two clocks, both on the I/O thread. <b>Ours:</b> a PING goes out every {@code
 * ZMQ_HEARTBEAT_IVL}; when nothing at all has come for {@code ZMQ_HEARTBEAT_TIMEOUT} after one, the
 * peer is gone. <b>The peer's:</b> its PING may say how long we should bear its silence; that holds
 * until its next PING.
 *
 * <p>Traffic pays nothing: when a clock rings, the octets read so far are compared with those of
 * the last time, and the channel is read once more before the verdict, because whoever should have
 * read (a caller that has claimed its socket) may have lost its processor. While the inbound queue
 * is full we do not listen, so there is no verdict.
 *
 * <p>RFC 37, Connection Heartbeating; docs/decisions/0017-heartbeats.md.
 */
final class Heartbeat {
  /** What a last look at the channel came to. */
  enum Look {
    /** Something has come, or nobody listens. */
    HEARD,
    NOTHING,
    /** Somebody else is reading at this moment. */
    BUSY
  }

  /** A peer's silence is noticed after its time to live and at most one such part of it. */
  private static final int TTL_PARTS = 4;

  private static final long TTL_UNIT_NANOS = 100_000_000;
  private static final long MOMENT_NANOS = 1_000_000;
  private static final byte[] PING = "\4PING".getBytes(StandardCharsets.US_ASCII);

  private final Connection connection;
  private final byte[] ping;
  private final long intervalNanos;
  private final long timeoutNanos;
  private final EventLoop.Timer pinger;
  private final EventLoop.Timer answerTimer;
  private final EventLoop.Timer ttlTimer;

  /** Where the last PING ends in the outbound queue. */
  private long pingEnd;

  /** What was read, and what was taken from us, when {@link #answerTimer} was planned. */
  private long readAtPing;

  private long sentAtPing;
  private int ttl;
  private long readAtTtlLook;
  private int silentParts;

  Heartbeat(Connection connection, EventLoop loop, OptionValues options) {
    this.connection = connection;
    this.intervalNanos = options.nanos(SocketOptions.HEARTBEAT_IVL);
    long timeout = options.nanos(SocketOptions.HEARTBEAT_TIMEOUT);
    this.timeoutNanos = timeout < 0 ? intervalNanos : timeout;
    short tenths = (short) (options.nanos(SocketOptions.HEARTBEAT_TTL) / TTL_UNIT_NANOS);
    this.ping = ByteBuffer.allocate(PING.length + 2).put(PING).putShort(tenths).array();
    this.pinger = loop.timer(this::pingDue);
    this.answerTimer = loop.timer(this::answerDue);
    this.ttlTimer = loop.timer(this::ttlLook);
  }

  /** Begins to send PINGs, if the options say so. */
  void start() {
    if (intervalNanos > 0) {
      pinger.plan(intervalNanos);
    }
  }

  void end() {
    pinger.cancel();
    answerTimer.cancel();
    ttlTimer.cancel();
  }

  private void pingDue() {
    pinger.plan(intervalNanos);
    if (connection.takenOctets() >= pingEnd) { // otherwise the last one is still to be sent
      pingEnd = connection.appendCommand(ping);
    }
    if (timeoutNanos > 0 && (!answerTimer.isPlanned() || connection.octetsRead() != readAtPing)) {
      readAtPing = connection.octetsRead();
      sentAtPing = connection.octetsSent();
      answerTimer.plan(timeoutNanos);
    }
  }

  private void answerDue() {
    if (connection.octetsRead() != readAtPing) {
      return; // the next PING plans this again
    }
    switch (connection.lookOnce()) {
      case HEARD -> {}
      case BUSY -> answerTimer.plan(MOMENT_NANOS);
      case NOTHING -> {
        long sent = connection.octetsSent();
        if (sent != sentAtPing && connection.takenOctets() < pingEnd) {
          sentAtPing = sent; // the peer has not seen our PING yet, but takes what is before it
          answerTimer.plan(timeoutNanos);
        } else {
          giveUp(timeoutNanos, "after a PING (ZMQ_HEARTBEAT_TIMEOUT)");
        }
      }
    }
  }

  /** The peer's PING said this, in tenths of a second; 0: there is no limit. */
  void timeToLive(int tenths) {
    ttl = tenths;
    if (tenths == 0) {
      ttlTimer.cancel();
      return;
    }
    readAtTtlLook = connection.octetsRead();
    silentParts = 0;
    ttlTimer.plan(ttlPartNanos());
  }

  private long ttlPartNanos() {
    return ttl * TTL_UNIT_NANOS / TTL_PARTS;
  }

  private void ttlLook() {
    long read = connection.octetsRead();
    silentParts = read == readAtTtlLook ? silentParts + 1 : 0;
    readAtTtlLook = read;
    if (silentParts < TTL_PARTS) {
      ttlTimer.plan(ttlPartNanos());
      return;
    }
    switch (connection.lookOnce()) {
      case HEARD -> {
        silentParts = 0;
        ttlTimer.plan(ttlPartNanos());
      }
      case BUSY -> ttlTimer.plan(MOMENT_NANOS);
      case NOTHING -> giveUp(ttl * TTL_UNIT_NANOS, "as long as it said it would speak within");
    }
  }

  private void giveUp(long nanos, String why) {
    connection.fail(
        new CloseCause(
            CloseCause.Kind.TIMEOUT,
            Errno.ETIMEDOUT,
            "nothing came from the peer for " + nanos / 1_000_000 + " ms " + why));
  }
}
