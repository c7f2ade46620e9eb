package io.niomq.explain;

/**
 * Peers that were refused, or refused us, in the handshake or by the pattern.
 *
 * @param endpoint the endpoint concerned
 * @param address the address of the last of them; may be empty
 * @param reason why, in words
 * @param times how often
 */
public record RefusedPeer(String endpoint, String address, String reason, long times) {

  Json json() {
    return new Json()
        .add("endpoint", endpoint)
        .add("address", address)
        .add("reason", reason)
        .add("times", times);
  }
}
