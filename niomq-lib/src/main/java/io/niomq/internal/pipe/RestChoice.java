package io.niomq.internal.pipe;

/**
 * For how long the chunks of a fast stream lie in the pool before they are filled again. While the
 * two threads run on processors that share a cache, few should go round, so that they stay in it;
 * while each has caches of its own, memory is written several times as fast when it has left them
 * all. Where threads run cannot be asked for, and changes; so both are tried, again and again, and
 * the stream goes on with what was faster.
 *
 * <p>Owned by the queue's producer. The figures stand in docs/decisions/0027-distance.md.
 */
final class RestChoice {
  /** So many chunks are filled before anything changes. */
  static final int TURN = 32;

  /** The first of them say nothing: they, or what the consumer reads, are of the turn before. */
  static final int SETTLING = 4;

  /** So many turns with what is chosen, */
  static final int CHOSEN_TURNS = 15;

  /** and so many with the other. */
  static final int OTHER_TURNS = 1;

  /** To let them rest for longer takes memory, and has to be faster by this. */
  private static final double WORTH = 0.9;

  private boolean longerChosen;
  private int turns;
  private int chunks;
  private long octets;
  private long nanos;

  /** The fastest turn of each, in nanoseconds for an octet. */
  private double shorterCost = Double.MAX_VALUE;

  private double longerCost = Double.MAX_VALUE;

  /** A chunk was filled: for how long the next one should have rested. */
  Rest next(long chunkOctets, long chunkNanos) {
    if (++chunks > SETTLING) {
      octets += chunkOctets;
      nanos += chunkNanos;
    }
    if (chunks == TURN) {
      endTurn();
    }
    return isLonger() ? Rest.LONG : Rest.SHORT;
  }

  private boolean isLonger() {
    return longerChosen == turns < CHOSEN_TURNS;
  }

  private void endTurn() {
    double cost = (double) nanos / octets;
    if (isLonger()) {
      longerCost = Math.min(longerCost, cost);
    } else {
      shorterCost = Math.min(shorterCost, cost);
    }
    chunks = 0;
    octets = 0;
    nanos = 0;
    if (++turns == CHOSEN_TURNS + OTHER_TURNS) {
      longerChosen = longerCost < shorterCost * WORTH;
      turns = 0;
      longerCost = Double.MAX_VALUE;
      shorterCost = Double.MAX_VALUE;
    }
  }
}
