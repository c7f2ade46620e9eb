package io.niomq.explain;

import java.time.Duration;

/**
 * An endpoint of a socket.
 *
 * @param endpoint its text, as bound (with the real port) or connected
 * @param bound true when bound, false when connecting
 * @param state how it stands
 * @param stateFor for how long; null when that is not known
 * @param attempts how often a connecting endpoint has tried
 * @param connections how many handshakes have succeeded so far
 * @param lastError the last failure, in words; empty when there was none
 * @param nextAttempt the time until the next attempt to connect; null when none is planned
 */
public record EndpointReport(
    String endpoint,
    boolean bound,
    State state,
    Duration stateFor,
    long attempts,
    long connections,
    String lastError,
    Duration nextAttempt) {

  /** How an endpoint stands. */
  public enum State {
    /** Bound: peers may come. */
    LISTENING,
    /** An attempt to connect is under way. */
    CONNECTING,
    /** The transport is connected, the handshake is under way. */
    HANDSHAKE,
    /** Messages can flow. */
    CONNECTED,
    /** Not connected; the next attempt is planned. */
    RETRYING,
    /** inproc: connected, and nobody has bound the name yet. */
    UNBOUND,
    /** Gave up, or could not be bound. */
    FAILED,
    /** The peer has closed for good (inproc); or this side has, and something is left to send. */
    CLOSED
  }

  Json json() {
    return new Json()
        .add("endpoint", endpoint)
        .add("bound", bound)
        .add("state", state)
        .add("stateForMillis", stateFor)
        .add("attempts", attempts)
        .add("connections", connections)
        .add("lastError", lastError)
        .add("nextAttemptMillis", nextAttempt);
  }
}
