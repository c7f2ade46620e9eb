package io.niomq.interop;

import io.niomq.Message;
import io.niomq.SocketType;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process that runs {@code libzmq_peer.py}: libzmq sockets under the test's command. One command
 * is under way at a time; {@link #begin} and {@link #finish} let the test act meanwhile. Every wait
 * is bounded. For one thread.
 */
final class LibzmqPeer implements AutoCloseable {
  private static final String PYTHON = "/usr/bin/python3";
  private static final long START_SECONDS = 30;
  private static final long ANSWER_SECONDS = 45;
  private static final long END_SECONDS = 10;

  /** What the reader thread puts in the queue after the last line. */
  private static final String END_OF_OUTPUT = "(end of output)";

  private final Process process;
  private final BufferedWriter commands;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final Thread reader;
  private int sockets;
  private boolean answerDue;

  private LibzmqPeer(Process process) {
    this.process = process;
    commands =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII));
    reader = new Thread(this::readAnswers, "libzmq-peer-" + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts a peer and waits until it is ready.
   *
   * @throws IOException when there is no Python, or it has no zmq module; the message tells
   */
  static LibzmqPeer start() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(PYTHON, "-u", script().toString());
    builder.redirectErrorStream(true); // so that a missing module is told by the first line
    LibzmqPeer peer = new LibzmqPeer(builder.start());
    String last = "no output";
    String line = peer.nextLine(START_SECONDS);
    while (line != null && !line.startsWith("ready") && !line.equals(END_OF_OUTPUT)) {
      last = line.strip();
      line = peer.nextLine(START_SECONDS);
    }
    if (line == null || line.equals(END_OF_OUTPUT)) {
      peer.close();
      throw new IOException(PYTHON + " with the zmq module did not start: " + last);
    }
    return peer;
  }

  private static Path script() throws IOException {
    URL resource = LibzmqPeer.class.getResource("/libzmq_peer.py");
    if (resource.getProtocol().equals("file")) {
      try {
        return Path.of(resource.toURI());
      } catch (URISyntaxException e) {
        throw new AssertionError(e);
      }
    }
    Path copy = Files.createTempFile("libzmq_peer", ".py"); // from the archive of another module
    copy.toFile().deleteOnExit();
    try (InputStream in = resource.openStream()) {
      Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
    }
    return copy;
  }

  private void readAnswers() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        answers.add(line);
      }
    } catch (IOException e) {
      // the process was killed: the end, too
    }
    answers.add(END_OF_OUTPUT);
  }

  private String nextLine(long seconds) {
    try {
      return answers.poll(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for the libzmq peer", e);
    }
  }

  /** A new libzmq socket, with linger 0 and bounded waits. */
  LibzmqSocket socket(SocketType type) {
    String name = "s" + sockets++;
    ask("socket " + name + " " + type);
    return new LibzmqSocket(this, name, type);
  }

  /** Closes all sockets of the process. */
  void reset() {
    ask("reset");
  }

  /** Gives a command without waiting for its answer. */
  void begin(String command) {
    try {
      commands.write(command);
      commands.write('\n');
      commands.flush();
      answerDue = true;
    } catch (IOException e) {
      throw new AssertionError("the libzmq peer is gone; the command was: " + command, e);
    }
  }

  /** Waits for the answer to the last command: what follows "ok", or null for "none". */
  String finish() {
    String line = nextLine(ANSWER_SECONDS);
    answerDue = line == null;
    if (line != null && line.startsWith("ok")) {
      return line.substring(2).strip();
    }
    if (line != null && line.startsWith("none")) {
      return null;
    }
    throw new AssertionError(
        "the libzmq peer answered: "
            + (line == null ? "nothing in " + ANSWER_SECONDS + " s" : line));
  }

  String ask(String command) {
    begin(command);
    return finish();
  }

  /** Whether this peer can take a command: no command is under way, and the process lives. */
  boolean isFree() {
    return !answerDue && process.isAlive();
  }

  /** Ends the process the hard way, as a crash would, and waits until it is gone. */
  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Sends the process a signal, such as STOP. */
  void signal(String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    if (kill.waitFor() != 0) {
      throw new IOException("kill -" + name + " failed");
    }
  }

  private boolean awaitEnd() {
    try {
      return process.waitFor(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Ends the process: by the end of its input, or the hard way. */
  @Override
  public void close() {
    try {
      commands.close();
    } catch (IOException e) {
      // it is gone already
    }
    if (!awaitEnd()) {
      process.destroyForcibly();
    }
    try {
      reader.join(TimeUnit.SECONDS.toMillis(END_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A message as the script reads it. */
  static String encode(Message message) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < message.frameCount(); i++) {
      text.append(i == 0 ? "" : ",");
      byte[] frame = message.bytes(i);
      text.append(frame.length == 0 ? "-" : HexFormat.of().formatHex(frame));
    }
    return text.toString();
  }

  /** A message as the script writes it. */
  static Message decode(String text) {
    Message message = new Message();
    for (String frame : text.split(",")) {
      message.add(frame.equals("-") ? new byte[0] : HexFormat.of().parseHex(frame));
    }
    return message;
  }
}
