package io.niomq.interop;

import java.util.List;

/**
 * A set of sockets, numbered from 0, that take calls as text and give their results as text: the
 * same for NioMQ and for libzmq, so that they can be compared.
 *
 * <p>Calls: {@code set NUMBER VALUE}, {@code bind ENDPOINT}, {@code connect ENDPOINT}, {@code
 * unbind ENDPOINT}, {@code disconnect ENDPOINT}, {@code send FRAMES}, {@code recv}, {@code drain}
 * (receives all there is, sorted), {@code last-endpoint}, {@code close}. None waits. A result is
 * {@code done}, frames, a text, or {@code E} and an error number.
 *
 * <p>Routing ids that a side has made up are called {@code @0}, {@code @1} and so on, in the order
 * of their first appearance, for they are different ones on each side.
 */
interface Calls {
  /** One call to one socket. */
  record Call(int socket, String name, String arguments) {
    @Override
    public String toString() {
      return socket + " " + name + " " + arguments;
    }
  }

  String call(Call call);

  /** The events (libzmq's flags) of each socket, when all has come to rest; "-" of a closed one. */
  List<String> readiness();
}
