package io.niomq.internal.socket;

import io.niomq.internal.pipe.Pipe;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * The last peers that are gone and of which, or for which, messages were dropped: for reports.
 * Guarded by its own monitor, under which nothing else is taken.
 */
final class GonePeers {
  /** So many are kept, the newest. */
  static final int MAX = 8;

  private final LinkedHashSet<Pipe> pipes = new LinkedHashSet<>();

  /** Its end may be told more than once, and more may be dropped each time. */
  synchronized void add(Pipe pipe) {
    if (!pipe.hasDrops()) {
      return;
    }
    pipes.remove(pipe);
    pipes.add(pipe);
    if (pipes.size() > MAX) {
      pipes.remove(pipes.iterator().next());
    }
  }

  synchronized List<Pipe> all() {
    return List.copyOf(pipes);
  }
}
