package io.niomq.internal.socket;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;

/** The contexts of this process that were not closed, as long as somebody holds them. */
final class Contexts {
  private static final Set<ContextCore> OPEN =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  /** Whether the module {@code java.management} is there. */
  static final boolean MANAGEMENT = hasManagement();

  private Contexts() {}

  private static boolean hasManagement() {
    try {
      Class.forName("javax.management.ObjectName");
      return true;
    } catch (ClassNotFoundException | LinkageError absent) {
      return false;
    }
  }

  static void opened(ContextCore context) {
    OPEN.add(context);
  }

  static void closed(ContextCore context) {
    OPEN.remove(context);
  }

  /** Whether another context has a socket bound to an inproc name. */
  static boolean isBoundElsewhere(String name, ContextCore here) {
    List<ContextCore> others;
    synchronized (OPEN) {
      others = List.copyOf(OPEN);
    }
    return others.stream().anyMatch(c -> c != here && c.inproc().isBound(name));
  }
}
