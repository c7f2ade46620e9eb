package io.niomq.internal.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/**
 * Ends a select from another thread, instead of {@link Selector#wakeup}. On Linux the selector's
 * own way (an event descriptor) has the scheduler look for an idle processor, and to rouse one
 * takes 5 to 50 microseconds; a write to a pipe says that the writer is about to wait, and its
 * reader comes next on the same processor. Nor do the two threads meet in a lock of the selector.
 *
 * <p>{@link #wake} may be called by any thread; the rest is the selecting thread's.
 */
final class WakeupPipe implements EventLoop.Handler {
  private final Pipe pipe;
  private final ByteBuffer in = ByteBuffer.allocateDirect(16);
  private final ByteBuffer out = ByteBuffer.allocateDirect(1);

  private WakeupPipe(Pipe pipe) {
    this.pipe = pipe;
  }

  static WakeupPipe open(Selector selector) throws IOException {
    Pipe pipe = Pipe.open();
    try {
      WakeupPipe wakeup = new WakeupPipe(pipe);
      pipe.sink().configureBlocking(false);
      pipe.source().configureBlocking(false);
      pipe.source().register(selector, SelectionKey.OP_READ, wakeup);
      return wakeup;
    } catch (IOException | RuntimeException | Error e) {
      close(pipe);
      throw e;
    }
  }

  /** The next select, or the one under way, returns at once. */
  synchronized void wake() {
    try {
      pipe.sink().write(out.clear()); // does not block; two at a time are rare
    } catch (IOException e) {
      // closed: nobody selects any more
    }
  }

  @Override
  public void ready(SelectionKey key) {
    try {
      pipe.source().read(in.clear());
    } catch (IOException e) {
      failed(e);
    }
  }

  @Override
  public void failed(Throwable failure) {
    throw new IllegalStateException("the pipe that wakes the I/O thread is broken", failure);
  }

  void close() {
    close(pipe);
  }

  private static void close(Pipe pipe) {
    try {
      pipe.sink().close();
      pipe.source().close();
    } catch (IOException e) {
      // it is gone all the same
    }
  }
}
