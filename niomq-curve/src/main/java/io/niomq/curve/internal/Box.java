package io.niomq.curve.internal;

import io.niomq.ProtocolError;
import io.niomq.internal.security.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.engines.Salsa20Engine;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
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
  private static final byte[] ZEROS = new byte[KEY_SIZE];

  /** "expand 32-byte k", as words. */
  private static final int[] SIGMA = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

  private static final int[] HSALSA_WORDS = {0, 5, 10, 15, 6, 7, 8, 9};
  private static final int ROUNDS = 20;

  private final byte[] key;
  private final XSalsa20Engine salsa = new XSalsa20Engine();
  private final Poly1305 poly = new Poly1305();
  private final byte[] polyKey = new byte[KEY_SIZE];
  private final byte[] tag = new byte[TAG_SIZE];

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
    byte[] key = hsalsa20(shared);
    Arrays.fill(shared, (byte) 0);
    return new Box(key);
  }

  /** HSalsa20 with an input of zeros. */
  private static byte[] hsalsa20(byte[] shared) {
    int[] in = new int[16];
    for (int i = 0; i < 4; i++) {
      in[5 * i] = SIGMA[i];
      in[1 + i] = word(shared, i);
      in[11 + i] = word(shared, 4 + i);
    }
    int[] x = new int[16];
    Salsa20Engine.salsaCore(ROUNDS, in, x);
    byte[] out = new byte[KEY_SIZE];
    for (int i = 0; i < HSALSA_WORDS.length; i++) {
      int word = x[HSALSA_WORDS[i]] - in[HSALSA_WORDS[i]]; // the core adds its input at the end
      for (int b = 0; b < 4; b++) {
        out[4 * i + b] = (byte) (word >>> 8 * b);
      }
    }
    return out;
  }

  private static int word(byte[] octets, int index) {
    int at = 4 * index;
    return octets[at] & 0xFF
        | (octets[at + 1] & 0xFF) << 8
        | (octets[at + 2] & 0xFF) << 16
        | octets[at + 3] << 24;
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
    salsa.processBytes(octets, at + TAG_SIZE, size, octets, at + TAG_SIZE);
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
    salsa.processBytes(octets, at + TAG_SIZE, size - TAG_SIZE, octets, at + TAG_SIZE);
  }

  private static ProtocolException closed() {
    return new ProtocolException(
        ProtocolError.ZMTP_CRYPTOGRAPHIC, "a box that our keys do not open");
  }

  /** The first octets of the key stream are the tag's key. */
  private void begin(byte[] nonce) {
    salsa.init(true, new ParametersWithIV(new KeyParameter(key), nonce));
    salsa.processBytes(ZEROS, 0, KEY_SIZE, polyKey, 0);
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
  }
}
