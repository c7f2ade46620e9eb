package io.niomq.internal.pattern;

import io.niomq.internal.pipe.Body;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Outgoing;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes out what is queued for a peer that is not connected, so that something can be put before it
 * or left out. The caller has both sides of the queue.
 */
final class Queued {
  private Queued() {}

  /** All messages, as their frames: {@code byte[]} or {@link Body}. Commands are given up. */
  static List<List<Object>> take(FrameQueue out) {
    List<List<Object>> messages = new ArrayList<>();
    out.alignTaken();
    while (out.next()) {
      if (!out.isCommand()) { // a command concerned the last connection
        List<Object> frames = new ArrayList<>();
        frames.add(out.detach());
        while (out.more()) {
          out.nextFrame();
          frames.add(out.detach());
        }
        messages.add(frames);
      }
      out.finish();
    }
    return messages;
  }

  static void putBack(FrameQueue out, List<List<Object>> messages) {
    Outgoing message = new Outgoing();
    for (List<Object> frames : messages) {
      message.reset();
      frames.forEach(message::add);
      out.append(message);
      release(frames);
    }
  }

  static void release(List<Object> frames) {
    for (Object frame : frames) {
      if (frame instanceof Body body) {
        body.release();
      }
    }
  }
}
