package io.niomq.benchmarks.program;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * What the octets of a message mean: in front always a sequence number, by which the receiver sees
 * that none is missing; behind it what the workload needs.
 */
final class Body {
  static final int SEQUENCE = 0;
  static final int PLANNED_START = 8;
  static final int SLOT = 8;
  static final int BURST_AND_INDEX = 16;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Body() {}

  static void set(byte[] body, int index, long value) {
    LONG.set(body, index, value);
  }

  static long get(byte[] body, int index) {
    return (long) LONG.get(body, index);
  }

  /** Fails unless {@code port} has just received the message {@code sequence}, of that size. */
  static void check(Port port, int size, int expectedSize, long sequence) {
    checkSize(size, expectedSize);
    long actual = port.longAt(SEQUENCE);
    if (actual != sequence) {
      throw new IllegalStateException(
          "received message number " + actual + " instead of " + sequence);
    }
  }

  static void checkSize(int size, int expectedSize) {
    if (size != expectedSize) {
      throw new IllegalStateException(
          "received a message of " + size + " octets instead of " + expectedSize);
    }
  }
}
