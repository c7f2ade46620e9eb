package io.niomq.internal.pipe;

/**
 * When a peer was last heard. A connection knows it; of an inproc peer it is told, as far as that
 * can be without a note for each message, by comparing how much has come from one look to the next.
 * Guarded by the socket's lock. Times are those of {@link System#nanoTime}.
 */
public final class Heard {
  private long octets;
  private long lookedAt;

  /** Octets came after this time; and none since the other. */
  private long after;

  private long before;

  private boolean ever;

  public Heard(long connectedAt) {
    lookedAt = connectedAt;
  }

  /** Notes how many octets have come by now. */
  public void look(long octetsNow, long now) {
    if (octetsNow != octets) {
      octets = octetsNow;
      after = lookedAt;
      before = now;
      ever = true;
    }
    lookedAt = now;
  }

  /** Octets came then, the last of them perhaps later; {@code at} is 0 when that is not known. */
  public void note(long at, boolean later, long now) {
    if (at != 0) {
      after = at;
      before = later ? now : at;
      ever = true;
    }
  }

  public boolean ever() {
    return ever;
  }

  /** The last octets came at most this long ago. */
  public long withinNanos(long now) {
    return now - after;
  }

  /** Nothing came for at least this long. */
  public long silentNanos(long now) {
    return now - before;
  }
}
