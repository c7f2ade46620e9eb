package io.niomq.curve.internal;

import io.niomq.ProtocolError;
import io.niomq.internal.security.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.math.ec.rfc7748.X25519;

/**
 * NaCl's boxes under one key: XSalsa20 and Poly1305, the tag first.
 *
 * <pre>
 *   box   tag(16) ciphertext
 * </pre>
 *
 * For one thread at a time.
 *
 * @see "https://nacl.cr.yp.to: crypto_box, crypto_secretbox"
 */
final class Box {
  static final int KEY_SIZE = 32;
  static final int TAG_SIZE = 16;
  static final int NONCE_SIZE = 24;

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int PREFIX_SIZE = 16;

  private final byte[] key;
  private final KeyStream stream = new KeyStream();
  private final Poly1305 poly = new Poly1305();
  private final byte[] polyKey = new byte[KEY_SIZE];
  private final byte[] tag = new byte[TAG_SIZE];

  /** Where the stream's key came from: all messages of a connection have one prefix. */
  private byte[] prefix;

  /** Boxes under a symmetric key: crypto_secretbox. The key becomes the box's, to be forgotten. */
  Box(byte[] key) {
    assert key.length == KEY_SIZE;
    this.key = key;
  }

  /** Boxes between the owners of two keys: crypto_box. */
  static Box between(byte[] publicKey, byte[] secretKey) throws ProtocolException {
    byte[] shared = new byte[KEY_SIZE];
    if (!X25519.calculateAgreement(secretKey, 0, publicKey, 0, shared, 0)) {
      throw new ProtocolException(ProtocolError.ZMTP_CRYPTOGRAPHIC, "the peer's key is a weak one");
    }
    byte[] key = KeyStream.derive(shared, new byte[PREFIX_SIZE]);
    Arrays.fill(shared, (byte) 0);
    return new Box(key);
  }

  static byte[] publicKey(byte[] secretKey) {
    byte[] publicKey = new byte[KEY_SIZE];
    X25519.generatePublicKey(secretKey, 0, publicKey, 0);
    return publicKey;
  }

  static byte[] random(int size) {
    byte[] octets = new byte[size];
    RANDOM.nextBytes(octets);
    return octets;
  }

  /** A nonce: a prefix of ASCII and what is transmitted. */
  static byte[] nonce(String prefix, byte[] rest) {
    byte[] nonce = Arrays.copyOf(prefix.getBytes(StandardCharsets.US_ASCII), NONCE_SIZE);
    assert prefix.length() + rest.length == NONCE_SIZE;
    System.arraycopy(rest, 0, nonce, prefix.length(), rest.length);
    return nonce;
  }

  byte[] seal(byte[] nonce, byte[] message) {
    byte[] box = new byte[TAG_SIZE + message.length];
    System.arraycopy(message, 0, box, TAG_SIZE, message.length);
    seal(nonce, box, 0, message.length);
    return box;
  }

  /** Opens the box from {@code at} to the end of {@code octets}. */
  byte[] open(byte[] nonce, byte[] octets, int at) throws ProtocolException {
    return open(nonce, Arrays.copyOfRange(octets, at, octets.length));
  }

  /** Opens a box, whose octets are used up. */
  byte[] open(byte[] nonce, byte[] box) throws ProtocolException {
    open(nonce, box, 0, box.length);
    return Arrays.copyOfRange(box, TAG_SIZE, box.length);
  }

  /** Seals in place the message that begins after the place for the tag at {@code at}. */
  void seal(byte[] nonce, byte[] octets, int at, int size) {
    begin(nonce);
    stream.apply(octets, at + TAG_SIZE, size);
    poly.update(octets, at + TAG_SIZE, size);
    poly.doFinal(octets, at);
  }

  /** Opens the box of {@code size} octets at {@code at} in place, after its tag. */
  void open(byte[] nonce, byte[] octets, int at, int size) throws ProtocolException {
    if (size < TAG_SIZE) {
      throw closed();
    }
    begin(nonce);
    poly.update(octets, at + TAG_SIZE, size - TAG_SIZE);
    poly.doFinal(tag, 0);
    if (!MessageDigest.isEqual(tag, Arrays.copyOfRange(octets, at, at + TAG_SIZE))) {
      throw closed();
    }
    stream.apply(octets, at + TAG_SIZE, size - TAG_SIZE);
  }

  private static ProtocolException closed() {
    return new ProtocolException(
        ProtocolError.ZMTP_CRYPTOGRAPHIC, "a box that our keys do not open");
  }

  /** XSalsa20; the first octets of the stream are the tag's key. */
  private void begin(byte[] nonce) {
    if (prefix == null || !Arrays.equals(prefix, 0, PREFIX_SIZE, nonce, 0, PREFIX_SIZE)) {
      prefix = Arrays.copyOf(nonce, PREFIX_SIZE);
      byte[] derived = KeyStream.derive(key, prefix);
      stream.key(derived);
      Arrays.fill(derived, (byte) 0);
    }
    stream.begin(nonce, PREFIX_SIZE);
    stream.take(polyKey);
    poly.init(new KeyParameter(polyKey));
  }

  /** The key itself, not a copy. */
  byte[] key() {
    return key;
  }

  /** Forgets the key. */
  void end() {
    Arrays.fill(key, (byte) 0);
    Arrays.fill(polyKey, (byte) 0);
    stream.forget();
  }
}
