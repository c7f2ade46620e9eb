package io.niomq.internal.zmtp;

import io.niomq.Errno;
import io.niomq.ProtocolError;
import io.niomq.explain.Refusal;
import io.niomq.internal.security.ProtocolException;
import java.io.IOException;

/**
 * Why a connection ended.
 *
 * @param kind whose fault it was, which decides what follows
 * @param errno the error code
 * @param reason in words
 * @param code what a monitor is told when this ends a handshake: see {@code SocketEvent.Type}
 * @param refusal what reports are told when this ends a handshake
 * @param byOurHandler whether it was our own ZAP handler that refused the peer
 */
public record CloseCause(
    Kind kind, Errno errno, String reason, int code, Refusal refusal, boolean byOurHandler) {
  /** Words of a peer may be part of the reason: it does not choose how long, nor break lines. */
  private static final int REASON_MAX = 400;

  public CloseCause {
    reason = printable(reason);
  }

  public CloseCause(Kind kind, Errno errno, String reason) {
    this(kind, errno, reason, errno.number());
  }

  public CloseCause(Kind kind, Errno errno, String reason, int code) {
    this(kind, errno, reason, code, refusal(kind, code), false);
  }

  /** Whose fault it was. */
  public enum Kind {
    /** The network, or the peer closed: a connecting endpoint tries again. */
    LOST,
    /** The handshake took too long: a connecting endpoint tries again. */
    TIMEOUT,
    /** The peer broke the protocol: a connecting endpoint gives up, as in libzmq. */
    PROTOCOL,
    /** Credentials were refused: a connecting endpoint gives up. */
    AUTHENTICATION,
    /** We closed it: the endpoint or socket was closed, and everything was sent. */
    LOCAL,
    /** We closed it while messages were unsent, because the linger was over. */
    LINGER
  }

  private static Refusal refusal(Kind kind, int code) {
    return switch (kind) {
      case AUTHENTICATION -> Refusal.AUTHENTICATION;
      case PROTOCOL ->
          code == ProtocolError.ZMTP_MECHANISM_MISMATCH.number()
              ? Refusal.OTHER_MECHANISM
              : Refusal.PROTOCOL;
      case LOST, TIMEOUT, LOCAL, LINGER -> Refusal.NO_ANSWER;
    };
  }

  private static String printable(String text) {
    String rest = text.length() <= REASON_MAX ? text : text.substring(0, REASON_MAX) + "...";
    StringBuilder result = new StringBuilder(rest);
    for (int i = 0; i < result.length(); i++) {
      if (Character.isISOControl(result.charAt(i))) {
        result.setCharAt(i, '?');
      }
    }
    return result.toString();
  }

  /** We closed it, and nothing is left to send. */
  static CloseCause closed() {
    return new CloseCause(Kind.LOCAL, Errno.EPIPE, "closed");
  }

  static CloseCause closedByPeer() {
    return new CloseCause(Kind.LOST, Errno.EPIPE, "the peer closed the connection");
  }

  /** The channel failed. */
  static CloseCause lost(IOException e) {
    return new CloseCause(Kind.LOST, Errno.ECONNRESET, "the connection was lost: " + textOf(e));
  }

  /**
   * What an exception says; of what kind it is when it says nothing, or may say no more than a
   * name, as an Error does.
   */
  public static String textOf(Throwable e) {
    if (e instanceof Error) {
      return e.toString();
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** The peer broke the protocol, or was refused. */
  static CloseCause of(ProtocolException e) {
    Kind kind = e.isAuthentication() ? Kind.AUTHENTICATION : Kind.PROTOCOL;
    Kind its = e.isUndecided() ? Kind.LOST : kind;
    Refusal refusal = e.isIncompatible() ? Refusal.INCOMPATIBLE_TYPE : refusal(its, e.code());
    return new CloseCause(its, e.errno(), e.getMessage(), e.code(), refusal, e.isByOurHandler());
  }

  /** Whether a connecting endpoint tries again, as libzmq does. */
  public boolean isPassing() {
    return kind == Kind.LOST || kind == Kind.TIMEOUT || byOurHandler;
  }
}
