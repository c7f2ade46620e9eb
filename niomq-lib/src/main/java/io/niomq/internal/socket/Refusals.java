package io.niomq.internal.socket;

import io.niomq.Errno;
import io.niomq.explain.Refusal;
import io.niomq.explain.RefusedPeer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The calls of a socket that failed, and the peers that it refused or that refused it; for reports.
 * Guarded by its own monitor, which is held for a few instructions: failures are rare.
 */
final class Refusals {
  /** So many kinds of refusals are kept, the newest. */
  private static final int PEERS_MAX = 8;

  private record Kind(String endpoint, String reason) {}

  private final Map<Errno, Long> calls = new EnumMap<>(Errno.class);
  private final Map<Kind, RefusedPeer> peers = new LinkedHashMap<>();

  synchronized void call(Errno errno) {
    calls.merge(errno, 1L, Long::sum);
  }

  synchronized void peer(String endpoint, String address, Refusal refusal, String reason) {
    Kind kind = new Kind(endpoint, reason);
    RefusedPeer before = peers.remove(kind);
    long times = before == null ? 1 : before.times() + 1;
    peers.put(kind, new RefusedPeer(endpoint, address, refusal, reason, times));
    if (peers.size() > PEERS_MAX) {
      Iterator<Kind> oldest = peers.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  synchronized Map<Errno, Long> calls() {
    return new EnumMap<>(calls);
  }

  synchronized List<RefusedPeer> peers() {
    return new ArrayList<>(peers.values());
  }
}
