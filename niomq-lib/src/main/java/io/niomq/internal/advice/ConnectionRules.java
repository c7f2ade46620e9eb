package io.niomq.internal.advice;

import static io.niomq.internal.advice.Rule.count;

import io.niomq.SocketType;
import io.niomq.explain.Cause;
import io.niomq.explain.EndpointReport;
import io.niomq.explain.PeerReport;
import io.niomq.explain.Refusal;
import io.niomq.explain.RefusedPeer;
import io.niomq.explain.SocketReport;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/** Endpoints, handshakes, and peers that are not there. */
final class ConnectionRules {
  /** An attempt to connect that takes longer gets no answer, not even a refusal. */
  private static final Duration ANSWER_MAX = Duration.ofSeconds(3);

  private static final Set<SocketType> TAKES_TURNS =
      EnumSet.of(SocketType.PUSH, SocketType.DEALER, SocketType.REQ);

  private ConnectionRules() {}

  static void noEndpoint(SocketReport s, Rule.Found found) {
    if (s.endpoints().isEmpty() && s.peers().isEmpty() && !s.closed()) {
      found.add(Cause.NO_ENDPOINT, s.type() + " is neither bound nor connected");
    }
  }

  static void endpoints(SocketReport s, Rule.Found found) {
    for (EndpointReport e : s.endpoints()) {
      if (e.bound()) {
        bound(s, e, found);
      } else {
        connecting(s, e, found);
      }
    }
  }

  private static void bound(SocketReport s, EndpointReport e, Rule.Found found) {
    if (e.state() == EndpointReport.State.FAILED) {
      found.add(
          Cause.BIND_FAILED,
          e.endpoint() + " could not be bound, so nobody comes: " + e.lastError());
    } else if (e.state() == EndpointReport.State.LISTENING
        && e.connections() == 0
        && s.peers().stream().noneMatch(p -> p.endpoint().equals(e.endpoint()))) {
      found.add(Cause.NOBODY_CONNECTED, "nobody has connected to " + e.endpoint() + " so far");
    }
  }

  private static void connecting(SocketReport s, EndpointReport e, Rule.Found found) {
    switch (e.state()) {
      case UNBOUND -> unbound(e, found);
      case CLOSED -> closed(e, found);
      case CONNECTING, RETRYING, FAILED -> notConnected(e, found);
      default -> {}
    }
  }

  private static void closed(EndpointReport e, Rule.Found found) {
    if (e.lastError().isEmpty()) { // otherwise it was refused, which is told with the others
      found.add(
          Cause.DISCONNECTED,
          "the socket that had bound " + e.endpoint() + " was closed: connect again");
    }
  }

  private static void unbound(EndpointReport e, Rule.Found found) {
    if (e.lastError().isEmpty()) {
      found.add(
          Cause.INPROC_NOT_BOUND,
          "nobody has bound "
              + e.endpoint()
              + " in this context: inproc reaches sockets of the same context only");
    } else {
      found.add(
          Cause.INPROC_OTHER_CONTEXT,
          e.endpoint()
              + " is bound in another context of this process, not in this one: inproc reaches sockets"
              + " of the same context only, so share one context");
    }
  }

  private static void notConnected(EndpointReport e, Rule.Found found) {
    boolean hangs =
        e.state() == EndpointReport.State.CONNECTING
            && e.stateFor() != null
            && e.stateFor().compareTo(ANSWER_MAX) > 0;
    if (hangs || e.lastError().contains("ZMQ_CONNECT_TIMEOUT") || e.lastError().contains("timed")) {
      found.add(
          Cause.CONNECT_TIMES_OUT,
          "attempts to connect to "
              + e.endpoint()
              + " get no answer ("
              + count(e.attempts(), "attempt")
              + "): wrong address, or a firewall on the way?");
    } else if (!e.lastError().isEmpty()) {
      boolean never = e.connections() == 0;
      String givenUp =
          e.state() == EndpointReport.State.FAILED ? "; there is no further attempt" : "";
      found.add(
          never ? Cause.NEVER_CONNECTED : Cause.DISCONNECTED,
          (never ? "never connected to " : "no longer connected to ")
              + e.endpoint()
              + " in "
              + count(e.attempts(), "attempt")
              + "; the last error: "
              + e.lastError()
              + givenUp);
    }
  }

  static void refusedPeers(SocketReport s, Rule.Found found) {
    for (RefusedPeer r : s.refusedPeers()) {
      String who =
          (r.address().isEmpty() ? "a peer" : "the peer at " + r.address())
              + " was refused"
              + (r.times() == 1 ? "" : " " + r.times() + " times")
              + " at "
              + r.endpoint()
              + ": ";
      found.add(cause(r.refusal()), who + r.reason());
    }
  }

  private static Cause cause(Refusal refusal) {
    return switch (refusal) {
      case INCOMPATIBLE_TYPE -> Cause.INCOMPATIBLE_PEER;
      case OTHER_MECHANISM -> Cause.OTHER_MECHANISM;
      default -> Cause.PEER_REFUSED;
    };
  }

  static void stuck(SocketReport s, Rule.Found found) {
    if (s.closed() || !TAKES_TURNS.contains(s.type())) {
      return;
    }
    Some stuck = Some.of(s.peers(), p -> p.connected() ? 0 : p.out().messages());
    for (PeerReport p : stuck.first()) {
      found.add(
          Cause.STUCK,
          count(p.out().messages(), "message")
              + " wait for "
              + p.endpoint()
              + ", which is not connected: with ZMQ_IMMEDIATE only connected peers get a share");
    }
    stuck.rest(
        Cause.STUCK,
        (peers, messages) -> messages + " wait for " + peers + " in the same way",
        found);
  }
}
