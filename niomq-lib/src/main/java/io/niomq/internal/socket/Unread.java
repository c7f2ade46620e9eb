package io.niomq.internal.socket;

import io.niomq.internal.pipe.Body;
import io.niomq.internal.pipe.Peer;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * The messages that threads are receiving frame by frame ({@code ZMQ_RCVMORE}): the frames that are
 * still to be read. Each thread has a message of its own. Guarded by the socket's lock.
 */
final class Unread {
  /** Null until it is needed: most sockets never need it. */
  private Map<Thread, Rest> rests;

  /** Whether no thread at all has frames to read. */
  boolean isEmpty() {
    return rests == null || rests.isEmpty();
  }

  int size() {
    return rests == null ? 0 : rests.size();
  }

  /** What the calling thread has to read; null when there is nothing. */
  Rest rest() {
    return isEmpty() ? null : rests.get(Thread.currentThread());
  }

  /** Keeps the frames, one or more, of a message that the calling thread has received. */
  Rest keep(ArrayDeque<Object> frames, Peer sender) {
    if (rests == null) {
      rests = new HashMap<>();
    }
    Rest rest = new Rest(frames, sender);
    rests.put(Thread.currentThread(), rest);
    return rest;
  }

  /** Gives back what threads have not read that have ended; returns of how many messages. */
  int forgetEnded() {
    if (isEmpty()) {
      return 0;
    }
    int before = rests.size();
    rests
        .entrySet()
        .removeIf(
            entry -> {
              boolean ended = !entry.getKey().isAlive();
              if (ended) {
                entry.getValue().release();
              }
              return ended;
            });
    return before - rests.size();
  }

  /** The calling thread reads no more of its message. */
  void drop() {
    Rest rest = rest();
    if (rest != null) {
      rests.remove(Thread.currentThread());
      rest.release();
    }
  }

  /** Gives back what nobody will read. */
  void clear() {
    if (rests != null) {
      rests.values().forEach(Rest::release);
      rests = null;
    }
  }

  /** The frames of the calling thread's message: {@code byte[]}, or a {@link Body} that is held. */
  final class Rest {
    private final ArrayDeque<Object> frames;
    private final Peer sender;

    private Rest(ArrayDeque<Object> frames, Peer sender) {
      this.frames = frames;
      this.sender = sender;
    }

    /** The next frame. */
    byte[] next() {
      Object frame = take();
      if (frame instanceof byte[] b) {
        return b;
      }
      Body body = (Body) frame;
      byte[] copy = body.toArray();
      body.release();
      return copy;
    }

    /** The next frame into a buffer, as much as fits; returns its full size. */
    int next(ByteBuffer target) {
      Object frame = take();
      if (frame instanceof byte[] b) {
        target.put(b, 0, Math.min(b.length, target.remaining()));
        return b.length;
      }
      Body body = (Body) frame;
      body.copyTo(target);
      body.release();
      return body.size();
    }

    private Object take() {
      Object frame = frames.poll();
      if (frames.isEmpty()) {
        rests.remove(Thread.currentThread());
      }
      return frame;
    }

    /** All frames, which belong to the sink then; returns who sent them. */
    Peer all(FrameSink sink) {
      rests.remove(Thread.currentThread());
      frames.forEach(sink::add);
      return sender;
    }

    private void release() {
      for (Object frame : frames) {
        if (frame instanceof Body body) {
          body.release();
        }
      }
    }
  }
}
