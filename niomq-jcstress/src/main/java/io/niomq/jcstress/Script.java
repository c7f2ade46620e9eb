package io.niomq.jcstress;

import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Wire;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The messages that a test sends, in order, and a check that they arrived as they are. There are
 * several variants with other octets, because pooled memory still holds what the run before has
 * written.
 */
public final class Script {
  private static final int VARIANTS = 16;

  private final byte[][][] messages;

  private Script(int[][] frameSizes, int variant) {
    messages = new byte[frameSizes.length][][];
    for (int m = 0; m < messages.length; m++) {
      messages[m] = new byte[frameSizes[m].length][];
      for (int f = 0; f < messages[m].length; f++) {
        byte[] frame = new byte[frameSizes[m][f]];
        for (int i = 0; i < frame.length; i++) {
          frame[i] = (byte) (1 + variant * 16 + m * 5 + f * 3 + i);
        }
        messages[m][f] = frame;
      }
    }
  }

  /** The variants of a script of messages, each given by the sizes of its frames. */
  public static Script[] variants(int[]... frameSizes) {
    Script[] all = new Script[VARIANTS];
    for (int v = 0; v < VARIANTS; v++) {
      all[v] = new Script(frameSizes, v);
    }
    return all;
  }

  static Script any(Script[] variants) {
    return variants[ThreadLocalRandom.current().nextInt(VARIANTS)];
  }

  public int count() {
    return messages.length;
  }

  /** The frames of one message. */
  byte[][] frames(int index) {
    return messages[index];
  }

  /** How many frames of a range of messages are too large to be copied into the queue. */
  int sharedFrames(int from, int to) {
    int count = 0;
    for (int m = from; m < Math.min(to, count()); m++) {
      for (byte[] frame : messages[m]) {
        count += frame.length > FrameQueue.INLINE_MAX ? 1 : 0;
      }
    }
    return count;
  }

  /** Whether the queue's current message is this one, whole. */
  boolean isCurrent(int index, FrameQueue queue) {
    if (index >= messages.length || queue.isCommand()) {
      return false;
    }
    byte[][] frames = messages[index];
    for (int f = 0; f < frames.length; f++) {
      if (!isFrame(frames[f], queue) || queue.more() != (f + 1 < frames.length)) {
        return false;
      }
      if (f + 1 < frames.length) {
        queue.nextFrame();
      }
    }
    return true;
  }

  /** Whether that is the message, which has one frame only. */
  boolean isOnly(int index, byte[] body) {
    return index < messages.length
        && messages[index].length == 1
        && Arrays.equals(messages[index][0], body);
  }

  /**
   * All octets of a short frame, some of a long one: looking must not take longer than the race.
   */
  private static boolean isFrame(byte[] expected, FrameQueue queue) {
    int size = expected.length;
    if (queue.size() != size) {
      return false;
    }
    int step = size <= 16 ? 1 : size / 8;
    for (int i = 0; i < size; i += step) {
      if (queue.octet(i) != expected[i]) {
        return false;
      }
    }
    return size == 0 || queue.octet(size - 1) == expected[size - 1];
  }

  /** The message as it goes over the wire. */
  public byte[] wire(int index) {
    byte[][] frames = messages[index];
    int total = 0;
    for (byte[] frame : frames) {
      total += Wire.headerSize(frame.length) + frame.length;
    }
    ByteBuffer wire = ByteBuffer.allocate(total);
    int at = 0;
    for (int f = 0; f < frames.length; f++) {
      int flags = f + 1 < frames.length ? Wire.FLAG_MORE : 0;
      at += Wire.putHeader(wire, at, flags, frames[f].length);
      wire.put(at, frames[f]);
      at += frames[f].length;
    }
    return wire.array();
  }
}
