package io.niomq.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Numbered messages of several senders, and a book of those that came: each whole, none twice, and
 * in each receiving thread in the order of their sender. Threads: any.
 */
final class Ledger {
  /** Sizes beyond the numbers: in a chunk, at its end, and held by reference. */
  private static final int[] SIZES = {0, 0, 0, 50, 50, 300, 3000, 9000, 70_000};

  private static final int HEADER = 12;

  private final int perSender;
  private final BitSet[] seen;
  private final AtomicInteger total = new AtomicInteger();

  Ledger(int senders, int perSender) {
    this.perSender = perSender;
    seen = new BitSet[senders];
    for (int i = 0; i < senders; i++) {
      seen[i] = new BitSet(perSender);
    }
  }

  /** The message of a sender with a number, of one of many sizes. */
  static byte[] message(int sender, int number) {
    byte[] message = new byte[HEADER + SIZES[number % SIZES.length]];
    ByteBuffer.wrap(message).putInt(sender).putInt(number).putInt(checkSum(sender, number));
    for (int i = HEADER; i < message.length; i++) {
      message[i] = (byte) (number + i);
    }
    return message;
  }

  private static int checkSum(int sender, int number) {
    return sender * 31 + number * 17 + 5;
  }

  /** How far one receiving thread has come with each sender. */
  final class Reader {
    private final int[] last = new int[seen.length];
    private final boolean inOrder;

    Reader(boolean inOrder) {
      this.inOrder = inOrder;
      Arrays.fill(last, -1);
    }

    void enter(byte[] message) {
      check(message.length >= HEADER, "a message of " + message.length + " octets");
      ByteBuffer b = ByteBuffer.wrap(message);
      int sender = b.getInt();
      int number = b.getInt();
      check(b.getInt() == checkSum(sender, number), "a wrong check sum");
      check(Arrays.equals(message, message(sender, number)), "wrong content in " + number);
      check(
          !inOrder || number > last[sender],
          number + " after " + last[sender] + " of sender " + sender);
      last[sender] = number;
      synchronized (seen[sender]) {
        check(!seen[sender].get(number), "a second time " + number + " of sender " + sender);
        seen[sender].set(number);
      }
      total.incrementAndGet();
    }
  }

  private static void check(boolean right, String wrong) {
    if (!right) {
      throw new AssertionError("received " + wrong);
    }
  }

  Reader reader() {
    return new Reader(true);
  }

  /** For a socket that reads of several connections of one sender in turn. */
  Reader readerOfAnyOrder() {
    return new Reader(false);
  }

  /** How many messages came. */
  int total() {
    return total.get();
  }

  boolean isComplete() {
    return total.get() == seen.length * perSender;
  }

  void assertComplete() {
    for (int s = 0; s < seen.length; s++) {
      assertThat(seen[s].cardinality()).as("messages of sender " + s).isEqualTo(perSender);
    }
  }
}
