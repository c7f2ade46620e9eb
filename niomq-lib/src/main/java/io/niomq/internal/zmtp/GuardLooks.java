package io.niomq.internal.zmtp;

/**
 * What a guard says of itself, and senders read now and then. The distance after it keeps its cache
 * line from theirs.
 */
abstract class GuardLooks {
  /** When it last looked. Written last, read first. */
  private volatile long lookedAt;

  /** How long that was after the look before, or the next will be after it. */
  private long round;

  /** Whether it leaves the writing to its senders. */
  private boolean patient;

  @SuppressWarnings("unused")
  private long p0, p1, p2, p3, p4, p5, p6, p7;

  /** A guard has come, and will look. I/O thread. */
  final void begun() {
    round = 0;
    patient = false;
    lookedAt = now();
  }

  /**
   * The guard has looked. I/O thread.
   *
   * @param restNanos how long it rests before it looks again
   */
  final void looked(boolean isPatient, long restNanos) {
    long now = now();
    round = Math.max(now - lookedAt, restNanos);
    patient = isPatient;
    lookedAt = now;
  }

  final long lookedAt() {
    return lookedAt;
  }

  final long round() {
    return round;
  }

  final boolean isPatient() {
    return patient;
  }

  long now() {
    return System.nanoTime();
  }
}
