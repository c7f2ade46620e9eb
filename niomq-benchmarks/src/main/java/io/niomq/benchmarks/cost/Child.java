package io.niomq.benchmarks.cost;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Another process, which takes orders on its standard input and answers in lines. */
final class Child implements AutoCloseable {
  private static final long END_SECONDS = 5;

  private final Process process;
  private final Writer orders;
  private final BufferedReader answers;

  Child(List<String> command) throws IOException {
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    orders = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII);
    answers =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
  }

  /** A process of raw peers that are connected to {@code port}. */
  static Child peers(String type, int port, int count) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("-Xshare:auto");
    command.add("-XX:+UseSerialGC"); // no threads beside the one that works
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(RawPeers.class.getName());
    command.add(type);
    command.add(Integer.toString(port));
    command.add(Integer.toString(count));
    Child child = new Child(command);
    try {
      child.await("ready");
      return child;
    } catch (IOException | InterruptedException | RuntimeException e) {
      child.close();
      throw e;
    }
  }

  void order(String line) throws IOException {
    orders.write(line + "\n");
    orders.flush();
  }

  /** The next line of the process. */
  String answer() throws IOException, InterruptedException {
    CompletableFuture<String> line =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return answers.readLine();
              } catch (IOException e) {
                return null;
              }
            });
    try {
      String answer = line.get(Limits.WAIT.toSeconds(), TimeUnit.SECONDS);
      if (answer == null) {
        throw new IOException("the other process has ended; its errors are above");
      }
      return answer;
    } catch (TimeoutException | ExecutionException e) {
      throw new IOException("the other process did not answer", e);
    }
  }

  void await(String word) throws IOException, InterruptedException {
    String answer = answer();
    if (!answer.equals(word)) {
      throw new IOException("the other process answered '" + answer + "' instead of " + word);
    }
  }

  /** Ends the other process: by the end of its orders, or by force if that does not help. */
  @Override
  public void close() {
    try {
      orders.close();
    } catch (IOException e) {
      // it has ended already
    }
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(END_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
