package io.niomq.interop;

import io.niomq.Message;
import io.niomq.SocketType;
import java.time.Duration;

/**
 * One end of an exchange: a NioMQ socket or a libzmq socket, so that a test is written once for
 * both.
 */
interface End {
  SocketType type();

  String bind(String endpoint);

  void connect(String endpoint);

  /** Sets the routing id. */
  void name(String id);

  /** Sets ROUTER_MANDATORY. */
  void mandatory();

  /** Subscribes: by option on a SUB, by message on an XSUB. */
  void subscribe(String prefix);

  /** Unsubscribes: by option on a SUB, by message on an XSUB. */
  void unsubscribe(String prefix);

  void send(Message message);

  /** Sends without waiting; false when the peer is unknown or has no room. */
  boolean trySend(Message message);

  /** The next message within {@code timeout}, else null. */
  Message recv(Duration timeout);

  /** The next message; a failure when none comes. */
  Message recv();

  /** Any call into the socket: a bound libzmq SUB tells new peers its subscriptions only then. */
  void poke();

  default void send(String... frames) {
    send(Message.of(frames));
  }
}
