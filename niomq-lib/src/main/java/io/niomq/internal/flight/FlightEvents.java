package io.niomq.internal.flight;

import io.niomq.DropReason;
import io.niomq.SocketEvent;
import io.niomq.SocketType;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;

/** The events themselves. Loaded only where the module {@code jdk.jfr} is there. */
final class FlightEvents {
  private FlightEvents() {}

  @Name("io.niomq.Connect")
  @Label("Connect")
  @Description("A connection was made or accepted; the handshake begins")
  @Category("NioMQ")
  @StackTrace(false)
  static final class Connect extends Event {
    @Label("Socket Type")
    String socketType;

    @Label("Endpoint")
    String endpoint;

    @Label("Peer")
    String peer;

    @Label("Accepted")
    boolean accepted;
  }

  @Name("io.niomq.Handshake")
  @Label("Handshake")
  @Description("A handshake has ended")
  @Category("NioMQ")
  @StackTrace(false)
  static final class Handshake extends Event {
    @Label("Socket Type")
    String socketType;

    @Label("Endpoint")
    String endpoint;

    @Label("Peer")
    String peer;

    @Label("Succeeded")
    boolean succeeded;

    @Label("Reason")
    String reason;
  }

  @Name("io.niomq.Disconnect")
  @Label("Disconnect")
  @Description("A connection has ended")
  @Category("NioMQ")
  @StackTrace(false)
  static final class Disconnect extends Event {
    @Label("Socket Type")
    String socketType;

    @Label("Endpoint")
    String endpoint;

    @Label("Peer")
    String peer;

    @Label("Reason")
    String reason;
  }

  @Name("io.niomq.Drop")
  @Label("Drop")
  @Description("Messages were dropped; many of one reason are one event")
  @Category("NioMQ")
  @StackTrace(false)
  static final class Drop extends Event {
    @Label("Socket Type")
    String socketType;

    @Label("Reason")
    String reason;

    @Label("Messages")
    long messages;

    @Label("Messages in All")
    long total;
  }

  @Name("io.niomq.Mute")
  @Label("Mute")
  @Description("A queue is at its high-water mark, and somebody wants to send")
  @Category("NioMQ")
  @StackTrace(false)
  static final class Mute extends Event {
    @Label("Endpoint")
    String endpoint;

    @Label("Peer")
    String peer;

    @Label("High-Water Mark")
    int highWaterMark;
  }

  @Name("io.niomq.Unmute")
  @Label("Unmute")
  @Description("There is room in the queue again")
  @Category("NioMQ")
  @StackTrace(false)
  static final class Unmute extends Event {
    @Label("Endpoint")
    String endpoint;

    @Label("Peer")
    String peer;

    @Label("Muted For")
    @Timespan(Timespan.NANOSECONDS)
    long mutedFor;
  }

  @Name("io.niomq.SlowClose")
  @Label("Slow Close")
  @Description("A closed socket took long to send what was queued")
  @Category("NioMQ")
  @StackTrace(false)
  @Threshold("100 ms")
  static final class SlowClose extends Event {
    @Label("Socket Type")
    String socketType;

    @Label("Messages Given Up")
    long unsent;
  }

  static void connection(SocketType type, SocketEvent e) {
    switch (e.type()) {
      case CONNECTED, ACCEPTED -> connect(type, e);
      case HANDSHAKE_SUCCEEDED,
          HANDSHAKE_FAILED_NO_DETAIL,
          HANDSHAKE_FAILED_PROTOCOL,
          HANDSHAKE_FAILED_AUTH ->
          handshake(type, e);
      case DISCONNECTED -> disconnect(type, e);
      default -> {}
    }
  }

  private static void connect(SocketType type, SocketEvent e) {
    Connect event = new Connect();
    if (event.isEnabled()) {
      event.socketType = type.name();
      event.endpoint = e.endpoint();
      event.peer = e.peer();
      event.accepted = e.type() == SocketEvent.Type.ACCEPTED;
      event.commit();
    }
  }

  private static void handshake(SocketType type, SocketEvent e) {
    Handshake event = new Handshake();
    if (event.isEnabled()) {
      event.socketType = type.name();
      event.endpoint = e.endpoint();
      event.peer = e.peer();
      event.succeeded = e.type() == SocketEvent.Type.HANDSHAKE_SUCCEEDED;
      event.reason = e.detail();
      event.commit();
    }
  }

  private static void disconnect(SocketType type, SocketEvent e) {
    Disconnect event = new Disconnect();
    if (event.isEnabled()) {
      event.socketType = type.name();
      event.endpoint = e.endpoint();
      event.peer = e.peer();
      event.reason = e.detail();
      event.commit();
    }
  }

  static boolean recordsDrops() {
    return new Drop().isEnabled();
  }

  static void dropped(SocketType type, DropReason reason, long messages, long total) {
    Drop event = new Drop();
    if (event.isEnabled()) {
      event.socketType = type.name();
      event.reason = reason.name();
      event.messages = messages;
      event.total = total;
      event.commit();
    }
  }

  static void muted(String endpoint, String peer, int mark) {
    Mute event = new Mute();
    if (event.isEnabled()) {
      event.endpoint = endpoint;
      event.peer = peer;
      event.highWaterMark = mark;
      event.commit();
    }
  }

  static void unmuted(String endpoint, String peer, long nanos) {
    Unmute event = new Unmute();
    if (event.isEnabled()) {
      event.endpoint = endpoint;
      event.peer = peer;
      event.mutedFor = nanos;
      event.commit();
    }
  }

  static Object closing(SocketType type) {
    SlowClose event = new SlowClose();
    if (!event.isEnabled()) {
      return null;
    }
    event.socketType = type.name();
    event.begin();
    return event;
  }

  static void closed(Object closing, long unsent) {
    SlowClose event = (SlowClose) closing;
    event.unsent = unsent;
    event.commit();
  }
}
