package io.niomq.cli.tour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What surrounds the stops of the tour: promises, threads, processes, files. */
@Timeout(60)
class StageTest {
  private final StringWriter story = new StringWriter();
  private final Narrator narrator = new Narrator(new PrintWriter(story, true));

  @Nested
  class Promises {
    @Test
    void keptAreTold() {
      try (Stage stage = new Stage(narrator)) {
        stage.expect("messages", 2000, 2000);
        assertThat(stage.asPromised()).isTrue();
      }
      assertThat(story.toString()).contains("ok: messages: 2,000");
    }

    @Test
    void brokenAreToldAndRemembered() {
      try (Stage stage = new Stage(narrator)) {
        stage.expect("messages", 2000, 1999);
        assertThat(stage.asPromised()).isFalse();
      }
      assertThat(story.toString()).contains("NOT AS PROMISED: messages: 1,999, promised was 2,000");
    }

    @Test
    void brokenByOneStopMakeTheTourFail() {
      StringWriter out = new StringWriter();
      Tour tour = new Tour(List.of(stop(stage -> stage.fail("no luck")), stop(stage -> {})));
      assertThat(tour.visit(new PrintWriter(out, true))).isFalse();
      assertThat(out.toString()).contains("NOT AS PROMISED: no luck", "NOT everything came out");
    }

    @Test
    void areBrokenByAStopThatThrows() {
      StringWriter out = new StringWriter();
      Tour tour = new Tour(List.of(stop(stage -> List.of().get(0))));
      assertThat(tour.visit(new PrintWriter(out, true))).isFalse();
      assertThat(out.toString()).contains("NOT AS PROMISED: test failed: java.lang.Array");
    }

    private Stop stop(Trial trial) {
      return new Stop() {
        @Override
        public About about() {
          return new About("test", "Test", "nowhere", "Nothing is promised.");
        }

        @Override
        public void run(Stage stage) {
          trial.run(stage);
        }
      };
    }
  }

  private interface Trial {
    void run(Stage stage);
  }

  @Nested
  class Closing {
    @Test
    void removesTheFolderOfIpcPaths() throws Exception {
      Path path;
      try (Stage stage = new Stage(narrator)) {
        path = Path.of(stage.ipc("leftover").substring("ipc://".length()));
        Files.createFile(path);
      }
      assertThat(path.getParent()).doesNotExist();
    }

    @Test
    void endsProcesses() throws Exception {
      PeerProcess server;
      try (Stage stage = new Stage(narrator)) {
        server = stage.process("hello-server", "server");
        assertThat(server.await("bound to ")).startsWith("tcp://127.0.0.1:");
      }
      assertThat(server.exitCode()).isNotZero();
      assertThat(ProcessHandle.current().children()).isEmpty();
    }

    @Test
    void interruptsThreadsThatStillWait() throws Exception {
      Thread thread;
      try (Stage stage = new Stage(narrator)) {
        thread = stage.start("sleeper", () -> new CountDownLatch(1).await());
      }
      thread.join(TimeUnit.SECONDS.toMillis(30));
      assertThat(thread.isAlive()).isFalse();
    }
  }

  @Test
  void aProcessThatEndsIsNotWaitedFor() {
    try (Stage stage = new Stage(narrator)) {
      PeerProcess nobody = stage.process("nobody", "nobody");
      assertThatThrownBy(() -> nobody.await("bound to "))
          .hasMessage("nobody never said \"bound to \"");
      assertThat(story.toString()).contains("there is no part nobody");
    }
  }
}
