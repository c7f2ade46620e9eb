package io.niomq.benchmarks;

import java.util.List;

/**
 * One process of a workload.
 *
 * @param role what the program is to do
 * @param endpoints how many it binds and prints
 * @param arguments what its role needs beyond what every role gets
 * @param processor the only processor that it may run on; {@link #ANY} for all
 */
record Side(String role, int endpoints, boolean measures, List<String> arguments, int processor) {
  static final int ANY = -1;

  /** A side that works for others at endpoints of its own. */
  static Side binds(String role, int endpoints, String... arguments) {
    return new Side(role, endpoints, false, List.of(arguments), ANY);
  }

  static Side connects(String role, String... arguments) {
    return binds(role, 0, arguments);
  }

  Side measuring() {
    return new Side(role, endpoints, true, arguments, processor);
  }

  Side on(int newProcessor) {
    return new Side(role, endpoints, measures, arguments, newProcessor);
  }
}
