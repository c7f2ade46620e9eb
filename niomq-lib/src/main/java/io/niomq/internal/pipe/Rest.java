package io.niomq.internal.pipe;

/** For how long a chunk has lain in the pool, untouched, when it is taken again. */
enum Rest {
  /** It may be the one that was used last. */
  NONE(0),

  /**
   * With what is in use about 4 MiB go round: more than most processors' second-level caches hold,
   * and no more than needed for that.
   */
  SHORT(3 << 20),

  /** At least so long: the one that was used before all others. */
  ENOUGH(3 << 20),

  /**
   * The same, and more go round than most last-level caches hold; but no more than a 32nd of the
   * heap's maximum, by which direct memory is limited, too.
   */
  LONG((int) Math.max(3 << 20, Math.min(31 << 20, Runtime.getRuntime().maxMemory() / 32)));

  /** So much lies untouched besides, of each size. */
  final int octets;

  Rest(int octets) {
    this.octets = octets;
  }
}
