package io.niomq.internal.pattern;

import io.niomq.explain.Turn;
import java.util.List;

/** What only the pattern knows of its socket, for a report. Filled in under the socket's lock. */
public final class PatternFacts {
  /** So many subscriptions are named. */
  static final int FIRST_MAX = 5;

  public Turn turn = Turn.ANY;

  /** Distinct prefixes; -1 when the type has none. */
  public int subscriptions = -1;

  public List<byte[]> firstSubscriptions = List.of();

  /** Messages that a publisher was given; -1 for other types. */
  public long published = -1;

  /** How many of them before the first subscription came. */
  public long publishedBeforeSubscriber;

  /** The last routing id that was not known, or null. */
  public byte[] unroutable;
}
