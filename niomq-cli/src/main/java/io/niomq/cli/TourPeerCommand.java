package io.niomq.cli;

import io.niomq.cli.tour.Tour;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What the tour starts as separate processes. */
@Command(
    name = "tour-peer",
    header = "Plays one part in a stop of the tour; started by the tour itself.",
    hidden = true)
final class TourPeerCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "PART")
  private String part;

  @Parameters(index = "1..*", paramLabel = "ARGUMENT")
  private List<String> arguments = List.of();

  @Override
  public Integer call() throws Exception {
    Tour.play(part, arguments);
    return 0;
  }
}
