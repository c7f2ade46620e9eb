package io.niomq.internal.pattern;

import io.niomq.internal.pipe.Pipe;
import java.util.Arrays;

/** A small set of pipes that costs little when it has one member. Guarded by the socket's lock. */
final class PipeSet {
  private Pipe[] pipes = new Pipe[1];
  private int size;

  boolean add(Pipe pipe) {
    if (indexOf(pipe) >= 0) {
      return false;
    }
    if (size == pipes.length) {
      pipes = Arrays.copyOf(pipes, 2 * size);
    }
    pipes[size++] = pipe;
    return true;
  }

  boolean remove(Pipe pipe) {
    int at = indexOf(pipe);
    if (at < 0) {
      return false;
    }
    pipes[at] = pipes[--size];
    pipes[size] = null;
    return true;
  }

  boolean contains(Pipe pipe) {
    return indexOf(pipe) >= 0;
  }

  private int indexOf(Pipe pipe) {
    for (int i = 0; i < size; i++) {
      if (pipes[i] == pipe) {
        return i;
      }
    }
    return -1;
  }

  int size() {
    return size;
  }

  Pipe get(int index) {
    return pipes[index];
  }
}
