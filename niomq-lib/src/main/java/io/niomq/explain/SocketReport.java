package io.niomq.explain;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.SocketType;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a socket is doing: immutable, and made without holding the socket up.
 *
 * @param number tells the sockets of one context apart, in the order of their opening, from 1
 * @param type its type
 * @param openedBy the name of the thread that opened it
 * @param openedAt where in the program it was opened
 * @param age how long ago
 * @param closed whether it is closed; it may still have something to send
 * @param receiving how many threads wait in a call that receives
 * @param sending how many threads wait in a call that sends
 * @param turn whose turn it is (REQ, REP)
 * @param options the options that were set to something else than their default
 * @param endpoints what it is bound and connected to, and what has failed
 * @param peers its peers
 * @param gonePeers the last peers, up to 8, that are gone and of which, or for which, messages were
 *     dropped
 * @param refusedPeers those that were refused, the newest kinds of refusals only
 * @param subscriptions the subscriptions, of a type that has some; else null
 * @param published how many messages a publisher was given so far; -1 for other types
 * @param publishedBeforeEndpoint how many of them before its first bind or connect
 * @param publishedBeforeSubscriber how many of them before the first subscription came
 * @param unroutable the last routing id that a ROUTER or STREAM did not know; empty when there is
 *     none
 * @param drops how many messages were dropped, by reason
 * @param refusedCalls how many calls failed, by error code
 * @param findings what may be the reason why a message did not arrive
 */
public record SocketReport(
    int number,
    SocketType type,
    String openedBy,
    String openedAt,
    Duration age,
    boolean closed,
    int receiving,
    int sending,
    Turn turn,
    Map<String, String> options,
    List<EndpointReport> endpoints,
    List<PeerReport> peers,
    List<PeerReport> gonePeers,
    List<RefusedPeer> refusedPeers,
    Subscriptions subscriptions,
    long published,
    long publishedBeforeEndpoint,
    long publishedBeforeSubscriber,
    String unroutable,
    Map<DropReason, Long> drops,
    Map<Errno, Long> refusedCalls,
    List<Finding> findings) {

  /** For the library's own use. */
  public SocketReport {
    options = Reports.copy(options);
    endpoints = List.copyOf(endpoints);
    peers = List.copyOf(peers);
    gonePeers = List.copyOf(gonePeers);
    refusedPeers = List.copyOf(refusedPeers);
    drops = Reports.copy(drops);
    refusedCalls = Reports.copy(refusedCalls);
    findings = List.copyOf(findings);
  }

  /** For the library's own use: the same with findings. */
  public SocketReport with(List<Finding> found) {
    return new SocketReport(
        number,
        type,
        openedBy,
        openedAt,
        age,
        closed,
        receiving,
        sending,
        turn,
        options,
        endpoints,
        peers,
        gonePeers,
        refusedPeers,
        subscriptions,
        published,
        publishedBeforeEndpoint,
        publishedBeforeSubscriber,
        unroutable,
        drops,
        refusedCalls,
        found);
  }

  /** How many messages were dropped for that reason. */
  public long dropped(DropReason reason) {
    return drops.getOrDefault(reason, 0L);
  }

  /** This report as one JSON object; times are in milliseconds. */
  public String toJson() {
    return json().toString();
  }

  Json json() {
    return new Json()
        .add("number", number)
        .add("type", type)
        .add("openedBy", openedBy)
        .add("openedAt", openedAt)
        .add("ageMillis", age)
        .add("closed", closed)
        .add("receiving", receiving)
        .add("sending", sending)
        .add("turn", turn)
        .add("options", options)
        .add("endpoints", endpoints.stream().map(EndpointReport::json).toList())
        .add("peers", peers.stream().map(PeerReport::json).toList())
        .add("gonePeers", gonePeers.stream().map(PeerReport::json).toList())
        .add("refusedPeers", refusedPeers.stream().map(RefusedPeer::json).toList())
        .add("subscriptions", subscriptions == null ? null : subscriptions.json())
        .add("published", published)
        .add("publishedBeforeEndpoint", publishedBeforeEndpoint)
        .add("publishedBeforeSubscriber", publishedBeforeSubscriber)
        .add("unroutable", unroutable)
        .add("drops", drops)
        .add("refusedCalls", refusedCalls)
        .add("findings", findings.stream().map(Finding::json).toList());
  }

  /** This report as a page to read. */
  @Override
  public String toString() {
    Page page = new Page();
    page.socket(this);
    return page.toString();
  }
}
