package io.niomq.jcstress;

import io.niomq.internal.pipe.Pipe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.Arrays;

/** An outbound queue with a channel behind it, drained as a connection does it. */
final class Wire {
  private final Flow flow;
  private final FakeOwner owner = new FakeOwner();
  private final Channel channel;
  private final Pipe pipe;

  /** The channel takes {@code octetsAtOnce} with each write, then is full until the next drain. */
  Wire(Script[] variants, int octetsAtOnce) {
    flow = new Flow(variants, 0);
    channel = new Channel(octetsAtOnce);
    pipe = new Pipe(owner, null, flow.queue);
  }

  void conflate() {
    pipe.conflatesOut = true;
  }

  /** Appends the next message, under the socket's lock. */
  void append() {
    owner.socketLock().lock();
    try {
      pipe.append(flow.next());
      flow.letGo();
    } finally {
      owner.socketLock().unlock();
    }
  }

  /**
   * Writes what is queued, unless somebody else does; true when this thread wrote all there was.
   */
  boolean drain() {
    boolean wrote = false;
    boolean more = true;
    while (more && flow.queue.tryOwn()) {
      boolean all = false;
      try {
        channel.isFull = false;
        all = flow.queue.writeTo(channel);
        wrote = true;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        more = flow.queue.disown();
      }
      if (!all) {
        return false; // full: the connection now waits for the channel
      }
    }
    return wrote;
  }

  // Afterwards.

  /** Goes on writing until nothing is left. */
  void flush() {
    while (!drain()) {
      // on
    }
  }

  /** Everything must have come out of the channel. */
  int judge() {
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    for (int i = 0; i < flow.script.count(); i++) {
      expected.writeBytes(flow.script.wire(i));
    }
    return judge(expected.toByteArray(), flow.script.count());
  }

  private int judge(byte[] expected, int messages) {
    byte[] written = channel.octets.toByteArray();
    int error = 0;
    if (!Arrays.equals(written, expected)) {
      error |= written.length < expected.length ? Verdict.LOST : Verdict.CORRUPT;
    }
    if (flow.queue.written() != written.length || flow.queue.credited() != messages) {
      error |= Verdict.MISCOUNTED;
    }
    return error | flow.judgeEnd();
  }

  /** The newest message must have come out last, older ones whole or not at all. */
  int judgeConflated() {
    byte[] written = channel.octets.toByteArray();
    int at = 0;
    int count = 0;
    int last = -1;
    for (int i = 0; i < flow.script.count(); i++) {
      byte[] message = flow.script.wire(i);
      int end = at + message.length;
      if (end <= written.length && Arrays.equals(written, at, end, message, 0, message.length)) {
        at = end;
        count++;
        last = i;
      }
    }
    int error = 0;
    if (at != written.length) {
      error |= Verdict.CORRUPT;
    }
    if (last != flow.script.count() - 1) {
      error |= Verdict.LOST;
    }
    if (count + owner.conflated() != flow.script.count()) {
      error |= Verdict.MISCOUNTED;
    }
    return error | flow.judgeEnd();
  }

  private static final class Channel implements GatheringByteChannel {
    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
    private final int atOnce;
    private boolean isFull;

    Channel(int octetsAtOnce) {
      this.atOnce = octetsAtOnce;
    }

    @Override
    public int write(ByteBuffer source) {
      return (int) write(new ByteBuffer[] {source}, 0, 1);
    }

    @Override
    public long write(ByteBuffer[] sources) {
      return write(sources, 0, sources.length);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
      long total = 0;
      for (int i = offset; i < offset + length && !isFull; i++) {
        byte[] copy = new byte[(int) Math.min(sources[i].remaining(), atOnce - total)];
        sources[i].get(copy);
        octets.writeBytes(copy);
        total += copy.length;
        isFull = total == atOnce;
      }
      return total;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
