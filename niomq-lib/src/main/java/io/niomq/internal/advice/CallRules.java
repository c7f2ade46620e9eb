package io.niomq.internal.advice;

import static io.niomq.internal.advice.Rule.were;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.explain.Cause;
import io.niomq.explain.SocketReport;
import io.niomq.explain.Turn;

/** What the application called that could not be done. */
final class CallRules {
  private CallRules() {}

  static void turn(SocketReport s, Rule.Found found) {
    if (s.turn() == Turn.REPLY_LOST) {
      found.add(
          Cause.REPLY_LOST,
          "REQ waits for a reply that cannot come, because the peer that it asked is gone: set"
              + " ZMQ_REQ_RELAXED and ask again");
    } else if (s.turn() == Turn.ASKER_GONE) {
      found.add(
          Cause.ASKER_GONE, "the peer whose request was received last is gone: it gets no reply");
    }
  }

  static void unroutable(SocketReport s, Rule.Found found) {
    long dropped = s.dropped(DropReason.NO_ROUTE);
    if (dropped > 0) {
      found.add(
          Cause.UNROUTABLE,
          were(dropped, "message")
              + " dropped, because no connected peer has the routing id, last \""
              + s.unroutable()
              + "\": with ZMQ_ROUTER_MANDATORY send tells");
    }
    if (calls(s, Errno.EHOSTUNREACH) > 0) {
      found.add(
          Cause.UNROUTABLE,
          were(calls(s, Errno.EHOSTUNREACH), "call")
              + " refused (EHOSTUNREACH), because no connected peer has the routing id, last \""
              + s.unroutable()
              + "\"");
    }
  }

  static void refusedCalls(SocketReport s, Rule.Found found) {
    refused(
        s,
        Errno.EFSM,
        Cause.OUT_OF_TURN,
        s.type() + " sends and receives strictly in turn: check what each call returns or throws",
        found);
    refused(
        s,
        Errno.EAGAIN,
        Cause.WOULD_WAIT,
        "nothing was sent by them: check what send returns",
        found);
    refused(s, Errno.ENOTSOCK, Cause.USED_AFTER_CLOSE, "the socket had been closed already", found);
    refused(
        s,
        Errno.ETERM,
        Cause.USED_AFTER_SHUTDOWN,
        "the context had been closed or shut down",
        found);
  }

  private static void refused(
      SocketReport s, Errno errno, Cause cause, String advice, Rule.Found found) {
    long calls = calls(s, errno);
    if (calls > 0) {
      found.add(cause, were(calls, "call") + " refused (" + errno + "): " + advice);
    }
  }

  private static long calls(SocketReport s, Errno errno) {
    return s.refusedCalls().getOrDefault(errno, 0L);
  }
}
