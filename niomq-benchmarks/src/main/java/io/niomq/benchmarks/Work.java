package io.niomq.benchmarks;

import java.util.List;

/**
 * A workload.
 *
 * @param transport tcp, ipc or inproc
 * @param size octets of each message
 * @param sides its processes in the order of their start: who binds comes before who connects
 * @param needsArrival whether the sides share the word that tells when a burst has arrived
 * @param warming how many times as long as others it takes to be warm: few calls a second, or more
 *     processes than processors, keep the compilers of the JVMs busy for longer
 */
record Work(
    String name,
    String description,
    String transport,
    int size,
    List<String> libraries,
    List<Measure> measures,
    List<Side> sides,
    boolean needsArrival,
    int warming) {

  static Work of(
      String name,
      String description,
      String transport,
      int size,
      List<String> libraries,
      List<Measure> measures,
      Side... sides) {
    return new Work(
        name, description, transport, size, libraries, measures, List.of(sides), false, 1);
  }

  Work sharingArrival() {
    return new Work(name, description, transport, size, libraries, measures, sides, true, warming);
  }

  Work warming(int times) {
    return new Work(
        name, description, transport, size, libraries, measures, sides, needsArrival, times);
  }
}
