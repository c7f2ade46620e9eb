package io.niomq.internal.pipe;

import java.nio.ByteBuffer;

/**
 * The consumer's side of a {@link FrameQueue}, message by message, with a cursor on the frames of
 * the current message. All methods need the consumer's exclusivity.
 */
abstract class QueueConsumer extends QueuePaddingBefore {
  Chunk head = tail;

  /** The head's, for each message: a look at the chunk itself may have to wait for its producer. */
  ByteBuffer memory;

  /** Start of the current message, or of the next one; while writing, of the next octet. */
  int readAt;

  /** End of what is known to be published in the head chunk. */
  int visible;

  /** Messages in the chunks before the head. */
  long before;

  long octetsBefore;

  long taken;
  long creditedHere;
  boolean creditNews;
  boolean largeTaken;

  /** The current frame: index in the large message, or -1 when it is in the chunk. */
  int largeFrame = -1;

  int frameFlags;
  int frameAt;
  int frameSize;

  /** Credit is returned after this many messages. Written by the producer, rarely. */
  private volatile int creditStep;

  QueueConsumer(ChunkPool pool) {
    super(pool);
  }

  @Override
  final void creditStep(int messages) {
    creditStep = messages;
  }

  /** Returns credit to the producer; pairs with {@link QueueProducer#loadCredit}. */
  abstract void storeCredit(long count);

  /**
   * Moves to the next message or command; false when there is none, after returning all credit.
   * Until {@link #finish} the frames of it can be looked at, from the first ({@link #size}, {@link
   * #more}) to the last ({@link #nextFrame}).
   */
  public boolean next() {
    while (true) {
      if (readAt < visible) {
        openFrame(readAt);
        if ((frameFlags & FrameQueue.FLAG_DONE) == 0) {
          return true;
        }
        readAt = frameAt + frameSize;
        continue;
      }
      Chunk c = head;
      if (c.large != null) {
        if (!largeTaken) {
          openLarge(0);
          return true;
        }
      } else if (see(c)) {
        continue;
      }
      Chunk following = c.next();
      if (following == null) {
        if (taken != creditedHere) {
          returnCredit(taken);
        }
        return false;
      }
      if (c.large == null && see(c)) {
        continue; // its last message was published between the two looks
      }
      leave(c, following);
    }
  }

  /**
   * Takes the next message into a buffer, as {@link #next}, {@link #copyTo(ByteBuffer)} and {@link
   * #finish} do, if it is of one frame and in the head.
   *
   * @return the size of the frame; -1 when there is no such message, and nothing has happened
   */
  public int take(ByteBuffer target) {
    int at = single();
    if (at < 0) {
      return -1;
    }
    int size = frameSize;
    int length = Math.min(size, target.remaining());
    target.put(target.position(), memory, at, length);
    target.position(target.position() + length);
    tookSingle(at + size);
    return size;
  }

  /** The same as an array; null when there is no such message. */
  public byte[] take() {
    int at = single();
    if (at < 0) {
      return null;
    }
    byte[] body = new byte[frameSize];
    memory.get(at, body);
    tookSingle(at + body.length);
    return body;
  }

  /** Where the body begins of a message of one frame; -1 if the next one is not there. */
  private int single() {
    if (readAt >= visible && (head.large != null || !see(head))) {
      return -1;
    }
    int header = memory.getShort(readAt);
    int flags = header >> 8;
    if (flags == 0) {
      frameSize = header & 0xFF;
      return readAt + Wire.SHORT_HEADER;
    }
    if (flags == Wire.FLAG_LONG) {
      frameSize = (int) memory.getLong(readAt + 1);
      return readAt + Wire.LONG_HEADER;
    }
    return -1;
  }

  private void tookSingle(int end) {
    readAt = end;
    taken++;
    if (taken - creditedHere >= creditStep) {
      returnCredit(taken);
    }
  }

  /** Looks for news in the chunk. */
  boolean see(Chunk c) {
    int end = Chunk.end(c.snapshot());
    if (end == visible) {
      return false;
    }
    visible = end;
    return true;
  }

  void leave(Chunk c, Chunk following) {
    before += Chunk.messages(c.snapshot());
    octetsBefore += c.large != null ? c.large.wireSize() : Chunk.end(c.snapshot());
    head = following;
    memory = following.memory;
    readAt = 0;
    visible = 0;
    largeTaken = false;
    if (c.memory != null) {
      pool.give(c);
    }
  }

  void openFrame(int at) {
    ByteBuffer memory = this.memory;
    frameFlags = memory.get(at);
    largeFrame = -1;
    if ((frameFlags & Wire.FLAG_LONG) == 0) {
      frameSize = memory.get(at + 1) & 0xFF;
      frameAt = at + Wire.SHORT_HEADER;
    } else {
      frameSize = (int) memory.getLong(at + 1);
      frameAt = at + Wire.LONG_HEADER;
    }
  }

  private void openLarge(int index) {
    Body[] bodies = head.large.bodies;
    largeFrame = index;
    frameSize = bodies[index].size();
    frameFlags = index + 1 < bodies.length ? Wire.FLAG_MORE : 0;
  }

  /** Whether the current frame is a command; then it is the only one. */
  public boolean isCommand() {
    return (frameFlags & Wire.FLAG_COMMAND) != 0;
  }

  /** Whether more frames follow the current one in its message. */
  public boolean more() {
    return (frameFlags & Wire.FLAG_MORE) != 0;
  }

  /** Octets of the current frame's body. */
  public int size() {
    return frameSize;
  }

  /** Moves to the next frame of the same message. The caller has asked {@link #more}. */
  public void nextFrame() {
    assert more();
    if (largeFrame >= 0) {
      openLarge(largeFrame + 1);
      return;
    }
    do {
      openFrame(frameAt + frameSize);
    } while ((frameFlags & FrameQueue.FLAG_DONE)
        != 0); // a command in between was dealt with already
  }

  /** Moves back to the first frame of the current message. */
  public void firstFrame() {
    if (largeFrame >= 0) {
      openLarge(0);
    } else {
      openFrame(readAt);
    }
  }

  /** One octet of the current frame. */
  public byte octet(int index) {
    return largeFrame >= 0
        ? head.large.bodies[largeFrame].octet(index)
        : memory.get(frameAt + index);
  }

  /** A copy of the current frame. */
  public byte[] toArray() {
    byte[] copy = new byte[frameSize];
    copyTo(copy, 0);
    return copy;
  }

  /** Copies as much of the current frame as there is room for, and moves the target's position. */
  public void copyTo(ByteBuffer target) {
    if (largeFrame >= 0) {
      head.large.bodies[largeFrame].copyTo(target);
    } else {
      int length = Math.min(frameSize, target.remaining());
      target.put(target.position(), memory, frameAt, length);
      target.position(target.position() + length);
    }
  }

  /** Copies the current frame to {@code target}, from {@code at} on. */
  public void copyTo(byte[] target, int at) {
    if (largeFrame >= 0) {
      head.large.bodies[largeFrame].copyTo(target, at);
    } else {
      memory.get(frameAt, target, at, frameSize);
    }
  }

  /**
   * The current frame for a message of its own: shared where it is held by reference, else a copy,
   * of a larger frame in pooled memory.
   */
  public Object detach() {
    if (largeFrame >= 0) {
      return head.large.bodies[largeFrame].retain();
    }
    return frameSize > FrameQueue.SHARE_MIN
        ? Body.copyOf(memory, frameAt, frameSize, pool)
        : toArray();
  }

  /** Ends the current message, whichever frame was looked at last. */
  public void finish() {
    if (largeFrame >= 0) {
      largeTaken = true;
      head.large.release();
      taken++;
    } else {
      while (more()) {
        nextFrame();
      }
      readAt = frameAt + frameSize;
      if ((frameFlags & Wire.FLAG_COMMAND) != 0) {
        return;
      }
      taken++;
    }
    if (taken - creditedHere >= creditStep) {
      returnCredit(taken);
    }
  }

  /** Messages taken so far. Consumer. */
  public long taken() {
    return taken;
  }

  /**
   * Octets seen so far, commands included; compares with the producer's {@link #appendedOctets}.
   * Consumer; others get some value of about this moment.
   */
  public long takenOctets() {
    Large large = head.large;
    return octetsBefore + (large == null ? readAt : largeTaken ? large.wireSize() : 0);
  }

  void returnCredit(long count) {
    creditedHere = count;
    creditNews = true;
    storeCredit(count); // then the caller looks whether the producer waits
  }

  /**
   * Whether credit was returned since this was last asked: the producer may be waiting for it.
   * Consumer.
   */
  public boolean takeCreditNews() {
    boolean news = creditNews;
    creditNews = false;
    return news;
  }

  /** Whether nothing is left; may be out of date at once. Consumer. */
  public boolean isEmpty() {
    Chunk c = head;
    if (c.large != null ? !largeTaken : Chunk.end(c.snapshot()) > readAt) {
      return false;
    }
    return c.next() == null;
  }
}
