package io.niomq.internal.transport.ipc;

import io.niomq.Errno;
import io.niomq.ZmqEndpointException;
import io.niomq.internal.transport.Endpoint;
import io.niomq.internal.transport.IoErrors;
import io.niomq.internal.transport.Listening;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A bound socket file. As with libzmq, binding removes a socket that is there already, because a
 * process that was killed leaves one behind and nothing tells a dead one from a live one; so
 * another process may take our path over. To this process the path is refused while it is bound.
 * Closing removes the file if it is still the one we made.
 */
final class IpcListening implements Listening {
  private static final Logger LOG = System.getLogger(IpcListening.class.getName());
  private static final int FILE_TYPE_MASK = 0170000;
  private static final int FILE_TYPE_SOCKET = 0140000;

  /** The paths that this process has bound, with all links on the way resolved. */
  private static final Set<Path> BOUND = ConcurrentHashMap.newKeySet();

  private final ServerSocketChannel channel;
  private final String endpoint;
  private final Path realPath; // our entry in BOUND
  private final Object identity; // of the file we made; null when it was gone at once
  private final Path ownDirectory; // to be removed as well; or null
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile IOException leftBehind;

  private IpcListening(
      ServerSocketChannel channel, String endpoint, Path realPath, Path ownDirectory) {
    this.channel = channel;
    this.endpoint = endpoint;
    this.realPath = realPath;
    this.ownDirectory = ownDirectory;
    this.identity = identityOf(realPath);
  }

  static Listening bind(Endpoint endpoint, Path path, int backlog) {
    return bind(endpoint, path, backlog, endpoint.text(), null);
  }

  static Listening bindInOwnDirectory(Endpoint endpoint, Path path, int backlog) {
    return bind(endpoint, path, backlog, "ipc://" + path, path.getParent());
  }

  private static Listening bind(
      Endpoint endpoint, Path path, int backlog, String resolved, Path ownDirectory) {
    Path realPath = realPath(endpoint, path);
    if (!BOUND.add(realPath)) {
      throw new ZmqEndpointException(
          Errno.EADDRINUSE, endpoint.text(), "this process has bound that path already");
    }
    ServerSocketChannel channel = null;
    boolean bound = false;
    try {
      removeStaleSocket(endpoint, path);
      channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      channel.configureBlocking(false);
      channel.bind(UnixDomainSocketAddress.of(path), backlog);
      Listening listening = new IpcListening(channel, resolved, realPath, ownDirectory);
      bound = true;
      return listening;
    } catch (IOException e) {
      throw IoErrors.bindFailure(endpoint, e);
    } catch (UnsupportedOperationException e) {
      throw new ZmqEndpointException(
          Errno.EPROTONOSUPPORT, endpoint.text(), "this system has no Unix-domain sockets", e);
    } finally {
      if (!bound) {
        closeQuietly(channel);
        BOUND.remove(realPath);
      }
    }
  }

  private static Path realPath(Endpoint endpoint, Path path) {
    Path absolute = path.toAbsolutePath();
    Path directory = absolute.getParent();
    if (directory == null) {
      throw notASocket(endpoint);
    }
    try {
      return directory.toRealPath().resolve(absolute.getFileName());
    } catch (NoSuchFileException e) {
      throw new ZmqEndpointException(
          Errno.ENOENT, endpoint.text(), "the directory " + directory + " does not exist", e);
    } catch (IOException e) {
      throw IoErrors.bindFailure(endpoint, e);
    }
  }

  private static void removeStaleSocket(Endpoint endpoint, Path path) throws IOException {
    try {
      if (!isSocket(path)) {
        throw notASocket(endpoint);
      }
      Files.deleteIfExists(path);
    } catch (NoSuchFileException nothingIsThere) {
      return;
    }
  }

  private static boolean isSocket(Path path) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      return (mode & FILE_TYPE_MASK) == FILE_TYPE_SOCKET;
    }
    return attributes(path).isOther();
  }

  private static ZmqEndpointException notASocket(Endpoint endpoint) {
    return new ZmqEndpointException(
        Errno.EADDRINUSE,
        endpoint.text(),
        "a file is there that is not a socket; it is left alone, choose another path");
  }

  /**
   * What tells the file at {@code path} from another one made there later, or null when there is
   * none.
   */
  private static Object identityOf(Path path) {
    try {
      BasicFileAttributes attributes = attributes(path);
      return attributes.fileKey() != null ? attributes.fileKey() : attributes.creationTime();
    } catch (IOException gone) {
      return null;
    }
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public ServerSocketChannel channel() {
    return channel;
  }

  @Override
  public String endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    // Before the channel: as long as that is open, no other file can be given the same inode.
    if (identity != null && identity.equals(identityOf(realPath))) {
      leftBehind = remove(realPath);
    }
    if (ownDirectory != null) {
      leftBehind = remove(ownDirectory);
    }
    closeQuietly(channel);
    BOUND.remove(realPath);
  }

  @Override
  public IOException leftBehind() {
    return leftBehind;
  }

  /** Returns why {@code file} cannot be removed, or null. */
  static IOException remove(Path file) {
    try {
      Files.deleteIfExists(file);
      return null;
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot remove " + file, e);
      return e;
    }
  }

  private static void closeQuietly(ServerSocketChannel channel) {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing a channel failed", e);
    }
  }
}
