package io.niomq.cli.tour;

/**
 * One stop of the tour: a small program in the manner of the ZeroMQ Guide that checks what it
 * promises.
 */
interface Stop {
  About about();

  /** Runs the program, tells {@code stage} what happens, and has it check what came of it. */
  void run(Stage stage) throws Exception;
}
