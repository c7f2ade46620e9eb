package io.niomq.internal.transport.ipc;

import io.niomq.SocketOptions;
import io.niomq.internal.option.OptionValues;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.List;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/**
 * {@code ZMQ_IPC_FILTER_UID} and {@code ZMQ_IPC_FILTER_GID}: who may connect. The operating system
 * tells who a peer is; of its groups only the primary one.
 */
final class PeerFilter {
  private PeerFilter() {}

  /** Whether the peer may come in: everybody when there is no filter, else whoever matches one. */
  static boolean admits(SocketChannel channel, OptionValues options) throws IOException {
    List<Integer> users = options.all(SocketOptions.IPC_FILTER_UID);
    List<Integer> groups = options.all(SocketOptions.IPC_FILTER_GID);
    if (users.isEmpty() && groups.isEmpty()) {
      return true;
    }
    UnixDomainPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
    UserPrincipalLookupService names = FileSystems.getDefault().getUserPrincipalLookupService();
    for (int user : users) {
      if (peer.user().equals(names.lookupPrincipalByName(Integer.toString(user)))) {
        return true;
      }
    }
    for (int group : groups) {
      if (peer.group().equals(names.lookupPrincipalByGroupName(Integer.toString(group)))) {
        return true;
      }
    }
    return false;
  }
}
