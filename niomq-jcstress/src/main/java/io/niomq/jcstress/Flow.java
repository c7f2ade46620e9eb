package io.niomq.jcstress;

import io.niomq.internal.pipe.Body;
import io.niomq.internal.pipe.ChunkPool;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Outgoing;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A script on its way through a queue: the producer's side, the consumer's, and the look at the
 * end.
 */
public final class Flow {
  /** One for all runs, so that memory comes back with old octets in it. */
  public static final ChunkPool POOL = new ChunkPool();

  public final FrameQueue queue;
  public final Script script;
  private final Outgoing outgoing = new Outgoing();
  private final AtomicInteger released = new AtomicInteger();
  private final List<Body> held = new ArrayList<>(0);

  /** Messages of one frame are taken by the short way, where that goes. */
  private final boolean shortWay = ThreadLocalRandom.current().nextBoolean();

  private int shared;
  private int sent;
  private int taken;
  private int newest = -1;
  private int error;

  public Flow(Script[] variants, int highWaterMark) {
    script = Script.any(variants);
    queue = new FrameQueue(POOL, highWaterMark);
  }

  // Producer.

  void sendAll() {
    while (sent < script.count()) {
      send();
    }
  }

  /** Sends what there is room for, asking a few times. */
  int sendWhileRoom(int looks) {
    for (int i = 0; i < looks && sent < script.count(); i++) {
      if (queue.hasRoom()) {
        send();
      }
    }
    return sent;
  }

  void send() {
    queue.append(next());
    letGo();
  }

  /** The next message of the script, for the caller to append and then to {@link #letGo}. */
  Outgoing next() {
    byte[][] frames = script.frames(sent++);
    if (frames.length == 1 && frames[0].length <= FrameQueue.INLINE_MAX) {
      return outgoing.of(frames[0], 0, frames[0].length);
    }
    outgoing.reset();
    for (byte[] frame : frames) {
      if (frame.length <= FrameQueue.INLINE_MAX) {
        outgoing.add(frame);
      } else {
        Body body = Body.over(ByteBuffer.wrap(frame), released::incrementAndGet);
        held.add(body);
        shared++;
        outgoing.add(body);
      }
    }
    return outgoing;
  }

  /** Gives up the sender's own hold on what the queue refers to. */
  void letGo() {
    held.forEach(Body::release);
    held.clear();
  }

  /** Somebody else appends all messages. */
  public void sentAll() {
    sent = script.count();
  }

  // Consumer.

  /**
   * Looks that often for a message, and takes those that are there; returns how many were taken so
   * far.
   */
  public int take(int looks) {
    for (int i = 0; i < looks; i++) {
      if ((shortWay && takeByShortWay()) || takeByCursor()) {
        newest = taken++;
        if (queue.credited() > taken) {
          error |= Verdict.MISCOUNTED;
        }
      }
    }
    return taken;
  }

  private boolean takeByShortWay() {
    byte[] body = queue.take();
    if (body != null && !script.isOnly(taken, body)) {
      error |= Verdict.CORRUPT;
    }
    return body != null;
  }

  private boolean takeByCursor() {
    if (!queue.next()) {
      return false;
    }
    if (!script.isCurrent(taken, queue)) {
      error |= Verdict.CORRUPT;
    }
    if (released.get() > script.sharedFrames(0, taken)) {
      error |= Verdict.RELEASE;
    }
    queue.finish();
    return true;
  }

  int taken() {
    return taken;
  }

  /** Skips that often to the newest message; returns how many were taken or skipped so far. */
  public int takeNewest(int looks) {
    for (int i = 0; i < looks; i++) {
      taken += queue.discardAllButLast();
      take(1);
    }
    return taken;
  }

  // Both, afterwards.

  /** The newest message must have been taken, or be there still. */
  public int judgeNewest() {
    takeNewest(1);
    if (newest != script.count() - 1) {
      error |= Verdict.LOST;
    }
    return judge();
  }

  /** Takes the rest, gives the memory back and judges. */
  public int judge() {
    if (queue.highWaterMark() > 0 && queue.appended() - taken > queue.highWaterMark()) {
      error |= Verdict.TOO_MANY;
    }
    take(script.count() + 1);
    if (taken != sent || !queue.isEmpty()) {
      error |= Verdict.LOST;
    }
    if (queue.appended() != taken
        || queue.credited() != taken
        || queue.taken() != taken
        || queue.takenOctets() != queue.appendedOctets()) {
      error |= Verdict.MISCOUNTED;
    }
    return error | judgeEnd();
  }

  /** Nothing may be left, neither messages nor a hold on shared memory. */
  int judgeEnd() {
    int error = queue.close() == 0 ? 0 : Verdict.LOST;
    return released.get() == shared ? error : error | Verdict.RELEASE;
  }
}
