package io.niomq.benchmarks.program;

/** The socket types that the workloads use. */
enum Pattern {
  PUSH,
  PULL,
  REQ,
  REP,
  PUB,
  SUB,
  DEALER,
  ROUTER
}
