package io.niomq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Socket;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Programs that go on in turn, with times too short for figures that mean anything. */
class TurnsTest {
  private static final Timing SHORT = new Timing(0.2, 1, 0);

  private static final Launcher LAUNCHER =
      new Launcher(
          Path.of(System.getProperty("java.home")),
          System.getProperty("java.class.path"),
          Path.of("none"));

  private static final Contestant NIOMQ = new Contestant("NioMQ", Libraries.NIOMQ, LAUNCHER);
  private static final Contestant PLAIN =
      new Contestant(Libraries.PLAIN_NIO, Libraries.PLAIN_NIO, LAUNCHER);

  /** Where the classes of this build are. */
  private static final Path LIBRARY =
      Path.of(
          URI.create(Socket.class.getProtectionDomain().getCodeSource().getLocation().toString()));

  private static Work work(String name) {
    return Works.matching(List.of(name)).get(0);
  }

  @Test
  void stopsWhoseTurnItIsNot() throws Exception {
    Work work = work("thr-tcp-64");
    Timing endless = new Timing(100, 1, 0);
    try (Player first = new Player(NIOMQ, work, endless);
        Player second = new Player(PLAIN, work, endless)) {
      first.begin(0.2);
      second.begin(0.2);
      long before = first.count();
      assertThat(second.turn(200)).containsKeys("nanos-pull", "nanos-push");
      assertThat(first.count()).isEqualTo(before);
      assertThat(first.turn(200).get("rate")).isPositive();
      assertThat(first.count()).isGreaterThan(before);
    }
  }

  @Test
  void showsEachCopyOfEachBesideTheFirst(@TempDir Path directory) throws Exception {
    CsvFile csv = new CsvFile(directory.resolve("by-turns.csv"));
    csv.begin();
    StringWriter text = new StringWriter();
    Contestant again = new Contestant("again", Libraries.NIOMQ, LAUNCHER);
    boolean complete =
        new Turns(List.of(NIOMQ, again), 2, 1, SHORT, csv, new PrintWriter(text))
            .run(List.of(work("thr-inproc-64"), work("pub-10")), 60);
    assertThat(complete).as(text.toString()).isTrue();
    assertThat(text.toString()).contains("thr-inproc-64", "pub-10", "/ NioMQ", "sub [ns]", "again");
    Results results = new Results(csv.read());
    for (String name : List.of("NioMQ", "again")) {
      assertThat(results.summary("pub-10", name, "rate"))
          .satisfies(rates -> assertThat(rates.count()).isEqualTo(2))
          .satisfies(rates -> assertThat(rates.min()).isPositive());
    }
  }

  @Test
  void fallsShortOfWhatAProgramCannotDo(@TempDir Path directory) throws Exception {
    CsvFile csv = new CsvFile(directory.resolve("by-turns.csv"));
    csv.begin();
    StringWriter text = new StringWriter();
    Launcher wrong = new Launcher(LAUNCHER.javaHome(), directory.toString(), Path.of("none"));
    boolean complete =
        new Turns(
                List.of(new Contestant("wrong", Libraries.NIOMQ, wrong)),
                1,
                1,
                SHORT,
                csv,
                new PrintWriter(text))
            .run(List.of(work("thr-tcp-64")), 60);
    assertThat(complete).isFalse();
    assertThat(text.toString()).contains("thr-tcp-64 FAILED", "exit code 1");
  }

  @Test
  void refusesWhatItCannotMeasure(@TempDir Path directory) {
    for (Map.Entry<String, String> wrong :
        Map.of(
                "--by-turns lat-tcp-64",
                "count messages",
                "--by-turns --libraries NioMQ --build =x thr-tcp-64",
                "'=x' is not NAME=JAR",
                "--by-turns --libraries NioMQ --build NioMQ=" + LIBRARY + " thr-tcp-64",
                "already",
                "--by-turns --libraries NioMQ --build old=/none.jar thr-tcp-64",
                "in /none.jar",
                "--by-turns --copies 0 thr-tcp-64",
                "from 1 on",
                "--build old=/none.jar thr-tcp-64",
                "need --by-turns")
            .entrySet()) {
      StringWriter errors = new StringWriter();
      int exitCode =
          new CommandLine(new Bench())
              .setErr(new PrintWriter(errors))
              .execute(("--out " + directory + " " + wrong.getKey()).split(" "));
      assertThat(exitCode).as(wrong.getKey()).isEqualTo(2);
      assertThat(errors.toString()).contains(wrong.getValue());
    }
  }
}
