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
