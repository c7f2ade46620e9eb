package io.niomq.internal.pattern;

import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.PipeLink;
import io.niomq.internal.pipe.Wire;
import java.nio.ByteBuffer;

/**
 * Messages of a publisher that go, one after the other, to the same subscribers, and are in no
 * queue yet. To append to a queue costs nearly the same whether it is one small message or thirty;
 * with many subscribers that is most of what a publisher does.
 *
 * <p><b>Who looks after them.</b> Nothing is held back unless an I/O thread looks after every one
 * of these queues already, and none leaves such a queue before it has released what is held back:
 * see {@code Outflow}. They are also released when there are enough of them, when another message
 * is sent, and when the subscriptions change.
 *
 * <p>Guarded by the socket's lock. See docs/decisions/0028-held-back.md.
 */
final class HeldBack {
  /** Fewer subscribers get each message at once. */
  static final int SUBSCRIBERS_MIN = 9;

  private static final int MESSAGES_MAX = 64;

  /** And no more than this part of what fits under a high-water mark. */
  private static final int PART_OF_MARK = 32;

  private static final int OCTETS_MAX = 4096;
  private static final int MESSAGE_OCTETS_MAX = 1024;

  private ByteBuffer frames;

  /** Whom the last message went to; null when further ones must not be held back. */
  private PipeSet subscribers;

  private int messagesMax;
  private int messages;
  private int octets;

  /** The last message went to these, and the next ones may be held back if they do, too. */
  void follow(PipeSet set) {
    assert messages == 0;
    subscribers = set != null && set.size() >= SUBSCRIBERS_MIN ? set : null;
  }

  /** Whose messages may be held back; null for nobody's. */
  PipeSet subscribers() {
    return subscribers;
  }

  int messages() {
    return messages;
  }

  /** Whether a message of this size in wire form may join those that are held back. */
  boolean hasRoom(long size) {
    return messages < messagesMax && octets + size <= OCTETS_MAX;
  }

  /**
   * Holds a message to {@link #subscribers} back; false when it has to be appended to the queues at
   * once. If others are held back, the caller has asked {@link #hasRoom}.
   */
  boolean add(Outgoing message, long size) {
    if (size > MESSAGE_OCTETS_MAX || (messages == 0 && !begin())) {
      return false;
    }
    octets = message.encode(frames, octets);
    messages++;
    return true;
  }

  /** Whether messages may be held back from all of {@link #subscribers} now. */
  private boolean begin() {
    messagesMax = mostFor(subscribers);
    if (messagesMax < 2) {
      return false;
    }
    if (frames == null) {
      frames = ByteBuffer.allocate(OCTETS_MAX);
    }
    mark(true);
    return true;
  }

  /** How many messages may be held back at a time; 0 when somebody has to get them at once. */
  private static int mostFor(PipeSet set) {
    int most = MESSAGES_MAX;
    for (int i = 0; i < set.size(); i++) {
      Pipe pipe = set.get(i);
      PipeLink link = pipe.link;
      if (link == null || !link.isGuarded() || pipe.conflatesOut) {
        return 0;
      }
      int mark = pipe.out.highWaterMark();
      if (mark > 0) {
        most = Math.min(most, mark / PART_OF_MARK);
      }
    }
    return most;
  }

  private void mark(boolean heldBack) {
    for (int i = 0; i < subscribers.size(); i++) {
      subscribers.get(i).heldBack = heldBack;
    }
  }

  /** Appends the first {@code count} of them to a queue; returns what its link is to do then. */
  int appendTo(Pipe pipe, int count) {
    return pipe.append(frames, count == messages ? octets : Wire.end(frames, count), count);
  }

  /** All of them are in their queues. */
  void clear() {
    mark(false);
    messages = 0;
    octets = 0;
  }
}
