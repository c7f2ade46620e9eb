package io.niomq;

import java.util.Objects;

/**
 * Something that happened to an endpoint or a connection of a socket.
 *
 * @param type what happened
 * @param endpoint the endpoint concerned, as bound or connected
 * @param peer the peer's address as far as it is known, else an empty string
 * @param detail the reason in words, with the milliseconds until the next attempt for {@link
 *     Type#CONNECT_RETRIED}; else an empty string
 * @param errno the error code of a failure, else null
 * @see "zmq_socket_monitor"
 */
public record SocketEvent(Type type, String endpoint, String peer, String detail, Errno errno) {

  /** The kinds of events, with libzmq's numbers. */
  public enum Type {
    /** A connection was made; the handshake begins. */
    CONNECTED(0x0001),
    /** An attempt to connect was begun. */
    CONNECT_DELAYED(0x0002),
    /** An attempt to connect failed or a connection was lost; the next attempt is planned. */
    CONNECT_RETRIED(0x0004),
    /** The endpoint is bound. */
    LISTENING(0x0008),
    /** The endpoint could not be bound. */
    BIND_FAILED(0x0010),
    /** A peer connected to a bound endpoint; the handshake begins. */
    ACCEPTED(0x0020),
    /** A peer could not be accepted. */
    ACCEPT_FAILED(0x0040),
    /** A listener, or an attempt to connect, was closed. */
    CLOSED(0x0080),
    /** A connection ended, for whatever reason. */
    DISCONNECTED(0x0200),
    /** The handshake did not complete: the peer closed or was too slow. */
    HANDSHAKE_FAILED_NO_DETAIL(0x0800),
    /** The handshake is complete: messages may flow. */
    HANDSHAKE_SUCCEEDED(0x1000),
    /** The peer broke the protocol, or is of a type that this socket cannot talk to. */
    HANDSHAKE_FAILED_PROTOCOL(0x2000),
    /** The peer refused our credentials, or we refused its. */
    HANDSHAKE_FAILED_AUTH(0x4000);

    private final int number;

    Type(int number) {
      this.number = number;
    }

    /** libzmq's number of this event. */
    public int number() {
      return number;
    }
  }

  /** For the library's own use. */
  public SocketEvent {
    Objects.requireNonNull(type);
    Objects.requireNonNull(endpoint);
    Objects.requireNonNull(peer);
    Objects.requireNonNull(detail);
  }
}
