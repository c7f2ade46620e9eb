package io.niomq.internal.socket;

import io.niomq.internal.pipe.Outgoing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The messages that threads are sending frame by frame ({@code ZMQ_SNDMORE}): their frames, kept
 * until the last one comes. Each thread has a message of its own. Guarded by the socket's lock.
 */
final class Unsent {
  /** Null until it is needed: most sockets never need it. */
  private Map<Thread, List<byte[]>> begun;

  /** Whether no thread at all has begun a message. */
  boolean isEmpty() {
    return begun == null || begun.isEmpty();
  }

  int size() {
    return begun == null ? 0 : begun.size();
  }

  /** The frames that the calling thread has begun its message with; null when it has not. */
  List<byte[]> begun() {
    return begun == null ? null : begun.get(Thread.currentThread());
  }

  /** The calling thread begins a message: its frames, none so far. */
  List<byte[]> begin() {
    if (begun == null) {
      begun = new HashMap<>();
    }
    List<byte[]> frames = new ArrayList<>();
    begun.put(Thread.currentThread(), frames);
    return frames;
  }

  /** The calling thread's message: the frames that it has begun with, if any, then the last. */
  Outgoing whole(Consumer<Outgoing> last) {
    Outgoing message = new Outgoing().reset();
    List<byte[]> first = begun();
    if (first != null) {
      first.forEach(message::add);
    }
    last.accept(message);
    return message;
  }

  /** The calling thread's message is sent, or given up; returns whether it had begun one. */
  boolean remove() {
    return begun != null && begun.remove(Thread.currentThread()) != null;
  }

  /** Forgets what threads have left unfinished that have ended; returns how many messages. */
  int forgetEnded() {
    if (isEmpty()) {
      return 0;
    }
    int before = begun.size();
    begun.keySet().removeIf(thread -> !thread.isAlive());
    return before - begun.size();
  }

  void clear() {
    begun = null;
  }
}
