package io.niomq.benchmarks.jmh;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The running number that each message has in its first octets, so that none is lost unseen. */
final class Numbers {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Numbers() {}

  static void set(byte[] body, long number) {
    LONGS.set(body, 0, number);
  }

  static long get(byte[] body) {
    return (long) LONGS.get(body, 0);
  }

  /** The message in {@code target}, from 0 to its position, must be the one expected. */
  static void check(ByteBuffer target, int size, long number) {
    if (target.position() != size || target.getLong(0) != number) {
      throw new IllegalStateException(
          "message "
              + number
              + " of "
              + size
              + " octets expected; got message "
              + target.getLong(0)
              + " of "
              + target.position());
    }
  }

  static void check(byte[] body, int size, long number) {
    if (body.length != size || get(body) != number) {
      throw new IllegalStateException(
          "message "
              + number
              + " of "
              + size
              + " octets expected; got message "
              + get(body)
              + " of "
              + body.length);
    }
  }
}
