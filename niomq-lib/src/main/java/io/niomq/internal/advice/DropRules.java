package io.niomq.internal.advice;

import static io.niomq.internal.advice.Rule.were;

import io.niomq.DropReason;
import io.niomq.explain.Cause;
import io.niomq.explain.Finding;
import io.niomq.explain.SocketReport;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Drops that tell their reason by themselves: one sentence each. */
public final class DropRules {
  /** What to do; of reasons that other rules explain where the peers are known, below. */
  private static final Map<DropReason, String> WHAT_TO_DO = new EnumMap<>(DropReason.class);

  /** What to do where nothing else is known. */
  private static final Map<DropReason, String> ELSEWHERE = new EnumMap<>(DropReason.class);

  static {
    WHAT_TO_DO.put(DropReason.NO_PEER, "nobody is left to send to");
    WHAT_TO_DO.put(DropReason.MALFORMED, "a DEALER, for instance, sends an empty frame first");
    WHAT_TO_DO.put(
        DropReason.NOT_SUBSCRIBED,
        "the publisher does not filter, or had not heard of the subscriptions yet");
    WHAT_TO_DO.put(DropReason.STALE_REPLY, "the reply came after the request was given up");
    WHAT_TO_DO.put(DropReason.NOT_RECEIVING, "the peer should not send");
    WHAT_TO_DO.put(DropReason.CONFLATED, "that is what the option asks for");
    WHAT_TO_DO.put(DropReason.CONNECTION_LOST, "what was under way is not sent again");
    WHAT_TO_DO.put(DropReason.PARTLY_SENT, "what was under way is not sent again");
    WHAT_TO_DO.put(DropReason.PARTLY_RECEIVED, "the peer, or the network, broke off");
    WHAT_TO_DO.put(DropReason.TOO_LARGE, "allow larger ones, or send smaller ones");
    WHAT_TO_DO.put(DropReason.REFUSED, "see the refused peers");
    WHAT_TO_DO.put(
        DropReason.LINGER_EXPIRED, "linger longer, and close the context before the program ends");
    WHAT_TO_DO.put(DropReason.UNREAD_AT_CLOSE, "read before closing");
    WHAT_TO_DO.put(DropReason.UNFINISHED, "each message ends with send");
    WHAT_TO_DO.put(DropReason.NOTICES_FULL, "an XPUB's application must receive, too");
    WHAT_TO_DO.put(DropReason.EVENT_UNREAD, "read faster, or ask for fewer events");
    ELSEWHERE.put(DropReason.NO_SUBSCRIBER, "subscribe before it is published");
    ELSEWHERE.put(DropReason.HIGH_WATER_MARK, "the peer reads more slowly than you send");
    ELSEWHERE.put(DropReason.NO_ROUTE, "with ZMQ_ROUTER_MANDATORY send tells");
  }

  private DropRules() {}

  static void drops(SocketReport s, Rule.Found found) {
    s.drops().forEach((reason, count) -> look(reason, count, WHAT_TO_DO.get(reason), found));
  }

  /** A finding for each reason, when only the sums are known. */
  public static List<Finding> of(Map<DropReason, Long> drops) {
    List<Finding> findings = new ArrayList<>();
    drops.forEach(
        (reason, count) ->
            look(
                reason,
                count,
                WHAT_TO_DO.getOrDefault(reason, ELSEWHERE.get(reason)),
                findings::add));
    return findings;
  }

  /** Messages that a closed socket has left for an inproc name. */
  public static Finding leftFor(String name, long messages) {
    return new Finding(
        Cause.LINGERING,
        Rule.count(messages, "message")
            + " of a closed socket wait for "
            + name
            + ", which nobody has bound: they are dropped when the context is closed");
  }

  private static void look(DropReason reason, long count, String advice, Rule.Found found) {
    if (advice != null) {
      found.add(
          new Finding(
              Cause.DROPPED,
              were(count, "message") + " dropped, because " + reason.meaning() + ": " + advice));
    }
  }
}
