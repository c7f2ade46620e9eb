package io.niomq.curve.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bouncycastle.crypto.engines.Salsa20Engine;

/**
 * The key stream of Salsa20, in place over arrays, a word at a time. Bouncy Castle makes its
 * blocks; its own stream goes octet by octet, at a third of the pace. For one thread at a time.
 *
 * @see "The Salsa20 family of stream ciphers, D. J. Bernstein, sections 8 to 10"
 */
final class KeyStream {
  static final int KEY_SIZE = 32;

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int ROUNDS = 20;
  private static final int BLOCK_WORDS = 16;
  private static final int BLOCK_SIZE = 4 * BLOCK_WORDS;

  /** "expand 32-byte k", as words. */
  private static final int[] SIGMA = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

  /** Where HSalsa20 takes its result from. */
  private static final int[] HSALSA_WORDS = {0, 5, 10, 15, 6, 7, 8, 9};

  private final int[] state = new int[BLOCK_WORDS];
  private final int[] block = new int[BLOCK_WORDS];

  /** How many words of the block are used up. */
  private int used;

  KeyStream() {
    for (int i = 0; i < SIGMA.length; i++) {
      state[5 * i] = SIGMA[i];
    }
  }

  /** HSalsa20: another key made of a key and 16 octets of {@code input}. */
  static byte[] derive(byte[] key, byte[] input) {
    KeyStream stream = new KeyStream();
    stream.key(key);
    for (int i = 0; i < 4; i++) {
      stream.state[6 + i] = word(input, i);
    }
    stream.nextBlock();
    byte[] derived = new byte[KEY_SIZE];
    for (int i = 0; i < HSALSA_WORDS.length; i++) {
      int at = HSALSA_WORDS[i];
      WORDS.set(
          derived, 4 * i, stream.block[at] - stream.state[at]); // the core has added its input
    }
    stream.forget();
    return derived;
  }

  private static int word(byte[] octets, int index) {
    return (int) WORDS.get(octets, 4 * index);
  }

  void key(byte[] key) {
    for (int i = 0; i < 4; i++) {
      state[1 + i] = word(key, i);
      state[11 + i] = word(key, 4 + i);
    }
  }

  /** Begins the stream of a nonce: the eight octets at {@code at}. */
  void begin(byte[] nonce, int at) {
    state[6] = (int) WORDS.get(nonce, at);
    state[7] = (int) WORDS.get(nonce, at + 4);
    state[8] = 0;
    state[9] = 0;
    nextBlock();
    state[8] = 1;
  }

  private void nextBlock() {
    Salsa20Engine.salsaCore(ROUNDS, state, block);
    used = 0;
  }

  private void advance() {
    nextBlock();
    if (++state[8] == 0) {
      state[9]++;
    }
  }

  /** The next octets of the stream: whole words of the block that has begun. */
  void take(byte[] target) {
    for (int i = 0; i < target.length; i += 4) {
      WORDS.set(target, i, block[used++]);
    }
  }

  /** Seals or opens {@code size} octets at {@code at}; the last call for this nonce. */
  void apply(byte[] octets, int at, int size) {
    int from = at;
    int end = at + size;
    while (used < BLOCK_WORDS && end - from >= 4) {
      from = applyWord(octets, from);
    }
    for (; end - from >= BLOCK_SIZE; from += BLOCK_SIZE) {
      advance();
      for (int i = 0; i < BLOCK_WORDS; i++) {
        int place = from + 4 * i;
        WORDS.set(octets, place, (int) WORDS.get(octets, place) ^ block[i]);
      }
      used = BLOCK_WORDS;
    }
    while (from < end) {
      if (used == BLOCK_WORDS) {
        advance();
      }
      if (end - from >= 4) {
        from = applyWord(octets, from);
      } else {
        for (int word = block[used]; from < end; word >>>= 8) {
          octets[from++] ^= (byte) word;
        }
      }
    }
  }

  private int applyWord(byte[] octets, int at) {
    WORDS.set(octets, at, (int) WORDS.get(octets, at) ^ block[used++]);
    return at + 4;
  }

  /** Forgets the key and what was made of it. */
  void forget() {
    Arrays.fill(state, 0);
    Arrays.fill(block, 0);
  }
}
