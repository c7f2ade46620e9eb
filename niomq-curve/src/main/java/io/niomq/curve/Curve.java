package io.niomq.curve;

import io.niomq.Z85;
import io.niomq.curve.internal.BouncyCastleCurve;
import java.security.SecureRandom;
import java.util.Objects;

/**
 * Keys for CURVE sockets. Thread-safe.
 *
 * <pre>{@code
 * Curve.KeyPair keys = Curve.keyPair();
 * server.set(SocketOptions.CURVE_SERVER, true).set(SocketOptions.CURVE_SECRETKEY, keys.secretKey());
 * client.set(SocketOptions.CURVE_SERVERKEY, keys.publicKey())
 *     .set(SocketOptions.CURVE_SECRETKEY, Curve.keyPair().secretKey());
 * }</pre>
 *
 * @see "RFC 26; zmq_curve_keypair"
 */
public final class Curve {
  private static final int KEY_SIZE = 32;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final BouncyCastleCurve PROVIDER = new BouncyCastleCurve();

  private Curve() {}

  /**
   * A public key and the secret one it belongs to, 32 octets each. Both are copies, which the
   * caller may overwrite.
   */
  public record KeyPair(byte[] publicKey, byte[] secretKey) {
    public KeyPair {
      Objects.requireNonNull(publicKey);
      Objects.requireNonNull(secretKey);
    }

    /** The public key as 40 characters. */
    public String publicText() {
      return Z85.encode(publicKey);
    }

    /** The secret key as 40 characters. */
    public String secretText() {
      return Z85.encode(secretKey);
    }

    /** The public key only. */
    @Override
    public String toString() {
      return "CURVE keys " + publicText();
    }
  }

  /** A new pair of keys, from the system's source of randomness. */
  public static KeyPair keyPair() {
    byte[] secretKey = new byte[KEY_SIZE];
    RANDOM.nextBytes(secretKey);
    return new KeyPair(PROVIDER.publicKey(secretKey), secretKey);
  }

  /**
   * The public key that belongs to a secret one.
   *
   * @param secretKey 32 octets
   * @throws IllegalArgumentException when it is not 32 octets
   * @see "zmq_curve_public"
   */
  public static byte[] publicKey(byte[] secretKey) {
    if (secretKey.length != KEY_SIZE) {
      throw new IllegalArgumentException(
          "a secret key of " + secretKey.length + " octets; allowed: " + KEY_SIZE);
    }
    return PROVIDER.publicKey(secretKey);
  }
}
