package io.niomq.internal.pipe;

/**
 * How a socket sends, over all its connections together. Who sends to many peers in turn writes to
 * none of them often, and yet must not be taken for one that has paused: to write each message by
 * itself, and so to wake each reader, costs more than the pause.
 */
public final class SendPace {
  /**
   * When one of its senders was last done with a write, or with calling an I/O thread ({@link
   * System#nanoTime}).
   */
  private volatile long lastDirect = System.nanoTime();

  /** How many connections the socket has. Guarded by the socket's lock. */
  private int connections;

  /** How many connections an I/O thread looks after. Guarded by the socket's lock. */
  private int armed;

  /** A write, or a call, ended now. (Afterwards: what it takes is no pause.) Any thread. */
  public void wrote(long now) {
    lastDirect = now;
  }

  /** Whether there was no write for so long. Any thread. */
  public boolean isQuiet(long nanos) {
    return System.nanoTime() - lastDirect > nanos;
  }

  /** There is one connection more, or less. Under the socket's lock. */
  public void addConnections(int change) {
    connections += change;
    assert connections >= 0;
  }

  /** Whether there is no other connection. Under the socket's lock. */
  public boolean isForOne() {
    return connections == 1;
  }

  /** One connection more, or less, is armed. Under the socket's lock. */
  public void addArmed(int change) {
    armed += change;
    assert armed >= 0;
  }

  /** Among how many peers a sender seems to take turns. Under the socket's lock. */
  public int crowd() {
    return Math.max(1, armed);
  }
}
