package io.niomq.cli.tour;

/** What a thread of a stop does. */
@FunctionalInterface
interface Action {
  void run() throws Exception;
}
