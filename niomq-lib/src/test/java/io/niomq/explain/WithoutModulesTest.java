package io.niomq.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketType;
import io.niomq.testing.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Flight recorder, JMX and logging may be absent: everything else works. */
class WithoutModulesTest {

  /** Sends, receives, drops and explains. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) throws InterruptedException {
      for (String module : new String[] {"jdk.jfr", "java.management", "java.logging"}) {
        if (ModuleLayer.boot().findModule(module).isPresent()) {
          throw new AssertionError(module + " is there");
        }
      }
      try (Context context = Context.create();
          Socket pull = context.socket(SocketType.PULL);
          Socket push = context.socket(SocketType.PUSH);
          Socket router = context.socket(SocketType.ROUTER)) {
        push.connect(pull.bind("tcp://127.0.0.1:*"));
        push.send("arrived");
        System.out.println(pull.recvString());
        router.send(Message.of("bob", "x"));
        System.out.println(context.explain().allFindings());
        Thread.sleep(3000); // longer than it takes to show a context to other processes
      }
      System.out.println("closed");
    }
  }

  @Test
  void messagesArriveAndReportsAreMade() throws IOException, InterruptedException {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-ea",
                "--limit-modules",
                "java.base,jdk.net",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName())
            .redirectErrorStream(true)
            .start();
    try {
      String out = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(program.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(out).contains("arrived", "\"bob\"", "closed").doesNotContain("Error");
      assertThat(program.exitValue()).isZero();
    } finally {
      program.destroyForcibly();
    }
  }
}
