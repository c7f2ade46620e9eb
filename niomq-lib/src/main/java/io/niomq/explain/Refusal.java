package io.niomq.explain;

/** Why a peer was refused, or has refused us: see {@link RefusedPeer}. */
public enum Refusal {
  /** The two types of sockets cannot talk to each other. */
  INCOMPATIBLE_TYPE,
  /** The two sides use different security mechanisms. */
  OTHER_MECHANISM,
  /** Its credentials, or ours, were not accepted. */
  AUTHENTICATION,
  /** It broke the protocol, or speaks another one. */
  PROTOCOL,
  /** It closed, or said nothing for too long, before the handshake was complete. */
  NO_ANSWER,
  /** The pattern has no place for it, for instance because its routing id is taken. */
  NO_PLACE,
  /** No accept filter admits its address, or its process. */
  FILTERED,
  /** The operating system did not let us accept it, for instance for want of descriptors. */
  NOT_ACCEPTED
}
