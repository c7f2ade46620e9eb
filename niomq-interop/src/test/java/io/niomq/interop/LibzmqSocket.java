package io.niomq.interop;

import io.niomq.Message;
import io.niomq.SocketType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/** A libzmq socket in the process of a {@link LibzmqPeer}. */
final class LibzmqSocket implements End {
  private static final long LONGEST_WAIT_MILLIS = 20_000;

  private final LibzmqPeer peer;
  private final String name;
  private final SocketType type;

  LibzmqSocket(LibzmqPeer peer, String name, SocketType type) {
    this.peer = peer;
    this.name = name;
    this.type = type;
  }

  @Override
  public SocketType type() {
    return type;
  }

  LibzmqSocket set(String option, int value) {
    ask("set", option, Integer.toString(value));
    return this;
  }

  LibzmqSocket set(String option, byte[] value) {
    ask("set", option, "x" + HexFormat.of().formatHex(value));
    return this;
  }

  /** Sets an option for which pyzmq has no name. */
  LibzmqSocket set(int option, String value) {
    return set(Integer.toString(option), utf8(value));
  }

  LibzmqSocket set(String option, String value) {
    return set(option, utf8(value));
  }

  @Override
  public String bind(String endpoint) {
    return ask("bind", endpoint);
  }

  @Override
  public void connect(String endpoint) {
    ask("connect", endpoint);
  }

  @Override
  public void name(String id) {
    set("ROUTING_ID", id);
  }

  @Override
  public void mandatory() {
    set("ROUTER_MANDATORY", 1);
  }

  @Override
  public void subscribe(String prefix) {
    subscribe(utf8(prefix));
  }

  void subscribe(byte[] prefix) {
    if (type == SocketType.SUB) {
      set("SUBSCRIBE", prefix);
    } else {
      send(Message.of(command(1, prefix)));
    }
  }

  @Override
  public void unsubscribe(String prefix) {
    unsubscribe(utf8(prefix));
  }

  void unsubscribe(byte[] prefix) {
    if (type == SocketType.SUB) {
      set("UNSUBSCRIBE", prefix);
    } else {
      send(Message.of(command(0, prefix)));
    }
  }

  private static byte[] command(int first, byte[] prefix) {
    byte[] command = new byte[1 + prefix.length];
    command[0] = (byte) first;
    System.arraycopy(prefix, 0, command, 1, prefix.length);
    return command;
  }

  @Override
  public void send(Message message) {
    ask("send", LibzmqPeer.encode(message));
  }

  @Override
  public boolean trySend(Message message) {
    return ask("try-send", LibzmqPeer.encode(message)) != null;
  }

  @Override
  public Message recv(Duration timeout) {
    String frames = ask("recv", Long.toString(timeout.toMillis()));
    return frames == null ? null : LibzmqPeer.decode(frames);
  }

  @Override
  public Message recv() {
    Message message = recv(Duration.ofMillis(LONGEST_WAIT_MILLIS));
    if (message == null) {
      throw new AssertionError("no message came to libzmq's " + type);
    }
    return message;
  }

  @Override
  public void poke() {
    ask("poke");
  }

  /** Receives a message and gives its properties, such as {@code "X-a=b X-c=(none)"}. */
  String recvProperties(String... names) {
    String found = ask("recv-properties", LONGEST_WAIT_MILLIS + " " + String.join(" ", names));
    if (found == null) {
      throw new AssertionError("no message came to libzmq's " + type);
    }
    return found;
  }

  /** Sends one generated frame of {@code size} octets. */
  void sendBlob(int size) {
    ask("send-blob", Integer.toString(size));
  }

  /**
   * Begins to receive one message; {@link LibzmqPeer#finish} gives its last frame's size and
   * SHA-256.
   */
  void beginRecvDigest() {
    begin("recv-digest", Long.toString(LONGEST_WAIT_MILLIS));
  }

  /** Begins to send {@code count} generated messages; end it with {@link LibzmqPeer#finish}. */
  void beginSendNumbered(int first, int count, int size) {
    begin("send-numbered", first + " " + count + " " + size);
  }

  /** Begins to send {@code count} generated messages to the peer with that routing id. */
  void beginSendNumberedTo(String id, int first, int count, int size) {
    String to = LibzmqPeer.encode(Message.of(id));
    begin("send-numbered", first + " " + count + " " + size + " " + to);
  }

  /**
   * Begins to receive and check {@code count} generated messages, not looking at leading frames.
   */
  void beginRecvNumbered(int first, int count, int size, int framesToSkip) {
    begin("recv-numbered", first + " " + count + " " + size + " " + framesToSkip);
  }

  /** Begins to send back the next {@code count} messages as they come. */
  void beginEcho(int count) {
    begin("echo", Integer.toString(count));
  }

  /**
   * Begins to move messages between this socket and another one, until {@code control} is told to
   * terminate; end it with {@link LibzmqPeer#finish}.
   */
  void beginProxy(LibzmqSocket backend, LibzmqSocket control) {
    begin("proxy", backend.name + " " + control.name);
  }

  /** Watches events from now on; see {@link #event}. */
  void monitor() {
    ask("monitor");
  }

  /**
   * Whether an event of that name (as pyzmq has it, without {@code EVENT_}) comes within the time.
   */
  boolean event(String event, Duration timeout) {
    return ask("event", event, Long.toString(timeout.toMillis())) != null;
  }

  /** The value of the next event of that name. */
  int eventValue(String event) {
    String value = ask("event", event, Long.toString(LONGEST_WAIT_MILLIS));
    if (value == null) {
      throw new AssertionError("libzmq's " + type + " did not report " + event);
    }
    return Integer.parseInt(value);
  }

  void beginEvent(String event, Duration timeout) {
    begin("event", event + " " + timeout.toMillis());
  }

  /**
   * All events up to one of that name, each as name, value and address with a blank between; after
   * {@link #monitor}.
   */
  List<String> told(String event) {
    return List.of(ask("told", event, Long.toString(LONGEST_WAIT_MILLIS)).split(";"));
  }

  /** The error number of a call (see {@code CALLS} in the script); 0 when it succeeds. */
  int errno(String call, String... arguments) {
    StringBuilder line = new StringBuilder(call);
    for (String argument : arguments) {
      String hex = HexFormat.of().formatHex(utf8(argument));
      line.append(' ').append(hex.isEmpty() ? "-" : hex);
    }
    return Integer.parseInt(ask("errno", line.toString()));
  }

  void unbind(String endpoint) {
    ask("unbind", endpoint);
  }

  void disconnect(String endpoint) {
    ask("disconnect", endpoint);
  }

  void close(int lingerMillis) {
    ask("close", Integer.toString(lingerMillis));
  }

  private void begin(String command, String arguments) {
    peer.begin(command + " " + name + " " + arguments);
  }

  private String ask(String command, String... arguments) {
    return peer.ask(command + " " + name + " " + String.join(" ", arguments));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "libzmq " + type + " " + name;
  }
}
