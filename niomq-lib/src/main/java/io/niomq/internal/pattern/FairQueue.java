package io.niomq.internal.pattern;

import io.niomq.DropReason;
import io.niomq.internal.pipe.Pipe;
import java.util.Arrays;

/**
 * Takes messages from many pipes in turn, one each. Pipes that were found empty are set aside until
 * they report a message, so that a thousand silent peers cost nothing.
 *
 * <p>The first {@link #active} pipes of the array may hold messages. Guarded by the socket's lock.
 * RFC 28, 29, 30: "fair-queuing".
 */
final class FairQueue {
  private final PatternHost host;
  private final boolean handsOver;
  private Pipe[] pipes = new Pipe[4];
  private int size;
  private int active;
  private int cursor;

  FairQueue(PatternHost host) {
    this(host, false);
  }

  /**
   * @param handsOver the pattern does nothing with a message but take it
   */
  FairQueue(PatternHost host, boolean handsOver) {
    this.host = host;
    this.handsOver = handsOver;
  }

  void add(Pipe pipe) {
    assert index(pipe) < 0;
    if (size == pipes.length) {
      pipes = Arrays.copyOf(pipes, 2 * size);
    }
    pipes[size] = pipe;
    pipe.fairIndex = size;
    size++;
    activate(pipe);
  }

  /** There may be messages in the pipe; who is no member (yet, or any more) changes nothing. */
  void readable(Pipe pipe) {
    if (contains(pipe)) {
      activate(pipe);
      host.changed();
    }
  }

  /**
   * The pipe has ended: a member is finished when what has arrived is read, anybody else at once.
   */
  void ended(Pipe pipe) {
    if (contains(pipe)) {
      activate(pipe);
      host.changed();
    } else {
      host.finished(pipe);
    }
  }

  /** The pipe may hold messages. */
  private void activate(Pipe pipe) {
    int at = index(pipe);
    if (at >= active) {
      swap(at, active);
      active++;
      sole();
    }
  }

  void remove(Pipe pipe) {
    int at = index(pipe);
    if (at < 0) {
      return;
    }
    if (at < active) {
      active--;
      swap(at, active);
      at = active;
      deactivated();
    }
    size--;
    swap(at, size);
    pipes[size] = null;
    pipe.fairIndex = -1;
  }

  boolean contains(Pipe pipe) {
    return index(pipe) >= 0;
  }

  /**
   * The pipe whose turn it is, its cursor at the first frame of a message; null when no pipe has
   * one.
   */
  Pipe next() {
    while (active > 0) {
      Pipe pipe = pipes[cursor];
      if (pipe.conflatesIn) {
        host.drop(pipe, DropReason.CONFLATED, pipe.in.discardAllButLast());
      }
      if (pipe.in.next()) {
        if (!pipe.in.isCommand()) {
          return pipe;
        }
        pipe.in.finish();
        continue;
      }
      host.credited(pipe);
      if (!pipe.ended && host.foundEmpty(pipe)) {
        continue;
      }
      active--;
      swap(cursor, active);
      deactivated();
      if (pipe.ended) {
        remove(pipe);
        host.finished(pipe);
      }
    }
    return null;
  }

  /** Ends the message that {@link #next} found, and the pipe's turn. */
  void finish(Pipe pipe) {
    pipe.in.finish();
    host.credited(pipe);
    if (++cursor >= active) {
      cursor = 0;
    }
  }

  private void deactivated() {
    if (cursor >= active) {
      cursor = 0;
    }
    sole();
  }

  private void sole() {
    if (handsOver) {
      host.source(active == 1 ? pipes[0] : null);
    }
  }

  private void swap(int a, int b) {
    Pipe first = pipes[a];
    Pipe second = pipes[b];
    pipes[a] = second;
    pipes[b] = first;
    second.fairIndex = a;
    first.fairIndex = b;
  }

  private static int index(Pipe pipe) {
    return pipe.fairIndex;
  }
}
