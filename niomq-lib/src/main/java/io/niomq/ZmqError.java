package io.niomq;

/**
 * What all exceptions of this library have in common: the error code of ZeroMQ. Wrong arguments and
 * unsupported operations extend the exceptions that Java has for them ({@link
 * IllegalArgumentException}, {@link UnsupportedOperationException}), everything else extends {@link
 * ZmqException}; all of them implement this interface.
 */
public interface ZmqError {
  /** The error code: its name, its number in libzmq and its text. */
  Errno errno();

  /** What went wrong, with the value and the allowed range where there is one. */
  String getMessage();
}
