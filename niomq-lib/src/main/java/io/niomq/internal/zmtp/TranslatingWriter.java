package io.niomq.internal.zmtp;

import io.niomq.internal.pipe.FrameQueue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.Arrays;

/** Takes messages from the queue, and writes them in a form of its own, many at a time. */
abstract class TranslatingWriter implements FrameWriter {
  private static final int BATCH = 64 << 10;

  /**
   * With one system call no more than this: the JDK copies all that remains of a heap buffer at
   * each write, and for a write as for a read each thread keeps direct memory as large as that.
   */
  static final int SLICE = 128 << 10;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** A longer list of ends is not kept. */
  private static final int ENDS_KEPT = 256;

  private ByteBuffer pending = NOTHING;

  /** Written by whoever holds the queue's consumer side. */
  private volatile long sent;

  /** Where messages end in {@link #pending}, and how many there are. */
  private int[] ends = new int[16];

  private int endCount;

  /**
   * Adds the octets of the queue's current frame.
   *
   * @param more whether more frames of the same message follow
   */
  abstract void translate(byte[] body, boolean more, ByteArrayOutputStream out);

  /** Adds a command, where there are any. */
  void translateCommand(byte[] body, ByteArrayOutputStream out) {}

  @Override
  public final boolean write(FrameQueue queue, GatheringByteChannel channel) throws IOException {
    while (writePending(channel)) {
      pending = NOTHING; // a connection at rest holds no memory
      ends = ends.length > ENDS_KEPT ? new int[16] : ends;
      endCount = 0;
      queue.wroteTaken();
      if (hasHungUp()) {
        return true;
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      while (out.size() < BATCH && !hasHungUp() && queue.next()) {
        if (queue.isCommand()) {
          translateCommand(queue.toArray(), out);
        } else {
          translate(queue.toArray(), queue.more(), out);
          while (queue.more()) {
            queue.nextFrame();
            translate(queue.toArray(), queue.more(), out);
          }
          endsAt(out.size());
        }
        queue.finish();
      }
      if (out.size() == 0) {
        return true;
      }
      pending = ByteBuffer.wrap(out.toByteArray());
    }
    return false;
  }

  private boolean writePending(GatheringByteChannel channel) throws IOException {
    int end = pending.limit();
    while (pending.hasRemaining()) {
      int slice = Math.min(SLICE, pending.remaining());
      pending.limit(pending.position() + slice);
      int n;
      try {
        n = channel.write(pending);
        sent += n;
      } finally {
        pending.limit(end);
      }
      if (n < slice) {
        return false;
      }
    }
    return true;
  }

  private void endsAt(int position) {
    if (endCount == ends.length) {
      ends = Arrays.copyOf(ends, 2 * endCount);
    }
    ends[endCount++] = position;
  }

  @Override
  public final int pendingMessages() {
    int at = 0;
    while (at < endCount && ends[at] <= pending.position()) {
      at++;
    }
    return endCount - at;
  }

  @Override
  public final boolean hasPending() {
    return pending.hasRemaining();
  }

  @Override
  public final long octetsSent() {
    return sent;
  }
}
