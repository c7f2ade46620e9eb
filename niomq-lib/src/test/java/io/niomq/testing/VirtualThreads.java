package io.niomq.testing;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.Executor;

/** Virtual threads, on JDKs that have them (21 or later). */
public final class VirtualThreads {
  private VirtualThreads() {}

  public static boolean exist() {
    return Runtime.version().feature() >= 21;
  }

  /** {@code Thread.startVirtualThread}, which JDK 17 does not have. */
  public static Thread start(Runnable task) {
    try {
      return (Thread)
          Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      throw new AssertionError(e);
    }
  }

  /** Runs each task on a virtual thread of its own. */
  public static Executor executor() {
    return VirtualThreads::start;
  }
}
