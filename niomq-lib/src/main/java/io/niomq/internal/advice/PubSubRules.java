package io.niomq.internal.advice;

import static io.niomq.internal.advice.Rule.were;

import io.niomq.DropReason;
import io.niomq.SocketType;
import io.niomq.explain.Cause;
import io.niomq.explain.EndpointReport;
import io.niomq.explain.PeerReport;
import io.niomq.explain.SocketReport;

/** Publishers and subscribers: subscriptions, and who came first. */
final class PubSubRules {
  /** Of many peers in the same trouble so many are named. */
  private static final int NAMED_MAX = 3;

  private PubSubRules() {}

  static void noSubscription(SocketReport s, Rule.Found found) {
    boolean sub = s.type() == SocketType.SUB;
    if ((!sub && s.type() != SocketType.XSUB) || s.subscriptions() == null || s.closed()) {
      return;
    }
    if (s.subscriptions().count() == 0) {
      found.add(
          Cause.NO_SUBSCRIPTION,
          s.type()
              + " has no subscription, so it receives nothing: "
              + (sub ? "subscribe(\"\") takes everything" : "send 01 and a prefix to subscribe"));
      return;
    }
    long connected = s.peers().stream().filter(PeerReport::connected).count();
    long received = s.peers().stream().mapToLong(p -> p.in().totalMessages()).sum();
    if (connected > 0 && received == 0) {
      found.add(
          Cause.NOTHING_RECEIVED,
          "connected to "
              + Rule.count(connected, "publisher")
              + ", but nothing that they sent since begins with "
              + s.subscriptions());
    }
  }

  static void boundTooLate(SocketReport s, Rule.Found found) {
    if (s.publishedBeforeEndpoint() > 0) {
      boolean bound = s.endpoints().stream().anyMatch(EndpointReport::bound);
      found.add(
          Cause.BOUND_TOO_LATE,
          (bound ? "bound" : "connected")
              + " after "
              + were(s.publishedBeforeEndpoint(), "message")
              + " published, which nobody can have: bind or connect first");
    }
  }

  static void publishedTooEarly(SocketReport s, Rule.Found found) {
    long early = s.publishedBeforeSubscriber() - Math.max(0, s.publishedBeforeEndpoint());
    if (s.published() < 0 || early <= 0) {
      return;
    }
    boolean connected = s.peers().stream().anyMatch(PeerReport::connected);
    boolean subscribed = s.publishedBeforeSubscriber() < s.published() || anySubscription(s);
    if (subscribed || !connected) {
      found.add(
          Cause.PUBLISHED_TOO_EARLY,
          were(early, "message")
              + " published before "
              + (subscribed ? "the first subscription had come" : "anybody was connected")
              + " and went to nobody: wait for subscribers before publishing (slow joiner)");
    }
  }

  private static boolean anySubscription(SocketReport s) {
    return s.subscriptions() != null && s.subscriptions().count() > 0;
  }

  static void noSubscriptionMatched(SocketReport s, Rule.Found found) {
    boolean subscribed = anySubscription(s);
    long connected = s.peers().stream().filter(PeerReport::connected).count();
    long early = subscribed || connected == 0 ? s.publishedBeforeSubscriber() : 0;
    long unmatched = s.dropped(DropReason.NO_SUBSCRIBER) - early;
    if (s.published() >= 0 && unmatched > 0) {
      found.add(
          Cause.NO_SUBSCRIPTION_MATCHED,
          were(unmatched, "message")
              + (connected == 0
                  ? " dropped after the first subscription had come, because none matched, or its"
                      + " peer was gone: now nobody is connected"
                  : " dropped, because no subscription of the "
                      + Rule.count(connected, "connected peer")
                      + " matched; subscribed to: "
                      + s.subscriptions()));
    }
  }

  static void peers(SocketReport s, Rule.Found found) {
    int named = 0;
    for (PeerReport p : s.peers()) {
      if (p.subscriptions() < 0 || !p.connected() || named == NAMED_MAX) {
        continue;
      }
      if (p.subscriptions() == 0) {
        named++;
        found.add(
            Cause.PEER_WITHOUT_SUBSCRIPTION, p.name() + " has no subscription: it gets nothing");
      } else if (p.missed() > s.publishedBeforeSubscriber()) {
        named++;
        found.add(
            Cause.JOINED_LATE,
            p.name()
                + " subscribed after "
                + were(p.missed(), "message")
                + " published, and has not got those: start it first, or wait for it");
      }
    }
  }
}
