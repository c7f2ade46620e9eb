package io.niomq.internal.pipe;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
public final class FrameQueue extends QueuePaddingAfter {
  /** Frames above this size are held by reference. */
  public static final int INLINE_MAX = 64 << 10;

  /** Frames above this size are, too, when they are held by others already: copies cost more. */
  public static final int SHARE_MIN = 8 << 10;

  /** Messages of several frames are held by reference above this size. */
  public static final int MESSAGE_MAX = 128 << 10;

  /** Largest chunk of small messages. */
  static final int CHUNK_SMALL = 64 << 10;

  /** The same in a queue to a channel that is filled slowly: see {@link SlowFill}. */
  static final int CHUNK_SLOW = 16 << 10;

  /** Largest chunk: a system call should carry several of the largest messages in it. */
  static final int CHUNK_MAX = 512 << 10;

  /** A chunk grows beyond {@link #CHUNK_SMALL} to hold so many messages. */
  static final int CHUNK_MESSAGES = 4;

  /**
   * A private flag of a command frame in an inbound queue: it was dealt with when it was decoded.
   */
  public static final int FLAG_DONE = 0x80;

  static final int CREDIT_STEP_UNLIMITED = 512;

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

  /** So many chunks are written with one call. */
  private static final int GATHERED_MAX = 16;

  /** So many octets of several large messages. */
  private static final int GATHERED_OCTETS = 1 << 20;

  @SuppressWarnings("unused") // by CREDITED
  private volatile long credited;

  /** 1 while somebody holds the consumer's side of an outbound queue. */
  @SuppressWarnings("unused") // by OWNED
  private volatile int owned;

  @SuppressWarnings("unused") // by SIDES
  private volatile int sides = 2;

  // The consumer, when it writes to a channel:

  /** The large message being written; null when there is none. */
  private Pieces wire;

  /** For a call that writes several chunks; null before the first. */
  private ByteBuffer[] gathered;

  /**
   * The rest of a message that is no longer in the queue (conflation), and what to release after
   * it.
   */
  private Pieces carry;

  private Large carryLarge;

  /** Commands that {@link #discardUnwritten} has met; null when there are none. */
  private ArrayList<byte[]> unwrittenCommands;

  /** Written by the consumer; senders read it to see whether the channel takes anything. */
  private volatile long written;

  public FrameQueue(ChunkPool pool, int highWaterMark) {
    super(pool);
    highWaterMark(highWaterMark);
  }

  @Override
  long loadCredit() {
    return (long) CREDITED.getVolatile(this);
  }

  @Override
  void storeCredit(long count) {
    CREDITED.setVolatile(this, count);
  }

  /** Messages whose credit the consumer has returned. Any thread. */
  public long credited() {
    return credited;
  }

  /** Whether credit came back for all messages: nothing is queued. Producer. */
  public boolean isCredited() {
    return appended() == credited;
  }

  /**
   * Gives the head's memory back if all of it was taken and the producer has left it. Consumer, at
   * a message boundary.
   */
  void leaveTaken() {
    Chunk c = head;
    Chunk following = c.next(); // first: then the producer has published all that c will hold
    if (following != null && c.memory != null && Chunk.end(c.snapshot()) == readAt) {
      leave(c, following);
    }
  }

  // ---------------------------------------------------------------- consumer, octets to a channel

  /**
   * Whether no message is left to be written; commands concerned the last connection. Asked while
   * nobody appends and no connection writes. Takes the consumer's side for the look.
   */
  public boolean isDrained() {
    own();
    alignTaken();
    boolean drained = carry == null && taken == appended();
    disown();
    return drained;
  }

  /**
   * Takes the consumer's side of an outbound queue; false when somebody has it. Never replace it by
   * a plain read.
   */
  public boolean tryOwn() {
    return OWNED.compareAndSet(this, 0, 1);
  }

  /** Whether somebody has the consumer's side, at this moment. Any thread. */
  public boolean isOwned() {
    return owned != 0;
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

  /**
   * From writing octets to taking messages ({@link #next}): finds out how many messages were
   * written. Consumer.
   */
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
          if (!writeLarge(channel)) {
            return false;
          }
          returnCredit(before + 1);
          c = head;
        }
      } else if (c.memory != null) {
        if (!writeChunks(channel)) {
          return false;
        }
        c = head;
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

  /**
   * Writes what the head holds, together with the chunks after it. Ends with the last of them as
   * the head.
   *
   * @return whether all of it was written
   */
  private boolean writeChunks(GatheringByteChannel channel) throws IOException {
    Chunk last = head;
    Chunk following = last.next(); // first: then the snapshot is the chunk's last
    long snapshot = last.snapshot();
    int end = Chunk.end(snapshot);
    if (following == null || following.memory == null || readAt == end) {
      if (readAt < end) {
        last.out.limit(end).position(readAt);
        written += channel.write(last.out);
        readAt = last.out.position();
        if (readAt < end) {
          return false;
        }
      }
    } else {
      if (gathered == null) {
        gathered = new ByteBuffer[GATHERED_MAX];
      }
      int count = 0;
      last.out.limit(end).position(readAt);
      gathered[count++] = last.out;
      while (count < GATHERED_MAX && following != null && following.memory != null) {
        last = following;
        following = last.next();
        snapshot = last.snapshot();
        last.out.limit(Chunk.end(snapshot)).position(0);
        gathered[count++] = last.out;
      }
      try {
        written += channel.write(gathered, 0, count);
      } finally {
        Arrays.fill(gathered, 0, count, null);
      }
      readAt = head.out.position();
      while (head != last && !head.out.hasRemaining()) {
        leave(head, head.next());
        readAt = head.out.position();
      }
      if (head.out.hasRemaining()) {
        if (creditedHere < before) { // else that of a part of this chunk was returned already
          returnCredit(before);
        }
        return false;
      }
    }
    if (creditedHere != before + Chunk.messages(snapshot)) {
      returnCredit(before + Chunk.messages(snapshot));
    }
    return true;
  }

  /** Writes the head, which is a large message, perhaps together with those after it. */
  private boolean writeLarge(GatheringByteChannel channel) throws IOException {
    if (wire == null) {
      wire = head.large.wire();
    }
    Chunk following = head.next();
    if (following != null && following.large != null && wire.mayBeJoined()) {
      return writeLarges(channel);
    }
    if (!write(wire, channel)) {
      return false;
    }
    endLarge();
    return true;
  }

  private boolean write(Pieces message, GatheringByteChannel channel) throws IOException {
    while (!message.isWritten()) {
      written += message.write(channel);
      if (!message.tookAll()) {
        return false;
      }
    }
    return true;
  }

  private void endLarge() {
    wire = null;
    largeTaken = true;
    head.large.release();
  }

  /**
   * Writes several large messages with one call, if they are not too large. Ends with the last of
   * them as the head, or with the first that was not wholly written.
   */
  private boolean writeLarges(GatheringByteChannel channel) throws IOException {
    ArrayList<Pieces> messages = new ArrayList<>();
    ArrayList<ByteBuffer> all = new ArrayList<>();
    wire.addTo(all);
    long offered = head.large.wireSize();
    for (Chunk c = head.next(); c != null && c.large != null; c = c.next()) {
      offered += c.large.wireSize();
      Pieces message = offered > GATHERED_OCTETS ? null : c.large.wire();
      if (message == null
          || !message.mayBeJoined()
          || all.size() + message.count() > Pieces.CALL_MAX) {
        break;
      }
      messages.add(message);
      message.addTo(all);
    }
    written += channel.write(all.toArray(new ByteBuffer[0]));
    for (Pieces next : messages) {
      if (!wire.isWritten()) {
        break;
      }
      endLarge();
      leave(head, head.next());
      wire = next;
    }
    if (wire.isWritten()) {
      endLarge();
      return true;
    }
    long done = before + (largeTaken ? 1 : 0);
    if (creditedHere < done) {
      returnCredit(done);
    }
    return false;
  }

  /** The rest of a message of which newer ones have taken the place in the queue. */
  private boolean writeCarry(GatheringByteChannel channel) throws IOException {
    if (!write(carry, channel)) {
      return false;
    }
    endCarry();
    return true;
  }

  private void endCarry() {
    carry = null;
    if (carryLarge != null) {
      carryLarge.release();
      carryLarge = null;
    }
  }

  /**
   * For writers that take messages ({@link #next}) and write them in another form: all that was
   * taken is written. Consumer.
   */
  public void wroteTaken() {
    written = takenOctets();
  }

  /** Octets passed to channels so far. Any thread. */
  public long written() {
    return written;
  }

  /**
   * After a connection was lost: moves from the middle of a message to the start of the next one,
   * and returns the credit of all that is before it.
   *
   * @return true when a message was partly written and is given up
   */
  public boolean skipPartlyWritten() {
    boolean partly = skipToBoundary();
    alignTaken();
    if (creditedHere < taken) {
      returnCredit(taken);
    }
    return partly;
  }

  private boolean skipToBoundary() {
    if (carry != null) {
      endCarry();
      return true;
    }
    if (hasBegunLarge()) {
      endLarge();
      return true;
    }
    wire = null;
    if (head.memory == null) {
      return false;
    }
    int boundary = boundaryAtOrAfter(readAt, false);
    boolean partly = boundary != readAt;
    readAt = boundary;
    return partly;
  }

  /** Whether some octets of the head, a large message, were written, and not all. */
  private boolean hasBegunLarge() {
    return wire != null && wire.isBegun();
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
    return discardAll(false);
  }

  private long discardAll(boolean keepCommands) {
    alignTaken();
    long dropped = 0;
    while (next()) {
      if (!isCommand()) {
        dropped++;
      } else if (keepCommands) {
        if (unwrittenCommands == null) {
          unwrittenCommands = new ArrayList<>();
        }
        unwrittenCommands.add(toArray());
      }
      finish();
    }
    return dropped;
  }

  /**
   * Gives up every message of which nothing is written yet; the rest of a started one stays, and
   * {@link #takeUnwrittenCommands} tells what else was queued. Consumer.
   */
  public long discardUnwritten() {
    if (hasBegunLarge()) {
      carry = wire;
      carryLarge = head.large;
      wire = null;
      largeTaken = true;
      return discardAll(true);
    }
    wire = null;
    if (carry == null && head.memory != null) {
      int boundary = boundaryAtOrAfter(readAt, false);
      if (boundary != readAt) {
        ByteBuffer rest = ByteBuffer.allocate(boundary - readAt);
        rest.put(0, head.memory, readAt, boundary - readAt);
        carry = new Pieces(rest);
        readAt = boundary;
      }
    }
    return discardAll(true);
  }

  /** The commands that the last {@link #discardUnwritten} has met, or null. Consumer. */
  public List<byte[]> takeUnwrittenCommands() {
    List<byte[]> commands = unwrittenCommands;
    unwrittenCommands = null;
    return commands;
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
   * Gives the memory back if the queue is empty, and begins anew with little of it. The caller
   * holds both sides.
   *
   * @return whether it did
   */
  public boolean trim() {
    leaveTaken(); // a reader that found nothing may have begun another chunk
    Chunk c = head;
    if (c != tail || c.memory == null || carry != null || readAt != tailEnd) {
      return false;
    }
    before += Chunk.messages(c.snapshot());
    octetsBefore += readAt;
    head = new Chunk();
    memory = null;
    readAt = 0;
    visible = 0;
    restart(head);
    pool.give(c);
    return true;
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
      pool.give(head);
    }
    head = new Chunk();
    memory = null;
    tail(head);
    readAt = 0;
    visible = 0;
    return dropped;
  }
}
