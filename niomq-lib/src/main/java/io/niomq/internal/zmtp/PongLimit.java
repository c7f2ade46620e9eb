package io.niomq.internal.zmtp;

/** How many PONGs may wait for a peer to take them, so that its PINGs do not fill our memory. */
final class PongLimit {
  private static final int MAX = 1000;

  /** Since the peer had last taken all. */
  private int pongs;

  /** Where the last one ends in the queue. */
  private long end;

  /** Whether the peer gets no more, as long as it does not take those that it has. */
  boolean isReached() {
    return pongs >= MAX;
  }

  /** A PONG was appended that ends at {@code end}. */
  void appended(long end) {
    pongs++;
    this.end = end;
  }

  /** So much of the queue was taken. */
  void taken(long octets) {
    if (octets >= end) {
      pongs = 0;
    }
  }
}
