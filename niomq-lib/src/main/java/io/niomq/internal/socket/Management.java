package io.niomq.internal.socket;

import io.niomq.explain.ContextMXBean;
import io.niomq.explain.Finding;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Shows a context to other processes, as an MBean. To load JMX takes a quarter of a second of a
 * processor, so it happens some seconds after the context was made, in the background, if it is
 * still open then. See docs/decisions/0024-management.md.
 *
 * <p>Guarded by its monitor. Loaded only where the module {@code java.management} is there: see
 * {@link Contexts#MANAGEMENT}.
 */
final class Management implements ContextMXBean {
  /** A context that lives shorter is never shown. */
  private static final long DELAY_SECONDS = 2;

  private static final AtomicInteger NEXT = new AtomicInteger(1);

  private final WeakReference<ContextCore> context;
  private ObjectName name;
  private boolean closed;

  private Management(ContextCore context) {
    this.context = new WeakReference<>(context);
  }

  /** Shows {@code context} later; returns what takes it away again. */
  static Runnable of(ContextCore context) {
    Management m = new Management(context);
    CompletableFuture.delayedExecutor(DELAY_SECONDS, TimeUnit.SECONDS).execute(m::show);
    return m::hide;
  }

  private synchronized void show() {
    ContextCore c = context.get();
    if (closed || c == null) {
      return;
    }
    try {
      while (name == null) {
        ObjectName candidate = new ObjectName("io.niomq:type=Context,id=" + NEXT.getAndIncrement());
        try {
          ManagementFactory.getPlatformMBeanServer().registerMBean(this, candidate);
          name = candidate;
        } catch (InstanceAlreadyExistsException otherClassLoader) {
          continue; // this library is there twice
        }
      }
    } catch (JMException | RuntimeException | LinkageError e) {
      Log.warn(c + " cannot be shown through JMX: " + e);
    }
  }

  private synchronized void hide() {
    closed = true;
    if (name != null) {
      ObjectName gone = name;
      name = null;
      try {
        ManagementFactory.getPlatformMBeanServer().unregisterMBean(gone);
      } catch (JMException | RuntimeException e) {
        Log.warn(gone + " cannot be taken away: " + e);
      }
    }
  }

  @Override
  public String getPage() {
    ContextCore c = context.get();
    return c == null ? "" : c.explain().toString();
  }

  @Override
  public String getJson() {
    ContextCore c = context.get();
    return c == null ? "{}" : c.explain().toJson();
  }

  @Override
  public List<String> getFindings() {
    ContextCore c = context.get();
    return c == null
        ? List.of()
        : c.explain().allFindings().stream().map(Finding::sentence).toList();
  }
}
