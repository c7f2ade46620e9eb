package io.niomq.benchmarks.cost;

import io.niomq.Socket;
import io.niomq.ZmqTimeoutException;
import java.nio.ByteBuffer;

/** The messages of all parts: 64 octets that begin with who sent them and a running number. */
final class Payload {
  static final int SIZE = 64;

  /** A short frame of ZMTP: flags, size, body. */
  static final int FRAME_SIZE = 2 + SIZE;

  private Payload() {}

  static void set(ByteBuffer body, int at, int source, int number) {
    body.putInt(at, source);
    body.putInt(at + Integer.BYTES, number);
  }

  /** What has come of each source: each message must be the next one of its source. */
  static final class Arrivals {
    private final int[] next;
    private final ByteBuffer body = ByteBuffer.allocateDirect(2 * SIZE);
    private long count;

    Arrivals(int sources) {
      next = new int[sources];
    }

    /** Receives so many messages, whichever source they are from. */
    void receive(Socket socket, long messages) {
      long end = count + messages;
      while (count < end) {
        body.clear();
        int size;
        try {
          size = socket.recv(body);
        } catch (ZmqTimeoutException e) {
          throw new AssertionError("only " + count + " of " + end + " messages arrived", e);
        }
        add(size);
      }
    }

    private void add(int size) {
      int source = body.getInt(0);
      int number = body.getInt(Integer.BYTES);
      if (size != SIZE || source < 0 || source >= next.length || number != next[source]) {
        throw new AssertionError(
            "message "
                + number
                + " of source "
                + source
                + ", "
                + size
                + " octets, after "
                + count
                + " good ones; expected "
                + (source >= 0 && source < next.length ? next[source] : "another source"));
      }
      next[source]++;
      count++;
    }
  }
}
