package io.niomq.benchmarks;

import java.util.List;

/** What is compared, by the names that stand in the CSV file. */
final class Libraries {
  static final String NIOMQ = "NioMQ";
  static final String LIBZMQ = "libzmq";
  static final String JEROMQ = "JeroMQ";
  static final String PLAIN_NIO = "plainnio";

  /** In the order in which they run. */
  static final List<String> ALL = List.of(NIOMQ, LIBZMQ, JEROMQ, PLAIN_NIO);

  /** Those that have all socket types. */
  static final List<String> ZEROMQ = List.of(NIOMQ, LIBZMQ, JEROMQ);

  private Libraries() {}

  static String title(String library) {
    return library.equals(PLAIN_NIO) ? "plain NIO" : library;
  }
}
