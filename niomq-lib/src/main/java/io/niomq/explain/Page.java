package io.niomq.explain;

import io.niomq.DropReason;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes reports as text. A line that begins with an exclamation mark is a finding. */
final class Page {
  /** Of sockets with more peers only so many are printed. */
  private static final int PEERS_MAX = 20;

  private final StringBuilder text = new StringBuilder();

  private void line(int indent, String line) {
    text.append("  ".repeat(indent));
    line.chars().forEach(c -> text.append(Character.isISOControl(c) ? '?' : (char) c));
    text.append('\n');
  }

  void context(ContextReport c) {
    line(
        0,
        "Context opened by thread "
            + c.openedBy()
            + " at "
            + c.openedAt()
            + "; now it is "
            + c.at().truncatedTo(ChronoUnit.SECONDS)
            + (c.shutdown() ? " (shut down)" : ""));
    line(
        1,
        Reports.count(c.ioThreads(), "I/O thread")
            + ", "
            + c.sockets().size()
            + " of "
            + Reports.count(c.maxSockets(), "socket")
            + " open"
            + (c.socketsGone() == 0 ? "" : ", " + c.socketsGone() + " closed before"));
    findings(1, c.findings());
    for (SocketReport s : c.sockets()) {
      text.append('\n');
      socket(s);
    }
  }

  void socket(SocketReport s) {
    line(
        0,
        s.type()
            + " #"
            + s.number()
            + (s.closed() ? " (closed)" : "")
            + ", opened "
            + Reports.text(s.age())
            + " ago by thread "
            + s.openedBy()
            + " at "
            + s.openedAt());
    findings(1, s.findings());
    for (EndpointReport e : s.endpoints()) {
      endpoint(e);
    }
    int shown = Math.min(PEERS_MAX, s.peers().size());
    for (PeerReport p : s.peers().subList(0, shown)) {
      peer(p);
    }
    if (shown < s.peers().size()) {
      line(1, "and " + Reports.count(s.peers().size() - shown, "more peer"));
    }
    for (PeerReport p : s.gonePeers()) {
      line(1, "gone: " + p.name());
      drops(2, p.drops());
    }
    for (RefusedPeer r : s.refusedPeers()) {
      line(
          1,
          "refused "
              + (r.address().isEmpty() ? "" : r.address() + " ")
              + Reports.count(r.times(), "time")
              + ": "
              + r.reason());
    }
    if (s.subscriptions() != null) {
      line(1, "subscriptions: " + s.subscriptions());
    }
    if (s.published() > 0) {
      line(1, "published: " + Reports.count(s.published(), "message"));
    }
    drops(1, s.drops());
    if (!s.refusedCalls().isEmpty()) {
      line(1, "refused calls: " + list(s.refusedCalls()));
    }
    if (s.receiving() + s.sending() > 0) {
      line(1, "waiting: " + s.receiving() + " to receive, " + s.sending() + " to send");
    }
    if (s.turn() != Turn.ANY) {
      line(1, "turn: " + words(s.turn()));
    }
    if (!s.options().isEmpty()) {
      line(1, "options: " + list(s.options()));
    }
  }

  private void findings(int indent, List<Finding> findings) {
    findings.forEach(f -> line(indent, "! " + f));
  }

  private void endpoint(EndpointReport e) {
    StringBuilder line = new StringBuilder(e.bound() ? "bound to " : "connect to ");
    line.append(e.endpoint()).append(": ").append(words(e.state()));
    if (e.stateFor() != null) {
      line.append(" for ").append(Reports.text(e.stateFor()));
    }
    if (!e.bound() && e.attempts() > 0) {
      line.append(", ").append(Reports.count(e.attempts(), "attempt"));
    }
    if (e.connections() > 0) {
      line.append(", ").append(Reports.count(e.connections(), "connection")).append(" so far");
    }
    if (!e.lastError().isEmpty()) {
      line.append(", last error: ").append(e.lastError());
    }
    if (e.nextAttempt() != null) {
      line.append(", next attempt in ").append(Reports.text(e.nextAttempt()));
    }
    line(1, line.toString());
  }

  private void peer(PeerReport p) {
    StringBuilder line = new StringBuilder(p.name());
    if (!p.protocol().isEmpty()) {
      line.append(", ").append(p.protocol());
    }
    if (!p.mechanism().isEmpty()) {
      line.append(" ").append(p.mechanism());
    }
    if (p.connectedFor() != null) {
      line.append(", connected for ").append(Reports.text(p.connectedFor()));
    } else {
      line.append(", not connected");
    }
    if (p.heardWithin() != null) {
      boolean exact = p.heardWithin().equals(p.silentFor());
      line.append(exact ? ", heard " : ", heard within ").append(Reports.text(p.heardWithin()));
      line.append(exact ? " ago" : "");
    }
    if (p.silentFor() != null
        && !p.silentFor().isZero()
        && !p.silentFor().equals(p.heardWithin())) {
      line.append(", silent for ").append(Reports.text(p.silentFor()));
    }
    if (p.subscriptions() >= 0) {
      line.append(", ").append(Reports.count(p.subscriptions(), "subscription"));
    }
    line(1, line.toString());
    queue("in:  ", p.in(), "unread");
    queue("out: ", p.out(), "unsent");
    drops(2, p.drops());
  }

  private void queue(String name, QueueReport q, String waiting) {
    line(
        2,
        name
            + Reports.count(q.totalMessages(), "message")
            + " ("
            + octets(q.totalOctets())
            + "), "
            + q.messages()
            + " ("
            + octets(q.octets())
            + ") "
            + waiting
            + ", mark "
            + (q.highWaterMark() == 0 ? "none" : q.highWaterMark())
            + (q.full() ? ", full" : ""));
  }

  private void drops(int indent, Map<DropReason, Long> drops) {
    if (!drops.isEmpty()) {
      line(indent, "dropped: " + list(drops));
    }
  }

  private static String list(Map<?, ?> map) {
    StringBuilder list = new StringBuilder();
    map.forEach((k, v) -> list.append(list.isEmpty() ? "" : ", ").append(k).append(' ').append(v));
    return list.toString();
  }

  private static String words(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String octets(long n) {
    if (n < 10_000) {
      return n + " B";
    }
    return n < 10_000_000 ? n / 1000 + " kB" : n / 1_000_000 + " MB";
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
