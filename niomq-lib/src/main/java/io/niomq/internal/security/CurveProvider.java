package io.niomq.internal.security;

/**
 * The CURVE mechanism, which the artifact {@code io.niomq:niomq-curve} provides; found by {@code
 * ServiceLoader}. Thread-safe. All keys are 32 octets.
 */
public interface CurveProvider {
  int KEY_SIZE = 32;

  /** The client's side of one handshake, its own keys and the server's. */
  Mechanism client(Metadata own, byte[] publicKey, byte[] secretKey, byte[] serverKey);

  /** The server's side of one handshake. */
  Mechanism server(Metadata own, byte[] secretKey);

  /** The public key that belongs to a secret one. */
  byte[] publicKey(byte[] secretKey);
}
