package io.niomq.benchmarks.cost;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * A span of time and the processor time that this process has taken in it, all threads together.
 */
final class Processor {
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final long startNanos = System.nanoTime();
  private final long startCpu = SYSTEM.getProcessCpuTime();

  /** So many things were done since the start: what one cost, and how many a second. */
  Rate of(long things) {
    double cpu = SYSTEM.getProcessCpuTime() - startCpu;
    double nanos = System.nanoTime() - startNanos;
    return new Rate(cpu / things, things / nanos * 1e9);
  }

  /** Nanoseconds of processor time for each, and how many a second. */
  record Rate(double cpuNanos, double perSecond) {}
}
