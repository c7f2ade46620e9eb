package io.niomq.explain;

/**
 * Peers that were refused, or refused us: before the handshake, in it, or by the pattern.
 *
 * @param endpoint the endpoint concerned
 * @param address the address of the last of them; may be empty
 * @param refusal why
 * @param reason why, in words
 * @param times how often
 */
public record RefusedPeer(
    String endpoint, String address, Refusal refusal, String reason, long times) {

  Json json() {
    return new Json()
        .add("endpoint", endpoint)
        .add("address", address)
        .add("refusal", refusal)
        .add("reason", reason)
        .add("times", times);
  }
}
