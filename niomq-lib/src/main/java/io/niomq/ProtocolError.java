package io.niomq;

/**
 * In which way a peer broke a protocol, with libzmq's numbers: the {@link SocketEvent#value()} of a
 * {@link SocketEvent.Type#HANDSHAKE_FAILED_PROTOCOL}.
 *
 * @see "ZMQ_PROTOCOL_ERROR_…"
 */
public enum ProtocolError {
  /** ZMTP, in a way that has no number of its own. */
  ZMTP_UNSPECIFIED(0x10000000),
  /** A command that is not due now, or a message instead of a command. */
  ZMTP_UNEXPECTED_COMMAND(0x10000001),
  /** A nonce that was used before. */
  ZMTP_INVALID_SEQUENCE(0x10000002),
  /** The keys do not fit. */
  ZMTP_KEY_EXCHANGE(0x10000003),
  /** A command without a whole name. */
  ZMTP_MALFORMED_COMMAND_UNSPECIFIED(0x10000011),
  /** A malformed MESSAGE. */
  ZMTP_MALFORMED_COMMAND_MESSAGE(0x10000012),
  /** A malformed HELLO. */
  ZMTP_MALFORMED_COMMAND_HELLO(0x10000013),
  /** A malformed INITIATE. */
  ZMTP_MALFORMED_COMMAND_INITIATE(0x10000014),
  /** A malformed ERROR. */
  ZMTP_MALFORMED_COMMAND_ERROR(0x10000015),
  /** A malformed READY. */
  ZMTP_MALFORMED_COMMAND_READY(0x10000016),
  /** A malformed WELCOME. */
  ZMTP_MALFORMED_COMMAND_WELCOME(0x10000017),
  /** Properties that end too early or that this socket cannot accept, such as its type. */
  ZMTP_INVALID_METADATA(0x10000018),
  /** A box that cannot be opened. */
  ZMTP_CRYPTOGRAPHIC(0x11000001),
  /** The two sides use different security mechanisms. */
  ZMTP_MECHANISM_MISMATCH(0x11000002),
  /** ZAP, in a way that has no number of its own. */
  ZAP_UNSPECIFIED(0x20000000),
  /** A reply of the ZAP handler with the wrong number of frames. */
  ZAP_MALFORMED_REPLY(0x20000001),
  /** A reply of the ZAP handler to another request. */
  ZAP_BAD_REQUEST_ID(0x20000002),
  /** A reply of the ZAP handler in another version. */
  ZAP_BAD_VERSION(0x20000003),
  /** A reply of the ZAP handler with an unknown status. */
  ZAP_INVALID_STATUS_CODE(0x20000004),
  /** A reply of the ZAP handler with malformed properties. */
  ZAP_INVALID_METADATA(0x20000005),
  /** The WebSocket protocol. */
  WS_UNSPECIFIED(0x30000000);

  private final int number;

  ProtocolError(int number) {
    this.number = number;
  }

  /** libzmq's number. */
  public int number() {
    return number;
  }
}
