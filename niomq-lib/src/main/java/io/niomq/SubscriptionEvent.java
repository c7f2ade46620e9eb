package io.niomq;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * A peer of a publisher has gained or lost a subscription.
 *
 * @param subscribed true when it was gained, false when it was cancelled or has gone with its peer
 * @param topic the prefix
 * @param holders how many peers hold that prefix now: 1 for the first that subscribes, 0 when the
 *     last has cancelled
 * @param endpoint the endpoint over which the peer came, as bound or connected
 * @param peer the peer's address as far as it is known, else an empty string
 * @see Socket#onSubscription
 */
public record SubscriptionEvent(
    boolean subscribed, byte[] topic, int holders, String endpoint, String peer) {

  /** For the library's own use. */
  public SubscriptionEvent {
    topic = topic.clone();
    Objects.requireNonNull(endpoint);
    Objects.requireNonNull(peer);
  }

  /** A copy of the prefix. */
  @Override
  public byte[] topic() {
    return topic.clone();
  }

  /** The prefix as text in UTF-8. */
  public String topicString() {
    return new String(topic, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SubscriptionEvent e
        && subscribed == e.subscribed
        && Arrays.equals(topic, e.topic)
        && holders == e.holders
        && endpoint.equals(e.endpoint)
        && peer.equals(e.peer);
  }

  @Override
  public int hashCode() {
    return Objects.hash(subscribed, Arrays.hashCode(topic), holders, endpoint, peer);
  }

  @Override
  public String toString() {
    return (subscribed ? "subscribed to " : "cancelled ")
        + topicString()
        + " at "
        + endpoint
        + (peer.isEmpty() ? "" : " by " + peer)
        + ", now held by "
        + holders;
  }
}
