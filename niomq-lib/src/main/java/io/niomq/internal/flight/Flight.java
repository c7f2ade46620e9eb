package io.niomq.internal.flight;

import io.niomq.DropReason;
import io.niomq.SocketEvent;
import io.niomq.SocketType;

/**
 * What the library tells Java Flight Recorder. Nothing at all where the module {@code jdk.jfr} is
 * absent; while nothing records, a check that the compiler removes, and that only in rare places.
 */
public final class Flight {
  private static final boolean PRESENT = isPresent();

  private Flight() {}

  private static boolean isPresent() {
    try {
      Class.forName("jdk.jfr.Event");
      return true;
    } catch (ClassNotFoundException | LinkageError absent) {
      return false;
    }
  }

  /** Something happened to a connection. */
  public static void connection(SocketType type, SocketEvent event) {
    if (PRESENT) {
      FlightEvents.connection(type, event);
    }
  }

  /** Whether drops are recorded at the moment. */
  public static boolean recordsDrops() {
    return PRESENT && FlightEvents.recordsDrops();
  }

  /** Messages were dropped. */
  public static void dropped(SocketType type, DropReason reason, long messages, long total) {
    if (PRESENT) {
      FlightEvents.dropped(type, reason, messages, total);
    }
  }

  /** A queue is at its high-water mark, and somebody wants to send. */
  public static void muted(String endpoint, String peer, int mark) {
    if (PRESENT) {
      FlightEvents.muted(endpoint, peer, mark);
    }
  }

  /** There is room in the queue again, after so long. */
  public static void unmuted(String endpoint, String peer, long nanos) {
    if (PRESENT) {
      FlightEvents.unmuted(endpoint, peer, nanos);
    }
  }

  /** A socket is being closed; returns what {@link #closed} needs. */
  public static Object closing(SocketType type) {
    return PRESENT ? FlightEvents.closing(type) : null;
  }

  /** Nothing is left of the socket. */
  public static void closed(Object closing, long unsent) {
    if (closing != null) {
      FlightEvents.closed(closing, unsent);
    }
  }
}
