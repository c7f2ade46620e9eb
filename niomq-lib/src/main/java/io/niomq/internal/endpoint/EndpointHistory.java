package io.niomq.internal.endpoint;

import io.niomq.explain.EndpointReport;
import io.niomq.explain.EndpointReport.State;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What has become of one endpoint so far, for reports. Written on I/O threads when something
 * happens to a connection, read by any thread.
 */
public final class EndpointHistory {
  private final String endpoint;
  private final boolean bound;
  private final AtomicLong attempts = new AtomicLong();
  private final AtomicLong connections = new AtomicLong();
  private volatile State state;
  private volatile long since = System.nanoTime();
  private volatile String lastError = "";

  /** When the next attempt is due; 0 when none is planned. */
  private volatile long next;

  public EndpointHistory(String endpoint, boolean bound) {
    this.endpoint = endpoint;
    this.bound = bound;
    this.state = bound ? State.LISTENING : State.CONNECTING;
  }

  public String endpoint() {
    return endpoint;
  }

  private void be(State newState) {
    next = 0;
    if (state != newState) {
      since = System.nanoTime();
      state = newState;
    }
  }

  void attempt() {
    attempts.incrementAndGet();
    be(State.CONNECTING);
  }

  void handshake() {
    be(State.HANDSHAKE);
  }

  void connected() {
    connections.incrementAndGet();
    if (!bound) {
      be(State.CONNECTED);
    }
  }

  /** It has failed for good. */
  public void failed(String error) {
    lastError = error;
    gaveUp();
  }

  /** There is no further attempt. */
  void gaveUp() {
    be(State.FAILED);
  }

  /**
   * An attempt or a connection has failed, and {@link #retry} or {@link #gaveUp} follows; or one of
   * the peers of a bound endpoint has.
   */
  public void error(String error) {
    lastError = error;
  }

  /** This side has closed it, or over inproc the peer. */
  public void closed() {
    be(State.CLOSED);
  }

  void retry(long delayNanos) {
    be(State.RETRYING);
    long at = System.nanoTime() + delayNanos;
    next = at == 0 ? 1 : at;
  }

  public EndpointReport report() {
    long now = System.nanoTime();
    long at = next;
    return new EndpointReport(
        endpoint,
        bound,
        state,
        Duration.ofNanos(Math.max(0, now - since)),
        attempts.get(),
        connections.get(),
        lastError,
        at == 0 ? null : Duration.ofNanos(Math.max(0, at - now)));
  }
}
