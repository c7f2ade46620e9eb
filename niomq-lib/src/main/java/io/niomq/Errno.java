package io.niomq;

/**
 * The error codes of ZeroMQ, with the names, numbers and texts that libzmq gives them on Linux.
 * Every exception that this library throws on purpose carries one (see {@link ZmqError}).
 */
public enum Errno {
  /** Operation not permitted. */
  EPERM(1, "Operation not permitted"),
  /** Nothing is bound or connected under that endpoint, or a directory is missing. */
  ENOENT(2, "No such file or directory"),
  /** The calling thread was interrupted. */
  EINTR(4, "Interrupted system call"),
  /** Something of the operating system failed in a way that has no code of its own. */
  EIO(5, "Input/output error"),
  /** The call would have had to wait (longer). */
  EAGAIN(11, "Resource temporarily unavailable"),
  /** Permission denied. */
  EACCES(13, "Permission denied"),
  /** A handle that is no longer valid. */
  EFAULT(14, "Bad address"),
  /** The host part of an endpoint is neither an interface nor a local address. */
  ENODEV(19, "No such device"),
  /** An argument is wrong. */
  EINVAL(22, "Invalid argument"),
  /** Too many sockets or descriptors. */
  EMFILE(24, "Too many open files"),
  /** The other side closed the connection. */
  EPIPE(32, "Broken pipe"),
  /** A path is too long. */
  ENAMETOOLONG(36, "File name too long"),
  /** A directory is not empty. */
  ENOTEMPTY(39, "Directory not empty"),
  /** The peer broke the protocol. */
  EPROTO(71, "Protocol error"),
  /** The socket was closed. */
  ENOTSOCK(88, "Socket operation on non-socket"),
  /** A message is larger than allowed. */
  EMSGSIZE(90, "Message too long"),
  /** The scheme of an endpoint is unknown. */
  EPROTONOSUPPORT(93, "Protocol not supported"),
  /** The socket type does not have this operation. */
  ENOTSUP(95, "Operation not supported"),
  /** The address family is not available. */
  EAFNOSUPPORT(97, "Address family not supported by protocol"),
  /** The endpoint is taken. */
  EADDRINUSE(98, "Address already in use"),
  /** The address is not one of this host. */
  EADDRNOTAVAIL(99, "Cannot assign requested address"),
  /** The peer reset the connection. */
  ECONNRESET(104, "Connection reset by peer"),
  /** Something took longer than its limit. */
  ETIMEDOUT(110, "Connection timed out"),
  /** Nobody listens there. */
  ECONNREFUSED(111, "Connection refused"),
  /** No peer has that routing id. */
  EHOSTUNREACH(113, "No route to host"),
  /** A connection attempt was begun. */
  EINPROGRESS(115, "Operation now in progress"),
  /** The socket is in the wrong state, for instance a REQ that awaits its reply. */
  EFSM(156384763, "Operation cannot be accomplished in current state"),
  /** The transport cannot carry this socket type. */
  ENOCOMPATPROTO(156384764, "The protocol is not compatible with the socket type"),
  /** The context was terminated. */
  ETERM(156384765, "Context was terminated"),
  /** The context has no I/O thread. */
  EMTHREAD(156384766, "No thread available");

  private final int number;
  private final String text;

  Errno(int number, String text) {
    this.number = number;
    this.text = text;
  }

  /** The number that libzmq uses for this code on Linux. */
  public int number() {
    return number;
  }

  /** What {@code zmq_strerror} says of this code. */
  public String text() {
    return text;
  }
}
