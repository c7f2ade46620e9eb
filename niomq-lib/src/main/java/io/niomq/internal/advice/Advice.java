package io.niomq.internal.advice;

import io.niomq.explain.Finding;
import io.niomq.explain.SocketReport;
import java.util.ArrayList;
import java.util.List;

/**
 * What a report gives reason to suspect, one sentence each. A function of the report alone: the
 * rules know nothing of sockets. They follow the chart at the end of the Guide's chapter 2, for
 * solving missing messages.
 */
public final class Advice {
  private static final List<Rule> RULES =
      List.of(
          PubSubRules::noSubscription,
          PubSubRules::boundTooLate,
          PubSubRules::publishedTooEarly,
          PubSubRules::noSubscriptionMatched,
          PubSubRules::peers,
          ConnectionRules::noEndpoint,
          ConnectionRules::endpoints,
          ConnectionRules::refusedPeers,
          ConnectionRules::stuck,
          FlowRules::slowPeers,
          FlowRules::unread,
          FlowRules::sendWaits,
          FlowRules::uneven,
          FlowRules::lingering,
          CallRules::turn,
          CallRules::unroutable,
          CallRules::refusedCalls,
          DropRules::drops);

  private Advice() {}

  /** The findings, the likeliest reasons first. */
  public static List<Finding> of(SocketReport socket) {
    List<Finding> findings = new ArrayList<>();
    for (Rule rule : RULES) {
      rule.look(socket, findings::add);
    }
    return findings;
  }
}
