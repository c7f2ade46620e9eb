package io.niomq.benchmarks.cost;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A process of many {@link RawPeer}s and one thread. It prints {@code ready} when all are
 * connected, then takes orders from its standard input, one a line, and answers each with {@code
 * done}:
 *
 * <ul>
 *   <li>{@code turns N}: each PUSH in turn writes one message, N times over;
 *   <li>{@code bursts N}: each PUSH writes N messages at once;
 *   <li>{@code expect N}: reads until each SUB has received N more messages, not one more.
 * </ul>
 *
 * It ends when its standard input does.
 */
public final class RawPeers {
  private final List<SocketChannel> peers;
  private int sent;

  private RawPeers(List<SocketChannel> peers) {
    this.peers = peers;
  }

  /** Arguments: PUSH or SUB, a port of this machine, how many peers. */
  public static void main(String[] args) throws IOException {
    Limits.haltAfter(Duration.ofSeconds(Limits.CHILD_SECONDS), "raw peers: out of time");
    int count = Integer.parseInt(args[2]);
    List<SocketChannel> peers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      peers.add(RawPeer.connect(Integer.parseInt(args[1]), args[0]));
    }
    if (args[0].equals("SUB")) {
      for (SocketChannel peer : peers) {
        RawPeer.write(peer, ByteBuffer.wrap(new byte[] {0, 1, 1})); // subscribes to everything
      }
    }
    new RawPeers(peers).obey();
    System.exit(0); // the operating system closes the channels faster
  }

  private void obey() throws IOException {
    answer("ready");
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      String[] words = line.split(" ");
      int number = Integer.parseInt(words[1]);
      switch (words[0]) {
        case "turns" -> {
          ByteBuffer one = ByteBuffer.allocateDirect(Payload.FRAME_SIZE);
          for (int i = 0; i < number; i++) {
            write(one);
          }
        }
        case "bursts" -> write(ByteBuffer.allocateDirect(number * Payload.FRAME_SIZE));
        case "expect" -> expect(number);
        default -> throw new IllegalArgumentException(line);
      }
      answer("done");
    }
  }

  private static void answer(String word) {
    System.out.println(word);
    System.out.flush();
  }

  /** As many messages of each peer as fit into {@code octets}, at once. */
  private void write(ByteBuffer octets) throws IOException {
    int messages = octets.capacity() / Payload.FRAME_SIZE;
    for (int source = 0; source < peers.size(); source++) {
      for (int i = 0; i < messages; i++) {
        int at = i * Payload.FRAME_SIZE;
        octets.put(at, (byte) 0).put(at + 1, (byte) Payload.SIZE);
        Payload.set(octets, at + 2, source, sent + i);
      }
      RawPeer.write(peers.get(source), octets.clear());
    }
    sent += messages;
  }

  /** The octets that a SUB still expects. */
  private static final class Expected {
    private long octets;
  }

  private void expect(int messages) throws IOException {
    ByteBuffer octets = ByteBuffer.allocateDirect(256 << 10);
    try (Selector selector = Selector.open()) {
      for (SocketChannel peer : peers) {
        Expected expected = new Expected();
        expected.octets = (long) messages * Payload.FRAME_SIZE;
        peer.configureBlocking(false);
        peer.register(selector, SelectionKey.OP_READ, expected);
      }
      int[] waiting = {peers.size()};
      answer("listening");
      while (waiting[0] > 0) {
        int ready =
            selector.select(
                key -> {
                  if (discard((SocketChannel) key.channel(), octets, (Expected) key.attachment())) {
                    waiting[0]--;
                  }
                },
                Limits.WAIT.toMillis());
        if (ready == 0) {
          throw new IOException(waiting[0] + " subscribers did not receive all their messages");
        }
      }
    }
  }

  /** Whether that was the last that was expected. */
  private static boolean discard(SocketChannel peer, ByteBuffer octets, Expected expected) {
    try {
      int n = peer.read(octets.clear());
      expected.octets -= n;
      if (n < 0 || expected.octets < 0) {
        throw new IllegalStateException(
            n < 0 ? "the publisher closed a connection" : "a subscriber received too much");
      }
      return expected.octets == 0;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
