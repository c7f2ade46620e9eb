package io.niomq.internal.pipe;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;

/**
 * Where a message changes thread: a chain of {@link Chunk}s that holds ZMTP 3 frames exactly as
 * they look on a NULL connection. One producer, one consumer, no lock. The same structure serves
 * all three journeys:
 *
 * <ul>
 *   <li>out: {@code send} appends, the drainer passes the octets to the channel ({@link #writeTo});
 *   <li>in: the decoder reads from the channel into the tail and publishes what it has checked
 *       ({@link #publish}), {@code recv} takes messages ({@link #next}, {@link #finish});
 *   <li>inproc: {@code send} of one socket appends, {@code recv} of the other takes.
 * </ul>
 *
 * <p>A message is never split between two chunks, and becomes visible as a whole. Small messages
 * are copied into the chunk; a message with a frame above {@link #INLINE_MAX} is a link of its own
 * and refers to the bodies.
 *
 * <p><b>Two parties.</b> Producer methods need the producer's exclusivity, consumer methods the
 * consumer's; who holds which is said in docs/CONCURRENCY.md. They meet in three words only: {@code
 * Chunk.published} and {@code Chunk.next} (written by the producer, release/acquire), and {@link
 * #credited} (written by the consumer, volatile, because the writer then looks whether the producer
 * waits).
 *
 * <p><b>Two counts.</b> The high-water mark bounds messages: {@code appended - credited}. The
 * consumer returns credit in steps of half the mark, at the end of what one write carried, and when
 * it finds the queue empty. Commands travel in the queue, in order, but are not counted.
 */
public final class FrameQueue extends QueueConsumer {
  /**
   * Frames above this size are held by reference; chosen so that a chunk takes several of the
   * largest.
   */
  public static final int INLINE_MAX = 8 << 10;

  /** Largest chunk of small messages. */
  public static final int CHUNK_MAX = 64 << 10;

  /**
   * A private flag of a command frame in an inbound queue: it was dealt with when it was decoded.
   */
  public static final int FLAG_DONE = 0x80;

  /**
   * Heap memory is written in slices, because the JDK copies all that remains of it at each write.
   */
  private static final int HEAP_SLICE = 128 << 10;

  private static final int CREDIT_STEP_UNLIMITED = 512;

  private static final VarHandle CREDITED;
  private static final VarHandle OWNED;
  private static final VarHandle SIDES;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      CREDITED = lookup.findVarHandle(FrameQueue.class, "credited", long.class);
      SIDES = lookup.findVarHandle(FrameQueue.class, "sides", int.class);
      OWNED = lookup.findVarHandle(FrameQueue.class, "owned", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final ChunkPool pool;

  @SuppressWarnings("unused") // by CREDITED
  private volatile long credited;

  /** 1 while somebody holds the consumer's side of an outbound queue. */
  @SuppressWarnings("unused") // by OWNED
  private volatile int owned;

  @SuppressWarnings("unused") // by SIDES
  private volatile int sides = 2;

  public FrameQueue(ChunkPool pool, int highWaterMark) {
    this.pool = pool;
    this.tail = new Chunk();
    this.head = tail;
    this.nextSize = ChunkPool.MIN_SIZE;
    highWaterMark(highWaterMark);
  }

  // ---------------------------------------------------------------- producer

  /** Sets the high-water mark, in messages; 0 for none. Producer. */
  public void highWaterMark(int mark) {
    highWaterMark = mark;
    creditStep = mark == 0 ? CREDIT_STEP_UNLIMITED : (mark + 1) / 2;
  }

  public int highWaterMark() {
    return highWaterMark;
  }

  /** Whether one more message fits under the high-water mark. Producer. */
  public boolean hasRoom() {
    return highWaterMark == 0
        || appended - creditSeen < highWaterMark
        || appended - (creditSeen = (long) CREDITED.getVolatile(this)) < highWaterMark;
  }

  /**
   * Whether at least {@code messages} are queued; asks the consumer only if it seems so. Producer.
   */
  public boolean holdsAtLeast(long messages) {
    return appended - creditSeen >= messages
        && appended - (creditSeen = (long) CREDITED.getVolatile(this)) >= messages;
  }

  /** Messages appended so far. Producer. */
  public long appended() {
    return appended;
  }

  /** Octets appended so far, commands included: tells two states of the queue apart. Producer. */
  public long appendedOctets() {
    return appendedOctets;
  }

  /** Messages whose credit the consumer has returned. Any thread. */
  public long credited() {
    return credited;
  }

  /** Appends a message. The caller has asked {@link #hasRoom}, or may exceed the mark. Producer. */
  public void append(Outgoing m) {
    if (m.isPlain()) {
      append(m.array, m.offset, m.length);
    } else {
      appendFrames(m);
    }
  }

  private void append(byte[] source, int offset, int length) {
    if (length <= Wire.SHORT_MAX) {
      int at = reserve(Wire.SHORT_HEADER + length);
      ByteBuffer memory = tail.memory;
      memory.putShort(at, (short) length);
      memory.put(at + Wire.SHORT_HEADER, source, offset, length);
      commit(at + Wire.SHORT_HEADER + length, 1);
    } else if (length <= INLINE_MAX) {
      int at = reserve(Wire.LONG_HEADER + length);
      ByteBuffer memory = tail.memory;
      Wire.putHeader(memory, at, 0, length);
      memory.put(at + Wire.LONG_HEADER, source, offset, length);
      commit(at + Wire.LONG_HEADER + length, 1);
    } else {
      appendLarge(new Body[] {Body.copyOf(ByteBuffer.wrap(source, offset, length), pool)});
    }
  }

  private void appendFrames(Outgoing m) {
    int frames = m.frameCount();
    int total = 0;
    for (int i = 0; i < frames; i++) {
      int size = m.frameSize(i);
      total += Wire.headerSize(size) + size;
      if (size > INLINE_MAX || total > CHUNK_MAX) {
        appendLarge(m.toBodies(pool));
        return;
      }
    }
    int at = reserve(total);
    ByteBuffer memory = tail.memory;
    for (int i = 0; i < frames; i++) {
      int size = m.frameSize(i);
      at += Wire.putHeader(memory, at, i + 1 < frames ? Wire.FLAG_MORE : 0, size);
      m.copyFrame(i, memory, at);
      at += size;
    }
    commit(at, 1);
  }

  /** Appends a command, {@code body} being its name and data. It is not counted. Producer. */
  public void appendCommand(byte[] body) {
    int total = Wire.headerSize(body.length) + body.length;
    int at = reserve(total);
    at += Wire.putHeader(tail.memory, at, Wire.FLAG_COMMAND, body.length);
    tail.memory.put(at, body, 0, body.length);
    commit(at + body.length, 0);
  }

  /**
   * Appends a message that is held by reference; takes over the caller's hold on each body.
   * Producer.
   */
  public void appendLarge(Body[] bodies) {
    Large large = new Large(bodies);
    Chunk c = new Chunk(large);
    appended++;
    appendedOctets += large.wireSize();
    Chunk before = tail;
    tail = c;
    tailEnd = 0;
    tailCapacity = 0;
    tailMessages = 0;
    before.link(c);
  }

  /** A place for {@code size} contiguous octets in the tail. */
  private int reserve(int size) {
    if (tailCapacity - tailEnd < size) {
      startTail(size);
    }
    return tailEnd;
  }

  private void commit(int end, int messages) {
    appendedOctets += end - tailEnd;
    appended += messages;
    tailEnd = end;
    tailMessages += messages;
    tail.publish(tailMessages, end);
  }

  /**
   * Starts a new chunk for at least {@code size} octets; each is twice as large as the one before.
   * Producer.
   */
  public void startTail(int size) {
    startTail(size, null, 0, 0);
  }

  /**
   * Starts a new chunk that begins with {@code length} octets of the tail's own, not yet published
   * ones. They are copied before the new chunk is linked: from then on the consumer may leave the
   * old one, and its memory be used for others.
   */
  public void startTail(int size, ByteBuffer source, int from, int length) {
    if (tail.large != null) {
      nextSize = ChunkPool.MIN_SIZE; // between large messages a chunk holds little
    }
    int capacity = Math.max(size, nextSize);
    if (nextSize < CHUNK_MAX) {
      nextSize <<= 1;
    }
    Chunk c = new Chunk(pool.take(capacity));
    if (length > 0) {
      c.memory.put(0, source, from, length);
    }
    Chunk before = tail;
    tail = c;
    tailEnd = 0;
    tailCapacity = c.capacity();
    tailMessages = 0;
    before.link(c);
  }

  /** The memory that the decoder reads into; null before the first {@link #startTail}. Producer. */
  public ByteBuffer tailMemory() {
    return tail.memory;
  }

  /** A view of {@link #tailMemory} for the channel read. Producer, inbound queues only. */
  public ByteBuffer tailView() {
    return tail.out;
  }

  /** Where published octets end in the tail. Producer. */
  public int tailEnd() {
    return tailEnd;
  }

  public int tailCapacity() {
    return tailCapacity;
  }

  /**
   * Makes the tail's octets up to {@code end} visible, {@code messages} more of them whole
   * messages. Producer.
   */
  public void publish(int end, int messages) {
    commit(end, messages);
  }

  public ChunkPool pool() {
    return pool;
  }

  // ---------------------------------------------------------------- consumer, message by message

  /**
   * Moves to the next message or command; false when there is none, after returning all credit.
   * Until {@link #finish} the frames of it can be looked at, from the first ({@link #size}, {@link
   * #more}) to the last ({@link #nextFrame}).
   */
  public boolean next() {
    while (true) {
      if (readAt < visible) {
        openFrame(readAt);
        if ((frameFlags & FLAG_DONE) == 0) {
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

  /** Looks for news in the chunk. */
  private boolean see(Chunk c) {
    int end = Chunk.end(c.snapshot());
    if (end == visible) {
      return false;
    }
    visible = end;
    return true;
  }

  private void leave(Chunk c, Chunk following) {
    before += Chunk.messages(c.snapshot());
    octetsBefore += c.large != null ? c.large.wireSize() : Chunk.end(c.snapshot());
    head = following;
    readAt = 0;
    visible = 0;
    largeTaken = false;
    if (c.memory != null) {
      c.out.clear();
      c.memory.clear();
      pool.give(c.memory);
    }
  }

  private void openFrame(int at) {
    ByteBuffer memory = head.memory;
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
    } while ((frameFlags & FLAG_DONE) != 0); // a command in between was dealt with already
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
        : head.memory.get(frameAt + index);
  }

  /** A copy of the current frame. */
  public byte[] toArray() {
    byte[] copy = new byte[frameSize];
    if (largeFrame >= 0) {
      head.large.bodies[largeFrame].copyTo(copy, 0);
    } else {
      head.memory.get(frameAt, copy, 0, frameSize);
    }
    return copy;
  }

  /** Copies as much of the current frame as there is room for, and moves the target's position. */
  public void copyTo(ByteBuffer target) {
    if (largeFrame >= 0) {
      head.large.bodies[largeFrame].copyTo(target);
    } else {
      int length = Math.min(frameSize, target.remaining());
      target.put(target.position(), head.memory, frameAt, length);
      target.position(target.position() + length);
    }
  }

  /**
   * The current frame for a message of its own: shared where it is held by reference, else a copy.
   */
  public Object detach() {
    return largeFrame >= 0 ? head.large.bodies[largeFrame].retain() : toArray();
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
   * Consumer.
   */
  public long takenOctets() {
    return octetsBefore + (head.large == null ? readAt : largeTaken ? head.large.wireSize() : 0);
  }

  private void returnCredit(long count) {
    creditedHere = count;
    creditNews = true;
    CREDITED.setVolatile(this, count); // then the caller looks whether the producer waits
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

  /**
   * Whether everything appended was written to a channel. Takes the consumer's side for the look.
   */
  public boolean isDrained() {
    own();
    boolean drained = isEmpty() && carry == null;
    disown();
    return drained;
  }

  /** Whether nothing is left; may be out of date at once. Consumer. */
  public boolean isEmpty() {
    Chunk c = head;
    if (c.large != null ? !largeTaken : Chunk.end(c.snapshot()) > readAt) {
      return false;
    }
    Chunk following = c.next();
    if (following == null) {
      return true;
    }
    return false;
  }

  // ---------------------------------------------------------------- consumer, octets to a channel

  /**
   * Takes the consumer's side of an outbound queue; false when somebody has it. Never replace it by
   * a plain read.
   */
  public boolean tryOwn() {
    return OWNED.compareAndSet(this, 0, 1);
  }

  /** Takes the consumer's side, waiting for the holder, who does nothing that blocks. */
  public void own() {
    while (!tryOwn()) {
      Thread.onSpinWait();
    }
  }

  /**
   * Gives the consumer's side back, then looks for what was appended meanwhile: its sender may have
   * found the side taken, and relies on this look. Nothing of the consumer's own is read after the
   * release.
   *
   * @return true when there is more to write; the caller should try to own again
   */
  public boolean disown() {
    Chunk c = head;
    int at = readAt;
    OWNED.setVolatile(this, 0);
    return c.next() != null || (c.large == null && Chunk.end(c.snapshot()) != at);
  }

  /** From writing octets to taking messages ({@link #next}): finds out how many messages were written. Consumer. */
  public void alignTaken() {
    if (head.memory != null) {
      int boundary = boundaryAtOrAfter(readAt, true);
      assert boundary == readAt : boundary + " " + readAt;
    } else {
      taken = before + (largeTaken ? 1 : 0);
    }
    visible = readAt;
  }

  /**
   * Writes what is published, returning credit as it goes.
   *
   * @return true when everything was written, false when the channel takes no more for now
   */
  public boolean writeTo(GatheringByteChannel channel) throws IOException {
    if (carry != null && !writeCarry(channel)) {
      return false;
    }
    while (true) {
      Chunk c = head;
      if (c.large != null) {
        if (!largeTaken) {
          if (!writeLarge(c.large, channel)) {
            return false;
          }
          returnCredit(before + 1);
        }
      } else if (c.memory != null) {
        long snapshot = c.snapshot();
        int end = Chunk.end(snapshot);
        if (readAt < end) {
          c.out.limit(end).position(readAt);
          written += channel.write(c.out);
          readAt = c.out.position();
          if (readAt < end) {
            return false;
          }
        }
        if (creditedHere != before + Chunk.messages(snapshot)) {
          returnCredit(before + Chunk.messages(snapshot));
        }
      }
      Chunk following = c.next();
      if (following == null) {
        if (c.memory == null || Chunk.end(c.snapshot()) == readAt) {
          return true;
        }
      } else if (c.memory == null || Chunk.end(c.snapshot()) == readAt) {
        leave(c, following);
      }
    }
  }

  private boolean writeLarge(Large large, GatheringByteChannel channel) throws IOException {
    if (wire == null) {
      wire = large.wire();
      wireAt = 0;
    }
    if (!writePieces(channel)) {
      return false;
    }
    wire = null;
    largeTaken = true;
    large.release();
    return true;
  }

  private boolean writePieces(GatheringByteChannel channel) throws IOException {
    while (wireAt < wire.length) {
      ByteBuffer first = wire[wireAt];
      long n;
      if (!first.isDirect() && first.remaining() > HEAP_SLICE) {
        int limit = first.limit();
        first.limit(first.position() + HEAP_SLICE);
        try {
          n = channel.write(first);
        } finally {
          first.limit(limit);
        }
        if (n < HEAP_SLICE) {
          written += n;
          return false;
        }
      } else {
        int count = 1;
        long offered = first.remaining();
        while (wireAt + count < wire.length
            && count < 64
            && (wire[wireAt + count].isDirect()
                || wire[wireAt + count].remaining() <= HEAP_SLICE)) {
          offered += wire[wireAt + count].remaining();
          count++;
        }
        n = channel.write(wire, wireAt, count);
        if (n < offered) {
          written += n;
          skipWritten();
          return false;
        }
      }
      written += n;
      skipWritten();
    }
    return true;
  }

  /** The rest of a message of which newer ones have taken the place in the queue. */
  private boolean writeCarry(GatheringByteChannel channel) throws IOException {
    wire = carry;
    boolean done = writePieces(channel);
    wire = null;
    if (done) {
      endCarry();
    }
    return done;
  }

  private void endCarry() {
    carry = null;
    if (carryLarge != null) {
      carryLarge.release();
      carryLarge = null;
    }
  }

  private void skipWritten() {
    while (wireAt < wire.length && !wire[wireAt].hasRemaining()) {
      wireAt++;
    }
  }

  /** Octets passed to channels so far. Consumer. */
  public long written() {
    return written;
  }

  /**
   * After a connection was lost: moves from the middle of a message to the start of the next one.
   *
   * @return true when a message was partly written and is given up
   */
  public boolean skipPartlyWritten() {
    if (carry != null) {
      endCarry();
      return true;
    }
    if (wire != null) {
      wire = null;
      largeTaken = true;
      head.large.release();
      returnCredit(before + 1);
      return true;
    }
    if (head.memory == null) {
      return false;
    }
    int boundary = boundaryAtOrAfter(readAt, false);
    boolean partly = boundary != readAt;
    readAt = boundary;
    return partly;
  }

  /** The first message boundary of the head chunk that is not before {@code position}. */
  private int boundaryAtOrAfter(int position, boolean count) {
    int at = 0;
    long messages = 0;
    boolean inside = false;
    while (at < position || inside) {
      openFrame(at);
      at = frameAt + frameSize;
      if ((frameFlags & Wire.FLAG_COMMAND) == 0) {
        inside = more();
        if (!inside) {
          messages++;
        }
      }
    }
    if (count) {
      taken = before + messages;
    }
    return at;
  }

  /**
   * Gives up everything that is queued; returns how many messages that was. Consumer, at a message
   * boundary.
   */
  public long discardAll() {
    alignTaken();
    long dropped = 0;
    while (next()) {
      if (!isCommand()) {
        dropped++;
      }
      finish();
    }
    return dropped;
  }

  /**
   * Gives up every message of which nothing is written yet; the rest of a started one stays.
   * Consumer.
   */
  public long discardUnwritten() {
    if (wire != null) {
      carry = wire;
      carryLarge = head.large;
      wire = null;
      largeTaken = true;
    } else if (carry == null && head.memory != null) {
      int boundary = boundaryAtOrAfter(readAt, false);
      if (boundary != readAt) {
        ByteBuffer rest = ByteBuffer.allocate(boundary - readAt);
        rest.put(0, head.memory, readAt, boundary - readAt);
        carry = new ByteBuffer[] {rest};
        wireAt = 0;
        readAt = boundary;
      }
    }
    return discardAll();
  }

  /** Gives up all messages but the newest; returns how many were given up. Consumer. */
  public long discardAllButLast() {
    long visibleMessages = before;
    for (Chunk c = head; c != null; c = c.next()) {
      visibleMessages += Chunk.messages(c.snapshot());
    }
    long dropped = 0;
    while (visibleMessages - taken > 1 && next()) {
      if (!isCommand()) {
        dropped++;
      }
      finish();
    }
    return dropped;
  }

  /**
   * One of the two sides will not touch the queue again; the second to say so gives the memory
   * back. Before it leaves, the consumer discards (and counts) what it will not take.
   *
   * @return how many messages were given up now: those appended after the consumer left
   */
  public long leave() {
    return (int) SIDES.getAndAdd(this, -1) == 1 ? close() : 0;
  }

  /**
   * Gives all memory back, when both sides are done. The caller holds both sides; nothing may be
   * appended or taken afterwards.
   *
   * @return how many messages were still queued
   */
  public long close() {
    skipPartlyWritten();
    long dropped = discardAll();
    if (head.memory != null) {
      pool.give(head.memory);
    }
    head = new Chunk();
    tail = head;
    tailCapacity = 0;
    tailEnd = 0;
    readAt = 0;
    visible = 0;
    return dropped;
  }
}

// Fields only: the superclasses keep the producer's words, the consumer's and the shared one on
// cache lines of their own.

abstract class QueueProducer {
  Chunk tail;
  int tailEnd;
  int tailCapacity;
  int tailMessages;
  int nextSize;
  volatile int highWaterMark;
  long appended;
  long appendedOctets;
  long creditSeen;
}

abstract class QueuePadding1 extends QueueProducer {
  @SuppressWarnings("unused")
  private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;
}

abstract class QueueConsumerFields extends QueuePadding1 {
  Chunk head;

  /** Start of the current message, or of the next one; while writing, of the next octet. */
  int readAt;

  /** End of what is known to be published in the head chunk. */
  int visible;

  /** Messages in the chunks before the head. */
  long before;

  long octetsBefore;

  long taken;
  long creditedHere;
  volatile int creditStep;
  boolean creditNews;
  boolean largeTaken;

  /** The current frame: index in the large message, or -1 when it is in the chunk. */
  int largeFrame = -1;

  int frameFlags;
  int frameAt;
  int frameSize;

  /** The large message being written: its pieces and the first that is not finished. */
  ByteBuffer[] wire;

  int wireAt;

  /**
   * The rest of a message that is no longer in the queue (conflation), and what to release after
   * it.
   */
  ByteBuffer[] carry;

  Large carryLarge;
  long written;
}

abstract class QueueConsumer extends QueueConsumerFields {
  @SuppressWarnings("unused")
  private long q0, q1, q2, q3, q4, q5, q6, q7, q8, q9, q10, q11, q12, q13, q14, q15;
}
