package io.niomq.explain;

import io.niomq.DropReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a context and its sockets are doing.
 *
 * @param at when the report was made
 * @param openedBy the name of the thread that made the context
 * @param openedAt where in the program it was made
 * @param shutdown whether it was shut down or closed
 * @param ioThreads how many I/O threads it has
 * @param maxSockets how many sockets it may have open
 * @param sockets its sockets, also those that are closed and still have something to send
 * @param socketsGone how many sockets were closed and have nothing left to do
 * @param dropsOfGone what those had dropped, by reason
 * @param findings what concerns no socket that is still here; each socket has its own
 */
public record ContextReport(
    Instant at,
    String openedBy,
    String openedAt,
    boolean shutdown,
    int ioThreads,
    int maxSockets,
    List<SocketReport> sockets,
    long socketsGone,
    Map<DropReason, Long> dropsOfGone,
    List<Finding> findings) {

  /** For the library's own use. */
  public ContextReport {
    sockets = List.copyOf(sockets);
    dropsOfGone = Reports.copy(dropsOfGone);
    findings = List.copyOf(findings);
  }

  /** The findings of the context and of all its sockets. */
  public List<Finding> allFindings() {
    List<Finding> all = new ArrayList<>(findings);
    sockets.forEach(s -> all.addAll(s.findings()));
    return List.copyOf(all);
  }

  /** This report as one JSON object; times are in milliseconds, {@code at} is in ISO 8601. */
  public String toJson() {
    return new Json()
        .add("at", at)
        .add("openedBy", openedBy)
        .add("openedAt", openedAt)
        .add("shutdown", shutdown)
        .add("ioThreads", ioThreads)
        .add("maxSockets", maxSockets)
        .add("sockets", sockets.stream().map(SocketReport::json).toList())
        .add("socketsGone", socketsGone)
        .add("dropsOfGone", dropsOfGone)
        .add("findings", findings.stream().map(Finding::json).toList())
        .toString();
  }

  /** This report as a page to read. */
  @Override
  public String toString() {
    Page page = new Page();
    page.context(this);
    return page.toString();
  }
}
