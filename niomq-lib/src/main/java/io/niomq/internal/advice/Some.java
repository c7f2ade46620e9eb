package io.niomq.internal.advice;

import static io.niomq.internal.advice.Rule.count;

import io.niomq.explain.Cause;
import io.niomq.explain.PeerReport;
import java.util.Comparator;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.ToLongFunction;

/**
 * Peers in the same trouble, the worst first. A few are named and the rest is summed up, so that a
 * socket of 100 000 peers can still be read about.
 */
final class Some {
  private static final int NAMED_MAX = 3;

  private final List<PeerReport> peers;
  private final ToLongFunction<PeerReport> messages;

  private Some(List<PeerReport> peers, ToLongFunction<PeerReport> messages) {
    this.peers = peers;
    this.messages = messages;
  }

  /** Those of {@code all} with messages in trouble. */
  static Some of(List<PeerReport> all, ToLongFunction<PeerReport> messages) {
    return new Some(
        all.stream()
            .filter(p -> messages.applyAsLong(p) > 0)
            .sorted(Comparator.comparingLong(messages).reversed())
            .toList(),
        messages);
  }

  /** The ones to name. */
  List<PeerReport> first() {
    return peers.subList(0, Math.min(NAMED_MAX, peers.size()));
  }

  long sum() {
    return peers.stream().mapToLong(messages).sum();
  }

  /** One sentence, of "4 more peers" and "10 messages", for those that were not named, if any. */
  void rest(Cause cause, BinaryOperator<String> sentence, Rule.Found found) {
    List<PeerReport> others = peers.subList(first().size(), peers.size());
    if (!others.isEmpty()) {
      long sum = others.stream().mapToLong(messages).sum();
      found.add(cause, sentence.apply(count(others.size(), "more peer"), count(sum, "message")));
    }
  }
}
