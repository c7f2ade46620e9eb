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
  /** What to do; reasons that other rules explain are left out. */
  private static final Map<DropReason, String> WHAT_TO_DO = new EnumMap<>(DropReason.class);

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
  }

  private DropRules() {}

  static void drops(SocketReport s, Rule.Found found) {
    of(s.drops()).forEach(found::add);
  }

  /** A finding for each reason that speaks for itself. */
  public static List<Finding> of(Map<DropReason, Long> drops) {
    List<Finding> findings = new ArrayList<>();
    drops.forEach(
        (reason, count) -> {
          String advice = WHAT_TO_DO.get(reason);
          if (advice != null) {
            findings.add(
                new Finding(
                    Cause.DROPPED,
                    were(count, "message")
                        + " dropped, because "
                        + reason.meaning()
                        + ": "
                        + advice));
          }
        });
    return findings;
  }
}
