package io.niomq.internal.transport;

import io.niomq.internal.transport.ipc.IpcTransport;
import io.niomq.internal.transport.tcp.TcpTransport;

/** The transports that have channels, by scheme. (inproc has none.) */
public final class Transports {
  private static final Transport TCP = new TcpTransport();
  private static final Transport IPC = new IpcTransport();

  private Transports() {}

  /**
   * @throws IllegalArgumentException for a scheme without channels
   */
  public static Transport of(String scheme) {
    return switch (scheme) {
      case "tcp" -> TCP;
      case "ipc" -> IPC;
      default -> throw new IllegalArgumentException("no transport with channels: " + scheme);
    };
  }
}
