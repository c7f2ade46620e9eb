package io.niomq.internal.endpoint;

import io.niomq.DropReason;
import io.niomq.SocketEvent;
import io.niomq.internal.zmtp.CloseCause;
import io.niomq.internal.zmtp.Connection;

/** How the end of a connection is reported, the same for both sides. */
final class Reports {
  private Reports() {}

  static void closed(EndpointOwner owner, String endpoint, Connection c, CloseCause cause) {
    boolean handshaking = c.isHandshaking();
    switch (cause.kind()) {
      case PROTOCOL ->
          event(owner, SocketEvent.Type.HANDSHAKE_FAILED_PROTOCOL, endpoint, c, cause, handshaking);
      case AUTHENTICATION ->
          event(owner, SocketEvent.Type.HANDSHAKE_FAILED_AUTH, endpoint, c, cause, handshaking);
      case LOST, TIMEOUT ->
          event(
              owner, SocketEvent.Type.HANDSHAKE_FAILED_NO_DETAIL, endpoint, c, cause, handshaking);
      case LOCAL, LINGER -> {}
    }
    owner.event(
        SocketEvent.Type.DISCONNECTED, endpoint, c.address(), cause.reason(), cause.errno());
  }

  private static void event(
      EndpointOwner owner,
      SocketEvent.Type type,
      String endpoint,
      Connection c,
      CloseCause cause,
      boolean happened) {
    if (happened) {
      owner.event(type, endpoint, c.address(), cause.reason(), cause.errno());
    }
  }

  /** Under which name messages are counted that this end has left unsent. */
  static DropReason unsent(Connection c, CloseCause cause) {
    return switch (cause.kind()) {
      case LINGER, LOCAL -> DropReason.LINGER_EXPIRED;
      case PROTOCOL, AUTHENTICATION ->
          c.isHandshaking() ? DropReason.REFUSED : DropReason.CONNECTION_LOST;
      case LOST, TIMEOUT -> DropReason.CONNECTION_LOST;
    };
  }
}
