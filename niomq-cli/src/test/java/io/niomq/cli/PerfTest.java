package io.niomq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The measuring programs: small counts, and the lines that libzmq's tools print. */
@Timeout(60)
class PerfTest {
  private static final String DECIMAL = "\\d+\\.\\d{3}";

  @Nested
  class Throughput {
    private static final String RESULT =
        "message size: 64 \\[B\\]\n"
            + "message count: 1000\n"
            + "mean throughput: \\d+ \\[msg/s\\]\n"
            + ("mean throughput: " + DECIMAL + " \\[Mb/s\\]\n");

    @Test
    void overInproc() {
      Run run = Run.niomq("perf", "inproc_thr", "64", "1000");
      assertRun(run, RESULT);
    }

    @Test
    void overInprocInRounds() {
      Run run = Run.niomq("perf", "inproc_thr", "64", "1000", "--rounds", "3", "--hwm", "10");
      assertRun(run, "(round [1-3]: \\d+ \\[msg/s\\] " + DECIMAL + " \\[Mb/s\\]\n){3}" + RESULT);
    }

    @Test
    void ofASingleEmptyMessage() {
      Run run = Run.niomq("perf", "inproc_thr", "0", "1");
      assertThat(run.exitCode()).isZero();
      assertThat(run.out()).contains("message size: 0 [B]", "message count: 1");
    }

    @Test
    void overTcp() throws Exception {
      String link = " tcp://127.0.0.1:" + freePort() + " 64 1000";
      CompletableFuture<Run> local = Run.start("perf local_thr" + link);
      CompletableFuture<Run> remote = Run.start("perf remote_thr" + link);
      assertRun(end(local), RESULT);
      assertRun(end(remote), "");
    }

    @Test
    void overIpcInRoundsWithRolesSwapped(@TempDir Path folder) throws Exception {
      String link = " ipc://" + folder.resolve("thr") + " 64 1000 --rounds 2";
      CompletableFuture<Run> local = Run.start("perf local_thr" + link + " --connect");
      CompletableFuture<Run> remote = Run.start("perf remote_thr" + link + " --bind");
      assertRun(
          end(local), "(round [12]: \\d+ \\[msg/s\\] " + DECIMAL + " \\[Mb/s\\]\n){2}" + RESULT);
      assertRun(end(remote), "(round [12]: sent 1000 messages in " + DECIMAL + " \\[ms\\]\n){2}");
    }

    @Test
    void isNotMeasuredWithMessagesOfAnotherSize() throws Exception {
      String endpoint = " tcp://127.0.0.1:" + freePort();
      CompletableFuture<Run> local = Run.start("perf local_thr" + endpoint + " 64 10");
      CompletableFuture<Run> remote =
          Run.start("perf remote_thr" + endpoint + " 65 10 --timeout 2");
      assertThat(end(local).exitCode()).isEqualTo(1);
      assertThat(end(local).err())
          .isEqualToIgnoringNewLines(
              "niomq perf local_thr: message of incorrect size received: 65 B instead of 64 B");
      end(remote); // which may or may not have sent everything before
    }

    @Test
    void isNotWaitedForWithoutEnd() throws Exception {
      String endpoint = "tcp://127.0.0.1:" + freePort();
      Run local = Run.niomq("perf", "local_thr", endpoint, "64", "10", "--timeout", "1");
      assertThat(local.exitCode()).isEqualTo(1);
      assertThat(local.err()).contains("is the other side there? See --timeout");

      Run few = Run.niomq("perf", "remote_thr", endpoint, "64", "10", "--timeout", "1");
      assertThat(few.exitCode()).isEqualTo(1);
      assertThat(few.err()).contains("dropped: 10");

      Run many = Run.niomq("perf", "remote_thr", endpoint, "64", "5000", "--timeout", "1");
      assertThat(many.exitCode()).isEqualTo(1);
      assertThat(many.err()).contains("is the other side there? See --timeout");
    }
  }

  @Nested
  class Latency {
    private static final String RESULT =
        "message size: 64 \\[B\\]\n"
            + "roundtrip count: 100\n"
            + ("average latency: " + DECIMAL + " \\[us\\]\n");

    @Test
    void overInproc() {
      assertRun(Run.niomq("perf", "inproc_lat", "64", "100"), RESULT);
    }

    @Test
    void overTcp() throws Exception {
      String link = " tcp://127.0.0.1:" + freePort() + " 64 100";
      CompletableFuture<Run> local = Run.start("perf local_lat" + link);
      CompletableFuture<Run> remote = Run.start("perf remote_lat" + link);
      assertRun(end(remote), RESULT);
      assertRun(end(local), "");
    }

    @Test
    void overIpcInRoundsWithRolesSwapped(@TempDir Path folder) throws Exception {
      String link = " ipc://" + folder.resolve("lat") + " 64 100 --rounds 2";
      CompletableFuture<Run> local = Run.start("perf local_lat" + link + " --connect");
      CompletableFuture<Run> remote = Run.start("perf remote_lat" + link + " --bind");
      assertRun(end(remote), "(round [12]: " + DECIMAL + " \\[us\\]\n){2}" + RESULT);
      assertRun(end(local), "(round [12]: answered 100 requests in " + DECIMAL + " \\[ms\\]\n){2}");
    }
  }

  @Test
  void aWildcardIsToldToThePeerOnTheErrorStream() {
    Run run = Run.niomq("perf", "local_thr", "tcp://127.0.0.1:*", "1", "1", "--timeout", "1");
    assertThat(run.err()).containsPattern("^bound to tcp://127\\.0\\.0\\.1:\\d+\\R");
  }

  private static void assertRun(Run run, String outPattern) {
    assertThat(run.err()).isEmpty();
    assertThat(run.out().replace("\r\n", "\n")).matches(outPattern);
    assertThat(run.exitCode()).isZero();
  }

  private static Run end(CompletableFuture<Run> run) throws Exception {
    return run.get(30, TimeUnit.SECONDS);
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
