package io.niomq.benchmarks.program;

import java.io.IOException;

/** What is measured, behind one context: all options are its defaults, except that linger is 0. */
interface Library {
  /**
   * A new socket; a SUB is subscribed to everything.
   *
   * @param sizeMax no message that it receives is longer
   */
  Port open(Pattern pattern, int sizeMax) throws IOException;

  /** Moves messages both ways between two sockets for ever. */
  void proxy(Port frontend, Port backend);

  /** The library of that name. */
  static Library named(String name) {
    return switch (name) {
      case "NioMQ" -> new NioMq();
      case "JeroMQ" -> new Jero();
      case "plainnio" -> new PlainNio();
      default -> throw new IllegalArgumentException("'" + name + "' is not a library");
    };
  }
}
