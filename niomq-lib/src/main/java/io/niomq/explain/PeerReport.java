package io.niomq.explain;

import io.niomq.DropReason;
import io.niomq.SocketType;
import java.time.Duration;
import java.util.Map;

/**
 * One peer of a socket. On a connecting endpoint it is there from the start and stays over
 * reconnections; on a bound one from the handshake to the end of the connection.
 *
 * @param endpoint the endpoint that joins the two, as bound or connected
 * @param address the peer's address; empty before the first handshake
 * @param type the peer's type; null when it is not known
 * @param protocol what both speak: "ZMTP 3.1", "inproc"; empty before the first handshake
 * @param mechanism the security mechanism; empty when there is none
 * @param routingId the routing id, as text where it is printable, else in hexadecimal; may be empty
 * @param connected whether messages can flow at the moment
 * @param connectedFor for how long they can; null when they cannot
 * @param heardWithin octets of the peer, a heartbeat's too, came at most this long ago; null for
 *     none since the handshake. Over a network this is exact to some milliseconds (to eight reads
 *     where the application only polls and never waits); over inproc no time is noted, but what has
 *     come is compared with the report before: there the more often you ask, the more exactly you
 *     know
 * @param silentFor nothing has come for at least this long: the same as {@code heardWithin} when
 *     that is exact; null when nothing ever came
 * @param in what comes from the peer
 * @param out what goes to the peer
 * @param subscriptions how many subscriptions a publisher holds for this peer; -1 for other types
 * @param missed how many messages a publisher had sent before this peer's first subscription came;
 *     -1 when it does not apply
 * @param drops how many messages of, or for, this peer were dropped, by reason
 */
public record PeerReport(
    String endpoint,
    String address,
    SocketType type,
    String protocol,
    String mechanism,
    String routingId,
    boolean connected,
    Duration connectedFor,
    Duration heardWithin,
    Duration silentFor,
    QueueReport in,
    QueueReport out,
    int subscriptions,
    long missed,
    Map<DropReason, Long> drops) {

  /** For the library's own use. */
  public PeerReport {
    drops = Reports.copy(drops);
  }

  /** How to call this peer in a sentence. */
  public String name() {
    String what = type == null ? "peer" : type.toString();
    String id = routingId.isEmpty() ? "" : " " + routingId;
    return what + id + " at " + (address.isEmpty() ? endpoint : address);
  }

  Json json() {
    return new Json()
        .add("endpoint", endpoint)
        .add("address", address)
        .add("type", type)
        .add("protocol", protocol)
        .add("mechanism", mechanism)
        .add("routingId", routingId)
        .add("connected", connected)
        .add("connectedForMillis", connectedFor)
        .add("heardWithinMillis", heardWithin)
        .add("silentForMillis", silentFor)
        .add("in", in.json())
        .add("out", out.json())
        .add("subscriptions", subscriptions)
        .add("missed", missed)
        .add("drops", drops);
  }
}
