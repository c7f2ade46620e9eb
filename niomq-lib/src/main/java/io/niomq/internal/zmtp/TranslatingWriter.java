package io.niomq.internal.zmtp;

import io.niomq.internal.pipe.FrameQueue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;

/** Takes messages from the queue, and writes them in a form of its own, many at a time. */
abstract class TranslatingWriter implements FrameWriter {
  private static final int BATCH = 64 << 10;

  /** The JDK copies all that remains of a heap buffer at each write. */
  private static final int SLICE = 128 << 10;

  private ByteBuffer pending = ByteBuffer.allocate(0);

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
      } finally {
        pending.limit(end);
      }
      if (n < slice) {
        return false;
      }
    }
    return true;
  }

  @Override
  public final boolean hasPending() {
    return pending.hasRemaining();
  }
}
