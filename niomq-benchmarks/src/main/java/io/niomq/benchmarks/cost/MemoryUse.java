package io.niomq.benchmarks.cost;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/** Octets of this process: live objects, and the direct memory that buffers hold. */
record MemoryUse(long heap, long direct) {
  private static final BufferPoolMXBean DIRECT =
      ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
          .filter(pool -> pool.getName().equals("direct"))
          .findFirst()
          .orElseThrow();

  /** After what is unreachable was collected; a buffer's memory goes only after its owner. */
  static MemoryUse settled() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(50); // for the thread that frees the memory of collected buffers
    }
    return now();
  }

  private static MemoryUse now() {
    return new MemoryUse(
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), DIRECT.getMemoryUsed());
  }

  MemoryUse minus(MemoryUse before) {
    return new MemoryUse(heap - before.heap, direct - before.direct);
  }

  long total() {
    return heap + direct;
  }
}
