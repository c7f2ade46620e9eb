package io.niomq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line as a whole. */
class MainTest {
  @Nested
  class Help {
    @Test
    void namesTheCommands() {
      Run run = Run.niomq("--help");
      assertThat(run.exitCode()).isZero();
      assertThat(run.out())
          .contains("tour", "perf", "explain", "--version")
          .doesNotContain("tour-peer");
    }

    @Test
    void ofPerfNamesTheToolsAndSaysWhatIsChecked() {
      Run run = Run.niomq("perf", "--help");
      assertThat(run.exitCode()).isZero();
      assertThat(run.out())
          .contains(
              "local_thr", "remote_thr", "local_lat", "remote_lat", "inproc_thr", "inproc_lat")
          .contains("Every message is checked for its size");
    }

    @Test
    void ofAToolNamesItsArguments() {
      Run run = Run.niomq("perf", "local_thr", "--help");
      assertThat(run.exitCode()).isZero();
      assertThat(run.out())
          .contains("<bind-to> <message-size> <message-count>")
          .contains("--rounds", "--hwm", "--timeout", "--bind", "--connect");
    }

    @Test
    void ofTheVersionIsWhatTheBuildWroteDown() {
      Run run = Run.niomq("--version");
      assertThat(run.exitCode()).isZero();
      assertThat(run.out()).containsPattern("niomq \\d+\\.\\d+\\.\\d+");
    }
  }

  @Nested
  class WrongArguments {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "bogus",
          "perf",
          "perf bogus_thr",
          "perf local_thr",
          "perf local_thr tcp://127.0.0.1:* 64",
          "perf local_thr tcp://127.0.0.1:* 64 0",
          "perf local_thr tcp://127.0.0.1:* -1 10",
          "perf local_thr tcp://127.0.0.1:* many 10",
          "perf local_thr nonsense 64 10",
          "perf local_thr tcp://127.0.0.1:* 64 10 --bind --connect",
          "perf remote_lat tcp://127.0.0.1:1 64 10 more",
          "perf inproc_thr 64 10 --rounds 0",
          "perf inproc_thr 64 10 --hwm -1",
          "perf inproc_thr 64 10 --timeout 0",
          "perf inproc_lat 64 10 --connect",
          "tour nowhere",
          "explain",
          "explain me",
          "explain 0",
          "explain -1",
          "explain 1 2"
        })
    void giveAReasonTheUsageAndExitCode2(String arguments) {
      Run run = Run.niomq(arguments.split(" "));
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err()).contains("Usage: niomq");
      assertThat(run.err().lines().findFirst().orElse("")).isNotBlank();
      assertThat(run.out()).isEmpty();
    }

    @Test
    void noneAtAllIsWrongToo() {
      Run run = Run.niomq();
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err()).contains("Usage: niomq");
    }

    @Test
    void areToldWithTheRangeAllowed() {
      assertThat(Run.niomq("perf", "inproc_thr", "64", "0").err())
          .contains("<message-count>", "'0' is not a number from 1 to 2147483647");
    }
  }
}
