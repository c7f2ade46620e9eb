package io.niomq.internal.endpoint;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.SocketEvent;
import io.niomq.internal.transport.Transport;
import io.niomq.internal.zmtp.CloseCause;
import io.niomq.internal.zmtp.Connection;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/** The events of one connection, the same for both sides. I/O thread. */
final class Reports {
  private final EndpointOwner owner;
  private final String endpoint;
  private final String peer;
  private final int number;
  private final String local;
  private final String remote;

  private Reports(
      EndpointOwner owner, String endpoint, String peer, int number, String local, String remote) {
    this.owner = owner;
    this.endpoint = endpoint;
    this.peer = peer;
    this.number = number;
    this.local = local;
    this.remote = remote;
  }

  /** For a connection that was made to {@code endpoint}. */
  static Reports connecting(
      EndpointOwner owner,
      Transport transport,
      String endpoint,
      SocketChannel channel,
      String peer,
      int number) {
    String local = localEndpoint(transport, channel);
    return new Reports(owner, endpoint, peer, number, local, endpoint);
  }

  /** For a connection that was accepted at {@code endpoint}. */
  static Reports accepted(
      EndpointOwner owner,
      Transport transport,
      String endpoint,
      SocketChannel channel,
      String peer) {
    String local = localEndpoint(transport, channel);
    return new Reports(
        owner,
        endpoint,
        peer,
        ChannelNumber.next(),
        local.isEmpty() ? endpoint : local,
        remoteEndpoint(transport, channel));
  }

  private static String localEndpoint(Transport transport, SocketChannel channel) {
    try {
      return transport.endpointOf(channel.getLocalAddress());
    } catch (IOException closed) {
      return "";
    }
  }

  private static String remoteEndpoint(Transport transport, SocketChannel channel) {
    try {
      return transport.endpointOf(channel.getRemoteAddress());
    } catch (IOException closed) {
      return "";
    }
  }

  void connected() {
    event(SocketEvent.Type.CONNECTED, "", null, number);
  }

  void accepted() {
    event(SocketEvent.Type.ACCEPTED, "", null, number);
  }

  void handshakeSucceeded() {
    event(SocketEvent.Type.HANDSHAKE_SUCCEEDED, "", null, 0);
  }

  /** The end: what became of the handshake, and that the connection is gone. */
  void closed(Connection c, CloseCause cause) {
    if (c.isHandshaking()) {
      switch (cause.kind()) {
        case PROTOCOL -> handshakeFailed(SocketEvent.Type.HANDSHAKE_FAILED_PROTOCOL, cause);
        case AUTHENTICATION -> handshakeFailed(SocketEvent.Type.HANDSHAKE_FAILED_AUTH, cause);
        case LOST, TIMEOUT -> handshakeFailed(SocketEvent.Type.HANDSHAKE_FAILED_NO_DETAIL, cause);
        case LOCAL, LINGER -> {}
      }
    }
    boolean byUs = cause.kind() == CloseCause.Kind.LOCAL || cause.kind() == CloseCause.Kind.LINGER;
    event(SocketEvent.Type.DISCONNECTED, cause.reason(), byUs ? null : cause.errno(), number);
  }

  private void handshakeFailed(SocketEvent.Type type, CloseCause cause) {
    owner.refused(endpoint, peer, cause.refusal(), cause.reason());
    event(type, cause.reason(), cause.errno(), cause.code());
  }

  private void event(SocketEvent.Type type, String detail, Errno errno, long value) {
    owner.event(new SocketEvent(type, endpoint, peer, detail, errno, value, local, remote));
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
