package io.niomq.benchmarks.program;

/** How long to warm up, and how many windows of what length to measure then. */
record Schedule(long warmNanos, int windows, long windowNanos) {
  static Schedule of(Arguments arguments) {
    return new Schedule(
        arguments.nanos("warm"), arguments.number("windows"), arguments.nanos("window"));
  }
}
