package io.niomq.internal.pipe;

import io.niomq.PeerProperties;
import io.niomq.SocketType;

/**
 * What is known of the peer at the other end.
 *
 * @param type its socket type, or null when it did not say (ZMTP 1.0)
 * @param routingId its routing id; empty when it has none
 * @param version the ZMTP version both sides speak, as 10 * major + minor; {@link #INPROC} within
 *     one process
 * @param address its address, for reports
 * @param properties what the application may know of it
 */
public record Peer(
    SocketType type, byte[] routingId, int version, String address, PeerProperties properties) {
  public static final int INPROC = 99;
  public static final int ZMTP_1_0 = 10;
  public static final int ZMTP_2_0 = 20;
  public static final int ZMTP_3_0 = 30;
  public static final int ZMTP_3_1 = 31;

  private static final byte[] NO_ID = {};

  public static final Peer UNKNOWN = new Peer(null, NO_ID, 0, "", PeerProperties.NONE);

  /** Whether subscriptions go to this peer as commands; older ones take them as messages. */
  public boolean takesSubscribeCommands() {
    return version >= ZMTP_3_1;
  }
}
