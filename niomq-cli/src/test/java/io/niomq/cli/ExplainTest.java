package io.niomq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code niomq explain PID}: a second process reads what the first one knows. */
@Timeout(value = 100, unit = TimeUnit.SECONDS)
class ExplainTest {
  private Process program;

  /** A program with a SUB that has no subscription; it ends when its input does. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) throws IOException {
      boolean shown = args.length == 0;
      try (Context context = Context.builder().management(shown).build();
          Socket sub = context.socket(SocketType.SUB)) {
        System.out.println(sub.bind("tcp://127.0.0.1:*"));
        while (System.in.read() >= 0) {
          // until the test ends
        }
      }
    }
  }

  /** Starts the program; returns the endpoint that it has bound. */
  private String start(String... arguments) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Program.class.getName());
    builder.command().addAll(java.util.List.of(arguments));
    program = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8));
    return out.readLine();
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    if (program != null) {
      program.getOutputStream().close();
      if (!program.waitFor(30, TimeUnit.SECONDS)) {
        program.destroyForcibly();
        throw new AssertionError("the program did not end");
      }
    }
  }

  /** A context is shown some seconds after it was made: asks until it is. */
  private static Run explain(String... arguments) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      Run run = Run.niomq(arguments);
      if (run.exitCode() == 0 || System.nanoTime() - deadline > 0) {
        return run;
      }
      assertThat(run.err()).contains("shows no NioMQ context", "two seconds ago");
      assertThat(run.exitCode()).isEqualTo(1);
    }
  }

  @Test
  void printsAPageForEachContext() throws IOException {
    String endpoint = start();
    Run run = explain("explain", "" + program.pid());
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("Context opened by thread main at ", "ExplainTest.java:")
        .contains("SUB #1, opened ")
        .contains("! SUB has no subscription")
        .contains("bound to " + endpoint);
  }

  @Test
  void printsJson() throws IOException {
    start();
    Run run = explain("explain", "--json", "" + program.pid());
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("[{\"at\":\"").endsWith("}]" + System.lineSeparator());
    assertThat(run.out()).contains("\"cause\":\"NO_SUBSCRIPTION\"");
  }

  @Test
  void saysThatThereIsNoSuchProcess() throws IOException, InterruptedException {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Run run = Run.niomq("explain", "" + ended.pid());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("niomq explain: there is no process " + ended.pid());
  }

  @Test
  void saysThatAProgramShowsNoContext() throws IOException {
    start("hidden");
    Run run = Run.niomq("explain", "" + program.pid());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("shows no NioMQ context", "management(false)");
  }

  @Test
  void saysThatAProcessIsNoJavaProgram() throws IOException {
    program = new ProcessBuilder("cat").start();
    Run run = Run.niomq("explain", "" + program.pid());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("process " + program.pid()).contains("Java program");
  }
}
