package io.niomq.internal.advice;

import static io.niomq.internal.advice.Rule.count;
import static io.niomq.internal.advice.Rule.were;

import io.niomq.DropReason;
import io.niomq.SocketType;
import io.niomq.explain.Cause;
import io.niomq.explain.PeerReport;
import io.niomq.explain.SocketReport;
import java.util.ArrayList;
import java.util.List;

/** Full queues, and who is too slow. */
final class FlowRules {
  /** So many unread messages are suspicious where there is no high-water mark. */
  private static final long UNREAD_MIN = 1000;

  /** So many messages must have gone out before their distribution says anything. */
  private static final long SHARED_MIN = 10;

  private FlowRules() {}

  static void slowPeers(SocketReport s, Rule.Found found) {
    boolean publisher = s.published() >= 0;
    String slowly = " more slowly than you " + (publisher ? "publish" : "send");
    List<PeerReport> all = new ArrayList<>(s.peers());
    all.addAll(s.gonePeers());
    Some slow = Some.of(all, FlowRules::droppedAtMark);
    for (PeerReport p : slow.first()) {
      found.add(
          Cause.SLOW_PEER,
          were(droppedAtMark(p), "message")
              + " dropped at the high-water mark of "
              + p.out().highWaterMark()
              + ": "
              + p.name()
              + (s.gonePeers().contains(p) ? ", which is gone by now, reads" : " reads")
              + slowly);
    }
    slow.rest(
        Cause.SLOW_PEER,
        (peers, messages) -> messages + " were dropped because " + peers + " read" + slowly,
        found);
    long ofGone = s.dropped(DropReason.HIGH_WATER_MARK) - slow.sum();
    if (ofGone > 0) {
      found.add(
          Cause.SLOW_PEER,
          were(ofGone, "message")
              + " dropped at the high-water mark: other peers that are gone by now did read"
              + slowly);
    }
  }

  private static long droppedAtMark(PeerReport p) {
    return p.drops().getOrDefault(DropReason.HIGH_WATER_MARK, 0L);
  }

  static void unread(SocketReport s, Rule.Found found) {
    if (!s.type().canReceive()) {
      return;
    }
    String why = s.receiving() == 0 ? "no thread is in recv" : "recv is called too seldom";
    Some unread = Some.of(s.peers(), FlowRules::gathered);
    for (PeerReport p : unread.first()) {
      found.add(
          Cause.UNREAD,
          count(p.in().messages(), "message")
              + " of "
              + p.name()
              + " wait here to be received, and "
              + why);
    }
    unread.rest(
        Cause.UNREAD,
        (peers, messages) -> messages + " of " + peers + " wait here, too, and " + why,
        found);
  }

  /** Its unread messages, if they are many. */
  private static long gathered(PeerReport p) {
    int mark = p.in().highWaterMark();
    long limit = mark == 0 ? UNREAD_MIN : Math.max(1, mark / 2);
    return p.in().messages() >= limit ? p.in().messages() : 0;
  }

  static void sendWaits(SocketReport s, Rule.Found found) {
    if (s.sending() == 0) {
      return;
    }
    String threads = s.sending() == 1 ? "a thread waits" : s.sending() + " threads wait";
    found.add(
        Cause.SEND_WAITS,
        threads
            + " in send: "
            + (s.peers().isEmpty()
                ? "there is no peer"
                : "every peer's queue is at its high-water mark"));
  }

  static void uneven(SocketReport s, Rule.Found found) {
    if (s.type() != SocketType.PUSH || s.peers().size() < 2) {
      return;
    }
    long all = 0;
    PeerReport most = s.peers().get(0);
    for (PeerReport p : s.peers()) {
      all += p.out().totalMessages();
      if (p.out().totalMessages() > most.out().totalMessages()) {
        most = p;
      }
    }
    long its = most.out().totalMessages();
    long share = Math.round(100.0 / s.peers().size());
    if (all >= SHARED_MIN && 100 * its >= all * Math.min(90, share + 30)) {
      found.add(
          Cause.UNEVEN,
          most.name()
              + " got "
              + its
              + " of "
              + count(all, "message")
              + ", although there are "
              + s.peers().size()
              + " peers: it was connected before the others; wait for all of them");
    }
  }

  static void lingering(SocketReport s, Rule.Found found) {
    long unsent = s.peers().stream().mapToLong(p -> p.out().messages()).sum();
    if (s.closed() && unsent > 0) {
      found.add(
          Cause.LINGERING,
          "closed with " + count(unsent, "message") + " still to be sent (ZMQ_LINGER)");
    }
  }
}
