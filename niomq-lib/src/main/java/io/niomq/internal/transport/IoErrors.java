package io.niomq.internal.transport;

import io.niomq.Errno;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqEndpointException;
import io.niomq.ZmqResourceException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/**
 * The error codes behind the JDK's exceptions, which carry the operating system's text but not its
 * number. The text is translated on some systems, so the class of the exception decides where the
 * text says nothing.
 */
public final class IoErrors {
  private IoErrors() {}

  /**
   * The code for a failed operation on a channel or a socket file; {@code EIO} when nothing better
   * is known.
   */
  public static Errno errnoOf(IOException e) {
    Errno told = toldBy(e instanceof FileSystemException f ? f.getReason() : e.getMessage());
    return told != null ? told : impliedBy(e);
  }

  /** The code for an operation that failed, whatever with. */
  public static Errno errnoOf(Throwable e) {
    return e instanceof IOException io ? errnoOf(io) : Errno.EIO;
  }

  /** What {@code bind} throws for an exception of the operating system. */
  public static RuntimeException bindFailure(Endpoint endpoint, IOException e) {
    Errno errno = errnoOf(e);
    return switch (errno) {
      case EMFILE ->
          new ZmqResourceException(
              endpoint + ": no descriptor is left to bind with (raise the limit, see ulimit -n)",
              e);
      case ENAMETOOLONG -> new ZmqArgumentException(errno, endpoint + ": " + e.getMessage());
      case EACCES -> new ZmqEndpointException(errno, endpoint.text(), "not permitted to bind", e);
      case EADDRINUSE -> new ZmqEndpointException(errno, endpoint.text(), "already bound", e);
      case EADDRNOTAVAIL ->
          new ZmqEndpointException(
              errno, endpoint.text(), "no interface of this host has that address", e);
      default -> new ZmqEndpointException(errno, endpoint.text(), "cannot bind: " + e, e);
    };
  }

  private static Errno toldBy(String text) {
    if (text == null) {
      return null;
    }
    for (Errno errno : Errno.values()) {
      if (text.contains(errno.text())) {
        return errno;
      }
    }
    if (text.contains("Connection reset")) {
      return Errno.ECONNRESET;
    }
    if (text.contains("timed out")) {
      return Errno.ETIMEDOUT;
    }
    if (text.contains("unreachable")) {
      return Errno.EHOSTUNREACH;
    }
    if (text.contains("Not a directory")) {
      return Errno.ENOENT;
    }
    if (text.contains("Read-only file system")) {
      return Errno.EACCES;
    }
    if (text.contains("path too long")) {
      return Errno.ENAMETOOLONG; // the JDK's own words for a socket path
    }
    return null;
  }

  private static Errno impliedBy(IOException e) {
    if (e instanceof BindException) {
      return Errno.EADDRINUSE;
    }
    if (e instanceof ConnectException) {
      return Errno.ECONNREFUSED;
    }
    if (e instanceof SocketTimeoutException) {
      return Errno.ETIMEDOUT;
    }
    if (e instanceof NoRouteToHostException || e instanceof UnknownHostException) {
      return Errno.EHOSTUNREACH;
    }
    if (e instanceof NoSuchFileException) {
      return Errno.ENOENT;
    }
    if (e instanceof DirectoryNotEmptyException) {
      return Errno.ENOTEMPTY;
    }
    if (e instanceof AccessDeniedException) {
      return Errno.EACCES;
    }
    return Errno.EIO;
  }
}
