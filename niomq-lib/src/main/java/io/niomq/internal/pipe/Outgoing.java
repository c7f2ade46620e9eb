package io.niomq.internal.pipe;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One message on its way into a queue: the caller's frames, less those that the pattern takes off,
 * plus those that it puts before them (an envelope). Nothing is copied until it is appended.
 *
 * <p>Each socket has one, guarded by the socket's lock, so that sending allocates nothing.
 */
public final class Outgoing {
  private static final byte[] EMPTY = {};

  // A single frame in an array: the fast path.
  byte[] array = EMPTY;
  int offset;
  int length;

  // All other messages: byte[], Body or ByteBuffer (the caller's, read only during the call).
  private Object[] frames = new Object[8];
  private int count;

  // A message in its wire form, until somebody asks for its frames; `count` is right, too.
  private ByteBuffer wire;
  private int wireFrom;
  private int wireEnd;

  private Object[] prefix = new Object[4];
  private int prefixCount;
  private int skipped;

  /** There is something to clear. */
  private boolean composed;

  /** Which of the first 64 frames are copies of ours, made for sharing. */
  private long ownedBodies;

  /** Becomes a message of one frame. */
  public Outgoing of(byte[] source, int from, int size) {
    clear();
    if (array != source) { // see Incoming
      array = source;
    }
    offset = from;
    length = size;
    return this;
  }

  /** Becomes an empty message, to be filled with {@link #add}. */
  public Outgoing reset() {
    clear();
    array = null;
    return this;
  }

  private void clear() {
    if (composed) {
      composed = false;
      clearAll();
    }
  }

  private void clearAll() {
    if (wire == null) {
      Arrays.fill(frames, 0, count, null);
    }
    count = 0;
    wire = null;
    clearEnvelope();
  }

  /** Adds a frame: {@code byte[]}, {@link Body} or {@link ByteBuffer}; it stays the caller's. */
  public void add(Object frame) {
    composed = true;
    unpack();
    if (count == frames.length) {
      frames = Arrays.copyOf(frames, 2 * count);
    }
    frames[count++] = frame;
  }

  /**
   * Adds {@code added} frames that are in their wire form already, in an array. None of them is
   * worth sharing, and the last one ends the message.
   */
  public void addWire(ByteBuffer source, int from, int end, int added) {
    if (count == 0) {
      composed = true;
      wire = source;
      wireFrom = from;
      wireEnd = end;
      count = added;
    } else {
      addFrames(source, from, added);
    }
  }

  private void addFrames(ByteBuffer source, int from, int added) {
    int at = from;
    for (int i = 0; i < added; i++) {
      int size = Wire.bodySize(source, at);
      at += Wire.headerSize(source, at);
      add(ByteBuffer.wrap(source.array(), at, size));
      at += size;
    }
  }

  /** Leaves out the first frame when appending. */
  public void skipFirst() {
    composed = true;
    skipped = 1;
  }

  /** Puts a frame after the envelope's others, before the message's. */
  public void addPrefix(byte[] frame) {
    composed = true;
    if (prefixCount == prefix.length) {
      prefix = Arrays.copyOf(prefix, 2 * prefixCount);
    }
    prefix[prefixCount++] = frame;
  }

  /** Takes back {@link #skipFirst} and {@link #addPrefix}. */
  public void clearEnvelope() {
    if (prefixCount > 0) {
      Arrays.fill(prefix, 0, prefixCount, null);
      prefixCount = 0;
    }
    skipped = 0;
  }

  boolean isPlain() {
    return array != null && prefixCount == 0 && skipped == 0;
  }

  /** Whether what is appended is in its wire form already. */
  boolean isWire() {
    return wire != null && prefixCount == 0;
  }

  /** Where that begins. */
  private int wireStart() {
    return skipped == 0 ? wireFrom : firstAt() + firstSize();
  }

  private int firstAt() {
    return wireFrom + Wire.headerSize(wire, wireFrom);
  }

  /** From the wire form to frames. */
  private void unpack() {
    if (wire != null) {
      ByteBuffer packed = wire;
      int packedFrames = count;
      wire = null;
      count = 0;
      addFrames(packed, wireFrom, packedFrames);
    }
  }

  /** Frames of the caller's message, whatever the envelope. */
  public int bodyFrames() {
    return array != null ? 1 : count;
  }

  /** Octets of the caller's first frame. */
  public int firstSize() {
    return wire != null ? Wire.bodySize(wire, wireFrom) : size(0);
  }

  /** Octets of one of the caller's frames. */
  public int size(int index) {
    unpack();
    return array != null ? length : sizeOf(frames[index]);
  }

  /** One octet of the caller's first frame. */
  public byte firstOctet(int index) {
    if (array != null) {
      return array[offset + index];
    }
    if (wire != null) {
      return wire.get(firstAt() + index);
    }
    Object f = frames[0];
    if (f instanceof byte[] b) {
      return b[index];
    }
    if (f instanceof Body b) {
      return b.octet(index);
    }
    ByteBuffer b = (ByteBuffer) f;
    return b.get(b.position() + index);
  }

  /** A copy of one of the caller's frames. */
  public byte[] frameCopy(int index) {
    if (array != null) {
      return Arrays.copyOfRange(array, offset, offset + length);
    }
    unpack();
    Object f = frames[index];
    if (f instanceof byte[] b) {
      return b.clone();
    }
    if (f instanceof Body b) {
      return b.toArray();
    }
    ByteBuffer b = (ByteBuffer) f;
    byte[] copy = new byte[b.remaining()];
    b.get(b.position(), copy);
    return copy;
  }

  // ------------------------------------------------------------ what is appended

  int frameCount() {
    return prefixCount + bodyFrames() - skipped;
  }

  private Object frame(int index) {
    unpack();
    return index < prefixCount ? prefix[index] : frames[index - prefixCount + skipped];
  }

  int frameSize(int index) {
    return array != null && index >= prefixCount ? length : sizeOf(frame(index));
  }

  /** Up to which size a frame is copied into a chunk. */
  int inlineMax(int index) {
    return array == null && frame(index) instanceof Body
        ? FrameQueue.SHARE_MIN
        : FrameQueue.INLINE_MAX;
  }

  private static int sizeOf(Object f) {
    if (f instanceof byte[] b) {
      return b.length;
    }
    return f instanceof Body b ? b.size() : ((ByteBuffer) f).remaining();
  }

  void copyFrame(int index, ByteBuffer target, int at) {
    if (array != null && index >= prefixCount) {
      target.put(at, array, offset, length);
      return;
    }
    Object f = frame(index);
    if (f instanceof byte[] b) {
      target.put(at, b, 0, b.length);
    } else if (f instanceof Body b) {
      b.copyTo(target, at);
    } else {
      ByteBuffer b = (ByteBuffer) f;
      target.put(at, b, b.position(), b.remaining());
    }
  }

  /** Octets of the whole message in its wire form. */
  public long wireSize() {
    if (isWire()) {
      return wireEnd - wireStart();
    }
    long total = 0;
    for (int i = 0; i < frameCount(); i++) {
      int size = frameSize(i);
      total += Wire.headerSize(size) + size;
    }
    return total;
  }

  /** Writes the message in its wire form; returns where it ends. */
  public int encode(ByteBuffer target, int from) {
    if (isWire()) {
      int start = wireStart();
      target.put(from, wire.array(), start, wireEnd - start);
      return from + wireEnd - start;
    }
    int at = from;
    int frames = frameCount();
    for (int i = 0; i < frames; i++) {
      int size = frameSize(i);
      at += Wire.putHeader(target, at, i + 1 < frames ? Wire.FLAG_MORE : 0, size);
      copyFrame(i, target, at);
      at += size;
    }
    return at;
  }

  /**
   * The frames by reference: a {@link Body} is shared, anything else is copied.
   *
   * @param rested as of {@link Body#copyOf(ByteBuffer, ChunkPool, boolean)}
   */
  Body[] toBodies(ChunkPool pool, boolean rested) {
    Body[] bodies = new Body[frameCount()];
    for (int i = 0; i < bodies.length; i++) {
      if (array != null && i >= prefixCount) {
        bodies[i] = body(ByteBuffer.wrap(array, offset, length), pool, rested);
        continue;
      }
      Object f = frame(i);
      if (f instanceof Body b) {
        bodies[i] = b.retain();
      } else if (f instanceof byte[] b) {
        bodies[i] = body(ByteBuffer.wrap(b), pool, rested);
      } else {
        bodies[i] = body((ByteBuffer) f, pool, rested);
      }
    }
    return bodies;
  }

  private static Body body(ByteBuffer source, ChunkPool pool, boolean rested) {
    if (source.remaining() > FrameQueue.SHARE_MIN) {
      return Body.copyOf(source, pool, rested);
    }
    byte[] copy = new byte[source.remaining()];
    source.get(source.position(), copy);
    return Body.over(copy);
  }

  /**
   * Lets several queues share one copy of each large frame. To be followed by {@link #endSharing},
   * whatever happens.
   */
  public void beginSharing(ChunkPool pool) {
    if (array != null) {
      if (length <= FrameQueue.SHARE_MIN) {
        return;
      }
      Object whole = ByteBuffer.wrap(array, offset, length);
      array = null;
      add(whole);
    }
    unpack();
    int shareable = Math.min(count, Long.SIZE); // the rest is copied for each queue
    for (int i = 0; i < shareable; i++) {
      Object f = frames[i];
      if (!(f instanceof Body) && sizeOf(f) > FrameQueue.SHARE_MIN) {
        frames[i] = Body.copyOf(f instanceof byte[] b ? ByteBuffer.wrap(b) : (ByteBuffer) f, pool);
        ownedBodies |= 1L << i;
      }
    }
  }

  /** Lets go of the copies. The message is not used any more. */
  public void endSharing() {
    for (int i = 0; ownedBodies != 0 && i < Long.SIZE; i++) {
      if ((ownedBodies & 1L << i) != 0) {
        ((Body) frames[i]).release();
      }
    }
    ownedBodies = 0;
  }

  /** A message of its own with the same frames, for a call that has to wait. */
  public Outgoing detach() {
    Outgoing copy = new Outgoing();
    if (array != null) {
      copy.of(array, offset, length);
    } else {
      unpack();
      copy.reset();
      for (int i = 0; i < count; i++) {
        copy.add(frames[i]);
      }
    }
    return copy;
  }
}
