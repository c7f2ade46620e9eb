package io.niomq.benchmarks.program;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;

/** A number in memory that processes share by mapping the same file of eight octets. */
final class SharedWord {
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  /** Much less than the pause after an arrival, and no load meanwhile. */
  private static final long POLL_NANOS = 20_000;

  private final ByteBuffer word;

  SharedWord(String file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(Path.of(file), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      word = channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
    }
  }

  void set(long value) {
    LONG.setRelease(word, 0, value);
  }

  /** Waits until it is another one than {@code last}. */
  long awaitOther(long last) {
    while (true) {
      long value = (long) LONG.getAcquire(word, 0);
      if (value != last) {
        return value;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
