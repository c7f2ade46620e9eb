package io.niomq.internal.pattern;

import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;
import java.util.Arrays;
import java.util.HashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Routing id to pipe, one to one. Makes up ids for peers that have none: a zero octet and a 32-bit
 * counter with a random start, as libzmq does. Guarded by the socket's lock. RFC 28, The ROUTER
 * Socket Type.
 */
final class RoutingTable {
  /** No peer can tell a longer one: the handshake does not take it. */
  private static final int ID_MAX = 64 << 10;

  private final HashMap<Key, Pipe> pipes = new HashMap<>();
  private final Key probe = new Key();
  private int nextId = ThreadLocalRandom.current().nextInt();

  /**
   * The pipe of the peer that a message's first frame names; null when there is none. Allocates
   * nothing.
   */
  Pipe find(Outgoing message) {
    int size = message.firstSize();
    if (probe.octets.length < size) {
      if (size > ID_MAX) {
        return null; // no peer can have told us such an id
      }
      probe.octets = new byte[size];
    }
    for (int i = 0; i < size; i++) {
      probe.octets[i] = message.firstOctet(i);
    }
    probe.length = size;
    return pipes.get(probe);
  }

  Pipe find(byte[] id) {
    return pipes.get(new Key(id));
  }

  void put(byte[] id, Pipe pipe) {
    Pipe before = pipes.put(new Key(id), pipe);
    assert before == null;
    pipe.routingId = id;
  }

  /** Forgets the pipe, if it is the one that its id names. */
  void remove(Pipe pipe) {
    if (pipe.routingId != null) {
      Key key = new Key(pipe.routingId);
      if (pipes.get(key) == pipe) {
        pipes.remove(key);
      }
    }
  }

  byte[] makeId() {
    while (true) {
      int n = nextId++;
      byte[] id = {0, (byte) (n >>> 24), (byte) (n >>> 16), (byte) (n >>> 8), (byte) n};
      if (!pipes.containsKey(new Key(id))) {
        return id;
      }
    }
  }

  Iterable<Pipe> pipes() {
    return pipes.values();
  }

  private static final class Key {
    private byte[] octets;
    private int length;

    Key() {
      this.octets = new byte[16];
    }

    Key(byte[] octets) {
      this.octets = octets;
      this.length = octets.length;
    }

    @Override
    public int hashCode() {
      int h = 1;
      for (int i = 0; i < length; i++) {
        h = 31 * h + octets[i];
      }
      return h;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key k && Arrays.equals(octets, 0, length, k.octets, 0, k.length);
    }
  }
}
