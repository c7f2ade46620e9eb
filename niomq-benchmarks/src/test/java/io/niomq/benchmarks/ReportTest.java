package io.niomq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private static final Results RESULTS =
      new Results(
          List.of(
              new Row(1, "thr-tcp-16", "NioMQ", "rate", 2e7),
              new Row(1, "thr-tcp-64", "NioMQ", "rate", 1e7)));

  @TempDir private Path directory;

  @BeforeAll
  static void needsNoScreen() {
    System.setProperty("java.awt.headless", "true");
  }

  private Path document(String text) throws IOException {
    return Files.writeString(directory.resolve("PERFORMANCE.md"), text);
  }

  @Test
  void leavesTheTextAroundAlone() throws IOException {
    Path document = document("before\n" + Report.BEGIN + "\nold\n" + Report.END + "\nafter\n");
    RunInfo info = new RunInfo(Map.of("command", "./niomq bench"));
    new Report(document).write(RESULTS, info, "| idle |\n");
    assertThat(document)
        .content()
        .startsWith("before\n" + Report.BEGIN)
        .endsWith(Report.END + "\nafter\n")
        .contains("`./niomq bench`", "| thr-tcp-64 |", "images/throughput.png", "| idle |")
        .doesNotContain("old", "latency.png");
    assertThat(directory.resolve("images/throughput.png")).isNotEmptyFile();
  }

  @Test
  void drawsTheCostsOfManyPeers() throws IOException {
    Path document = document(Report.BEGIN + "\n" + Report.END + "\n");
    String costs =
        """
        | NioMQ, 1 peer | 1 750 | 1 650 - 1 950 | 661 355 |  |  |  |
        | NioMQ, 10 000 peers | 7 100 | 6 000 - 7 750 | 155 137 | 2.25 | <= 2.0 x | **short** |
        | libzmq, 1 peer | 1 400 | 1 115 - 1 651 | 598 202 |  |  |  |
        | 1 000 subscribers | 233 | 5 545 811 |  |  |
        """;
    assertThat(PeerCost.in(costs))
        .containsExactly(
            new PeerCost("NioMQ", 1, 1750),
            new PeerCost("NioMQ", 10_000, 7100),
            new PeerCost("libzmq", 1, 1400));
    new Report(document).write(RESULTS, new RunInfo(Map.of()), costs);
    assertThat(document).content().contains("images/peers.png");
    assertThat(directory.resolve("images/peers.png")).isNotEmptyFile();
  }

  @Test
  void refusesATextWithoutMarkers() throws IOException {
    Path document = document("something else\n");
    assertThatThrownBy(() -> new Report(document).write(RESULTS, new RunInfo(Map.of()), ""))
        .isInstanceOf(IOException.class);
  }

  @Test
  void showsTheCommandWithoutDirectories() {
    String[] given = {"--out", "/some/where", "--pairs", "2", "--java=/some/jdk", "broker"};
    assertThat(RunInfo.command(given)).isEqualTo("./niomq bench --pairs 2 broker");
  }
}
