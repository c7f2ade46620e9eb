package io.niomq;

import java.util.EnumSet;
import java.util.Set;

/**
 * The messaging pattern that a socket follows: who may be its peer, where a message goes, and what
 * happens when there is nobody to take it.
 *
 * @see "RFC 28 (request-reply), RFC 29 (publish-subscribe), RFC 30 (pipeline), RFC 31 (exclusive
 *     pair)"
 */
public enum SocketType {
  /** Exclusive pair: one peer, both directions. RFC 31. */
  PAIR(0),
  /** Publisher: fans messages out to the subscribers that want them. RFC 29. */
  PUB(1),
  /** Subscriber: receives what matches its subscriptions. RFC 29. */
  SUB(2),
  /** Client of a request-reply service: send, then receive, then send again. RFC 28. */
  REQ(3),
  /** Service that answers requests one at a time. RFC 28. */
  REP(4),
  /** Asynchronous client: sends round-robin, receives fair-queued. RFC 28. */
  DEALER(5),
  /** Asynchronous server: addresses each peer by its routing id. RFC 28. */
  ROUTER(6),
  /** Collects messages from PUSH peers, fair-queued. RFC 30. */
  PULL(7),
  /** Hands messages to PULL peers, round-robin. RFC 30. */
  PUSH(8),
  /** A PUB that shows subscriptions to the application. RFC 29. */
  XPUB(9),
  /** A SUB that subscribes by sending messages. RFC 29. */
  XSUB(10),
  /**
   * No protocol: octets from and to any TCP peer, which is addressed by a routing id as with
   * ROUTER. tcp and ipc only. ZMQ_STREAM.
   *
   * <p>Without a protocol there is no security mechanism and no handshake: as with libzmq, the
   * options of PLAIN and CURVE and {@link SocketOptions#ZAP_DOMAIN} mean nothing to its
   * connections, and no ZAP handler is asked. Accept filters are applied.
   */
  STREAM(11);

  private final int number;

  SocketType(int number) {
    this.number = number;
  }

  /** The number that libzmq gives this type ({@code ZMQ_REQ} is 3). */
  public int number() {
    return number;
  }

  /** The types that a socket of this type can exchange messages with; none for STREAM. */
  public Set<SocketType> peers() {
    return switch (this) {
      case PAIR -> EnumSet.of(PAIR);
      case PUB, XPUB -> EnumSet.of(SUB, XSUB);
      case SUB, XSUB -> EnumSet.of(PUB, XPUB);
      case REQ -> EnumSet.of(REP, ROUTER);
      case REP -> EnumSet.of(REQ, DEALER);
      case DEALER -> EnumSet.of(REP, DEALER, ROUTER);
      case ROUTER -> EnumSet.of(REQ, DEALER, ROUTER);
      case PULL -> EnumSet.of(PUSH);
      case PUSH -> EnumSet.of(PULL);
      case STREAM -> EnumSet.noneOf(SocketType.class);
    };
  }

  /**
   * Whether an application may receive on this type; where it may not, receiving fails with {@code
   * ENOTSUP}.
   */
  public boolean canReceive() {
    return this != PUB && this != PUSH;
  }

  /**
   * Whether an application may send on this type; where it may not, sending fails with {@code
   * ENOTSUP}.
   */
  public boolean canSend() {
    return this != SUB && this != PULL;
  }
}
