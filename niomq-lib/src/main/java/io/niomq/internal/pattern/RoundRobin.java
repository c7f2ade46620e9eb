package io.niomq.internal.pattern;

import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.PipeLink;
import java.util.Arrays;

/**
 * Hands messages to many pipes in turn. A pipe at its high-water mark is set aside until it reports
 * room; one that is not connected yet takes its share, as in libzmq (unless {@code ZMQ_IMMEDIATE}).
 *
 * <p>The first {@link #active} pipes of the array have room as far as is known. Guarded by the
 * socket's lock. RFC 28, 30: "round-robin".
 */
final class RoundRobin {
  private final PatternHost host;
  private final boolean handsOver;
  private Pipe[] pipes = new Pipe[4];
  private int size;
  private int active;
  private int cursor;

  /** The only pipe that has room as far as is known; null when there is none, or more. */
  private Pipe sole;

  RoundRobin(PatternHost host) {
    this(host, false);
  }

  /**
   * @param handsOver the pattern does nothing with a message but append it
   */
  RoundRobin(PatternHost host, boolean handsOver) {
    this.host = host;
    this.handsOver = handsOver;
  }

  void add(Pipe pipe) {
    assert pipe.robinIndex < 0;
    if (size == pipes.length) {
      pipes = Arrays.copyOf(pipes, 2 * size);
    }
    if (size == 1) {
      pipes[0].pacesSender = false;
    }
    pipes[size] = pipe;
    pipe.robinIndex = size;
    size++;
    pipe.pacesSender = size == 1;
    activate(pipe);
  }

  /** The pipe has room again. */
  void activate(Pipe pipe) {
    if (pipe.robinIndex >= active) {
      swap(pipe.robinIndex, active);
      active++;
      sole();
    }
  }

  void remove(Pipe pipe) {
    int at = pipe.robinIndex;
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
    pipe.robinIndex = -1;
    pipe.pacesSender = false;
    if (size == 1) {
      pipes[0].pacesSender = true;
    }
  }

  /** The pipe whose turn it is; null when none has room. */
  Pipe next() {
    Pipe only = sole;
    return only != null && only.out.hasRoom() ? only : find();
  }

  private Pipe find() {
    while (active > 0) {
      Pipe pipe = pipes[cursor];
      if (pipe.hasRoomOrMute()) {
        return pipe;
      }
      host.act(pipe, PipeLink.SEND); // help: what is queued goes out before anybody waits
      active--;
      swap(cursor, active);
      deactivated();
    }
    return null;
  }

  private void deactivated() {
    if (cursor >= active) {
      cursor = 0;
    }
    sole();
  }

  private void sole() {
    sole = active == 1 ? pipes[0] : null;
    if (handsOver) {
      host.route(sole);
    }
  }

  /** How many messages there is room for, at least; no more than {@code most}. */
  int room(int most) {
    if (next() == null) {
      return 0;
    }
    int room = 0;
    for (int i = 0; i < active && room < most; i++) {
      room += pipes[i].out.room(most - room);
    }
    return room;
  }

  /** Appends to the pipe that {@link #next} found, and ends its turn. */
  void send(Pipe pipe, Outgoing message) {
    int actions = pipe.append(message);
    if (actions != 0) {
      host.act(pipe, actions);
    }
    if (pipe != sole && ++cursor >= active) {
      cursor = 0;
    }
  }

  private void swap(int a, int b) {
    Pipe first = pipes[a];
    Pipe second = pipes[b];
    pipes[a] = second;
    pipes[b] = first;
    second.robinIndex = a;
    first.robinIndex = b;
  }
}
