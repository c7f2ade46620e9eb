package io.niomq;

import java.util.Objects;
import java.util.Set;

/**
 * Something that happened to an endpoint or a connection of a socket. What each type of event tells
 * in {@link #value()} stands with the type.
 *
 * <p>Where libzmq tells a file descriptor, which Java does not have, the value is the <i>number of
 * the channel</i>: positive, the same in all events of one channel (a listening channel, or one
 * connection), and never used for another one in this process.
 *
 * @param type what happened
 * @param endpoint the endpoint concerned, as bound or connected
 * @param peer the peer's address as far as it is known, else an empty string
 * @param detail the reason in words, with the milliseconds until the next attempt for {@link
 *     Type#CONNECT_RETRIED}; else an empty string
 * @param errno the error code of a failure, else null
 * @param value the number that libzmq's monitor tells with this type of event
 * @param local this side's address as an endpoint: of the listener, or of the connection; empty
 *     when there is none (yet), or when it has no name, as the connecting side of ipc
 * @param remote the other side's address as an endpoint; on the connecting side the endpoint as it
 *     was given to {@code connect}; empty when there is none, or when it has no name
 * @see "zmq_socket_monitor"
 */
public record SocketEvent(
    Type type,
    String endpoint,
    String peer,
    String detail,
    Errno errno,
    long value,
    String local,
    String remote) {

  /** All events of libzmq's first format: {@code ZMQ_EVENT_ALL_V1}. */
  public static final long ALL_V1 = 0xFFFF;

  /** The kinds of events, with libzmq's numbers. */
  public enum Type {
    /** A connection was made; the handshake begins. Value: the channel's number. */
    CONNECTED(0x0001),
    /**
     * An attempt to connect was begun and will take a while; over ipc it never does. Value: {@link
     * Errno#EINPROGRESS}.
     */
    CONNECT_DELAYED(0x0002),
    /**
     * An attempt to connect failed or a connection was lost; the next attempt is planned. Value:
     * the milliseconds until then.
     */
    CONNECT_RETRIED(0x0004),
    /** The endpoint is bound. Value: the channel's number. */
    LISTENING(0x0008),
    /** The endpoint could not be bound. Value: the {@link Errno}. */
    BIND_FAILED(0x0010),
    /** A peer connected to a bound endpoint; the handshake begins. Value: the channel's number. */
    ACCEPTED(0x0020),
    /** A peer could not be accepted. Value: the {@link Errno}. */
    ACCEPT_FAILED(0x0040),
    /**
     * A listener, or an attempt to connect, was closed. Value: the channel's number, or -1 when the
     * attempt did not get as far as a channel.
     */
    CLOSED(0x0080),
    /** The file of an ipc endpoint could not be removed. Value: the {@link Errno}. */
    CLOSE_FAILED(0x0100),
    /**
     * A connection ended; {@link #errno()} is null when this socket closed it (then libzmq has no
     * event). Value: the channel's number.
     */
    DISCONNECTED(0x0200),
    /**
     * The socket is closed and everything sent, or the listener or monitor was replaced: no event
     * follows. Value: 0.
     */
    MONITOR_STOPPED(0x0400),
    /**
     * The handshake did not complete: the peer closed or was too slow. Value: the {@link Errno}.
     */
    HANDSHAKE_FAILED_NO_DETAIL(0x0800),
    /** The handshake is complete: messages may flow. Value: 0. */
    HANDSHAKE_SUCCEEDED(0x1000),
    /**
     * The peer broke the protocol, or is of a type that this socket cannot talk to. Value: the
     * {@link ProtocolError}.
     */
    HANDSHAKE_FAILED_PROTOCOL(0x2000),
    /** The peer refused our credentials, or we refused its. Value: the status: 300, 400 or 500. */
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

  /** The numbers of some types together, as {@link Socket#monitor} takes them. */
  public static long mask(Set<Type> types) {
    long mask = 0;
    for (Type t : types) {
      mask |= t.number;
    }
    return mask;
  }

  /** For the library's own use. */
  public SocketEvent {
    Objects.requireNonNull(type);
    Objects.requireNonNull(endpoint);
    Objects.requireNonNull(peer);
    Objects.requireNonNull(detail);
    Objects.requireNonNull(local);
    Objects.requireNonNull(remote);
  }

  /** For the library's own use: the value is the error's number, and there are no addresses. */
  public SocketEvent(Type type, String endpoint, String peer, String detail, Errno errno) {
    this(type, endpoint, peer, detail, errno, errno == null ? 0 : errno.number(), "", "");
  }
}
