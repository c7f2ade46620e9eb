package io.niomq.internal.pipe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * The body of one frame, held by reference and shared: by several messages, by the queues of
 * several peers, by a socket and its caller. It counts its holders; the last one to let go runs the
 * release action, once.
 *
 * <p>The octets never change while somebody holds the body. Threads: any.
 */
public final class Body {
  private static final System.Logger LOG = System.getLogger("io.niomq");

  private static final VarHandle HOLDERS;

  static {
    try {
      HOLDERS = MethodHandles.lookup().findVarHandle(Body.class, "holders", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final ByteBuffer[] segments;
  private final int size;
  private final Runnable onRelease;

  @SuppressWarnings("unused") // by HOLDERS
  private volatile int holders = 1;

  private Body(ByteBuffer[] segments, int size, Runnable onRelease) {
    this.segments = segments;
    this.size = size;
    this.onRelease = onRelease;
  }

  /**
   * A body over the remaining octets of {@code memory}, which the caller leaves alone from now on.
   */
  public static Body over(ByteBuffer memory, Runnable onRelease) {
    ByteBuffer view = memory.slice();
    return new Body(new ByteBuffer[] {view}, view.remaining(), onRelease);
  }

  /** A body over an array, which the caller leaves alone from now on. */
  public static Body over(byte[] array) {
    return over(ByteBuffer.wrap(array), null);
  }

  /** A copy of the remaining octets of {@code source}, in pooled memory. */
  public static Body copyOf(ByteBuffer source, ChunkPool pool) {
    return copyOf(source, pool, false);
  }

  /**
   * The same.
   *
   * @param rested in memory that has left the caches: see {@link ChunkPool#takeRested}
   */
  static Body copyOf(ByteBuffer source, ChunkPool pool, boolean rested) {
    return copyOf(source, source.position(), source.remaining(), pool, rested);
  }

  /** A copy of {@code size} octets of {@code source}, whatever its limits, in pooled memory. */
  static Body copyOf(ByteBuffer source, int from, int size, ChunkPool pool) {
    return copyOf(source, from, size, pool, false);
  }

  private static Body copyOf(
      ByteBuffer source, int from, int size, ChunkPool pool, boolean rested) {
    ByteBuffer[] segments = new ByteBuffer[segmentCount(size)];
    for (int i = 0, at = 0; i < segments.length; i++) {
      int length = Math.min(ChunkPool.MAX_SIZE, size - at);
      ByteBuffer memory = rested ? pool.takeRested(length) : pool.take(length);
      memory.put(0, source, from + at, length);
      segments[i] = memory;
      at += length;
    }
    return pooled(segments, size, pool);
  }

  /**
   * A body over pooled memory, all segments full but the last; it goes back to the pool at the end.
   */
  public static Body pooled(ByteBuffer[] segments, int size, ChunkPool pool) {
    int left = size;
    for (ByteBuffer s : segments) {
      s.position(0).limit(Math.min(s.capacity(), left));
      left -= s.limit();
    }
    assert left == 0 : left;
    return new Body(
        segments,
        size,
        () -> {
          for (ByteBuffer s : segments) {
            s.clear();
            pool.give(s);
          }
        });
  }

  private static int segmentCount(int size) {
    return Math.max(1, (size + ChunkPool.MAX_SIZE - 1) / ChunkPool.MAX_SIZE);
  }

  public int size() {
    return size;
  }

  /** One more holder. */
  public Body retain() {
    int before = (int) HOLDERS.getAndAdd(this, 1);
    assert before > 0 : "body was released";
    return this;
  }

  /** One holder less; the last one runs the release action. */
  public void release() {
    int before = (int) HOLDERS.getAndAdd(this, -1);
    assert before > 0 : "body was released twice";
    if (before == 1 && onRelease != null) {
      try {
        onRelease.run();
      } catch (Throwable e) { // an Error, too: whoever lets go has more to do, perhaps a close
        logFailure(e);
      }
    }
  }

  private static void logFailure(Throwable e) {
    try {
      LOG.log(System.Logger.Level.ERROR, "a release callback must not throw", e);
    } catch (Throwable alsoFailed) {
      // a logger that fails harms nobody else
    }
  }

  /** How many buffers {@link #addViews} yields. */
  int viewCount() {
    return segments.length;
  }

  /**
   * Adds views for writing to a channel, each with a position of its own; returns the next free
   * index.
   */
  int addViews(ByteBuffer[] target, int index) {
    for (ByteBuffer s : segments) {
      target[index++] = s.duplicate();
    }
    return index;
  }

  public byte octet(int index) {
    int at = index;
    for (ByteBuffer s : segments) {
      if (at < s.limit()) {
        return s.get(at);
      }
      at -= s.limit();
    }
    throw new IndexOutOfBoundsException(index + " of " + size);
  }

  /** Copies the whole body. */
  public void copyTo(byte[] target, int offset) {
    for (ByteBuffer s : segments) {
      int length = s.limit();
      s.get(0, target, offset, length);
      offset += length;
    }
  }

  /** Copies as much as there is room for, and moves the target's position. */
  public void copyTo(ByteBuffer target) {
    for (ByteBuffer s : segments) {
      int length = Math.min(s.limit(), target.remaining());
      target.put(target.position(), s, 0, length);
      target.position(target.position() + length);
    }
  }

  /** Copies the whole body to {@code at} in {@code target}. */
  void copyTo(ByteBuffer target, int at) {
    for (ByteBuffer s : segments) {
      int length = s.limit();
      target.put(at, s, 0, length);
      at += length;
    }
  }

  public byte[] toArray() {
    byte[] copy = new byte[size];
    copyTo(copy, 0);
    return copy;
  }

  /** A read-only view if the body is in one piece, else a copy. */
  public ByteBuffer toBuffer() {
    return segments.length == 1
        ? segments[0].asReadOnlyBuffer()
        : ByteBuffer.wrap(toArray()).asReadOnlyBuffer();
  }
}
