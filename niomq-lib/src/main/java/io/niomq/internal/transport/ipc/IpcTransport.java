package io.niomq.internal.transport.ipc;

import io.niomq.Errno;
import io.niomq.SocketOptions;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqEndpointException;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.transport.Endpoint;
import io.niomq.internal.transport.IoErrors;
import io.niomq.internal.transport.Listening;
import io.niomq.internal.transport.Target;
import io.niomq.internal.transport.Transport;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/**
 * {@code ipc://path}: stream sockets of the Unix domain. {@code ipc://*} binds a file of its own in
 * a fresh directory. Linux's abstract names ({@code ipc://@name}) are refused, because the JDK
 * cannot express them.
 */
public final class IpcTransport implements Transport {
  /** Linux takes 107 octets, and so does libzmq; the JDK (17 to 25) leaves one more unused. */
  private static final int PATH_OCTETS_MAX = 106;

  private static final Charset FILE_NAMES = fileNameCharset();

  @Override
  public Listening bind(Endpoint endpoint, OptionValues options) {
    int backlog = options.intValue(SocketOptions.BACKLOG);
    if (!endpoint.address().equals("*")) {
      return IpcListening.bind(endpoint, path(endpoint, endpoint.address()), backlog);
    }
    Path directory;
    try {
      directory = Files.createTempDirectory("niomq");
    } catch (IOException e) {
      throw IoErrors.bindFailure(endpoint, e);
    }
    boolean bound = false;
    try {
      Path file = path(endpoint, directory.resolve("socket").toString());
      Listening listening = IpcListening.bindInOwnDirectory(endpoint, file, backlog);
      bound = true;
      return listening;
    } finally {
      if (!bound) {
        IpcListening.remove(directory);
      }
    }
  }

  @Override
  public void checkConnect(Endpoint endpoint, OptionValues options) {
    if (endpoint.address().equals("*")) {
      throw new ZmqArgumentException(
          "endpoint " + endpoint.text() + ": \"*\" can only be bound; expected a path");
    }
    path(endpoint, endpoint.address());
  }

  @Override
  public boolean needsLookup(Endpoint endpoint, OptionValues options) {
    return false;
  }

  @Override
  public Target resolve(Endpoint endpoint, OptionValues options) {
    return new Target(UnixDomainSocketAddress.of(path(endpoint, endpoint.address())), null);
  }

  @Override
  public SocketChannel open(Target target, OptionValues options) throws IOException {
    SocketChannel channel;
    try {
      channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    } catch (UnsupportedOperationException e) {
      SocketException failure = new SocketException(Errno.EAFNOSUPPORT.text());
      failure.initCause(e);
      throw failure;
    }
    channel.configureBlocking(false);
    return channel;
  }

  @Override
  public boolean admits(SocketChannel channel, OptionValues options) throws IOException {
    return PeerFilter.admits(channel, options);
  }

  @Override
  public void configureAccepted(SocketChannel channel, OptionValues options) throws IOException {
    channel.configureBlocking(false);
  }

  /**
   * libzmq tells uid, gid and pid as numbers; the JDK knows the first two, and by name where they
   * have one.
   */
  @Override
  public String peerAddress(SocketChannel channel) {
    try {
      UnixDomainPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
      return "localhost:" + peer.user().getName() + ":" + peer.group().getName();
    } catch (IOException | UnsupportedOperationException closedOrNotToBeHad) {
      return "localhost";
    }
  }

  @Override
  public String endpointOf(SocketAddress address) {
    String path = address == null ? "" : address.toString();
    return path.isEmpty() ? "" : "ipc://" + path;
  }

  private static Path path(Endpoint endpoint, String address) {
    if (address.equals("@")) {
      throw new ZmqArgumentException(
          "endpoint " + endpoint.text() + ": the name after '@' is missing; expected a path");
    }
    if (address.startsWith("@")) {
      throw new ZmqEndpointException(
          Errno.EPROTONOSUPPORT,
          endpoint.text(),
          "abstract names (with '@') cannot be used from pure Java; use a path, or ./"
              + address
              + " for a file of that name");
    }
    Path path;
    try {
      path = Path.of(address);
    } catch (InvalidPathException e) {
      throw new ZmqArgumentException(
          "endpoint " + endpoint.text() + ": not a path on this system: " + e.getReason());
    }
    int octets = path.toString().getBytes(FILE_NAMES).length;
    if (octets > PATH_OCTETS_MAX) {
      throw new ZmqArgumentException(
          Errno.ENAMETOOLONG,
          "endpoint "
              + endpoint.text()
              + ": the path has "
              + octets
              + " octets; allowed: 1 to "
              + PATH_OCTETS_MAX);
    }
    return path;
  }

  private static Charset fileNameCharset() {
    try {
      return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    } catch (IllegalArgumentException unknown) {
      return StandardCharsets.UTF_8;
    }
  }
}
