package io.niomq.benchmarks;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/**
 * What {@code niomq perf} measures, on JeroMQ: the same tools, arguments and result lines. All
 * options are JeroMQ's defaults; every message received is checked for its size. Nothing here waits
 * with a limit, so whoever starts it must set one.
 */
public final class JeromqPerf {
  private static final String USAGE =
      """
      usage: JeromqPerf local_thr|remote_thr <endpoint> <message-size> <message-count> [--rounds N]
             JeromqPerf local_lat|remote_lat <endpoint> <message-size> <roundtrip-count> [--rounds N]
             JeromqPerf inproc_thr <message-size> <message-count> [--rounds N]
             JeromqPerf inproc_lat <message-size> <roundtrip-count> [--rounds N]
      """;

  private final int size;
  private final int count;
  private final int rounds;

  private JeromqPerf(int size, int count, int rounds) {
    this.size = size;
    this.count = count;
    this.rounds = rounds;
  }

  /** Measures once. Exit codes: 0 as asked, 1 it went wrong, 2 the arguments are wrong. */
  public static void main(String[] args) {
    // On any thread: at once and without closing, which might wait for ever.
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, e) -> {
          System.err.println("JeromqPerf: " + e);
          Runtime.getRuntime().halt(1);
        });
    int length = args.length;
    int rounds = 1;
    if (length >= 5 && args[length - 2].equals("--rounds")) {
      rounds = number(args[length - 1], 1);
      length -= 2;
    }
    if (length != 3 && length != 4 || (length == 3) != args[0].startsWith("inproc_")) {
      refuse(USAGE); // only the tools of one process take no endpoint
    }
    JeromqPerf perf =
        new JeromqPerf(number(args[length - 2], 0), number(args[length - 1], 1), rounds);
    perf.run(args[0], args[1]);
  }

  private void run(String tool, String endpoint) {
    switch (tool) {
      case "local_thr" -> across(endpoint, SocketType.PULL, true, this::receive);
      case "remote_thr" -> across(endpoint, SocketType.PUSH, false, this::send);
      case "local_lat" -> across(endpoint, SocketType.REP, true, this::answer);
      case "remote_lat" -> across(endpoint, SocketType.REQ, false, this::ask);
      case "inproc_thr" -> within(SocketType.PULL, this::receive, SocketType.PUSH, this::send);
      case "inproc_lat" -> within(SocketType.REQ, this::ask, SocketType.REP, this::answer);
      default -> refuse(USAGE);
    }
  }

  /** One side of a measurement between two processes. */
  private void across(String endpoint, SocketType type, boolean binds, Consumer<ZMQ.Socket> work) {
    ZMQ.Context context = ZMQ.context(1);
    ZMQ.Socket socket = context.socket(type);
    if (binds) {
      socket.bind(endpoint);
      String bound = socket.getLastEndpoint();
      if (!bound.equals(endpoint)) {
        System.err.println("bound to " + bound); // the peer needs the port that was chosen
      }
    } else {
      socket.connect(endpoint);
    }
    work.accept(socket);
    socket.close();
    context.term(); // waits until all is sent
  }

  /** Both sides in this process, the second one in a thread of its own. */
  private void within(
      SocketType type,
      Consumer<ZMQ.Socket> work,
      SocketType companionType,
      Consumer<ZMQ.Socket> companionWork) {
    String endpoint = "inproc://perf";
    ZMQ.Context context = ZMQ.context(1);
    ZMQ.Socket socket = context.socket(type);
    ZMQ.Socket companion = context.socket(companionType);
    socket.bind(endpoint);
    companion.connect(endpoint);
    Thread thread =
        new Thread(
            () -> {
              companionWork.accept(companion);
              companion.close();
            },
            "companion");
    thread.start();
    work.accept(socket);
    socket.close();
    context.term(); // waits until the companion has closed its socket
  }

  /** Receives all rounds; the clock starts at the very first message. */
  private void receive(ZMQ.Socket pull) {
    ByteBuffer buffer = ByteBuffer.allocate(size);
    double[] results = new double[rounds];
    receive(pull, buffer, 1);
    long start = System.nanoTime();
    for (int i = 0; i < rounds; i++) {
      receive(pull, buffer, i == 0 ? count - 1 : count);
      long end = System.nanoTime();
      results[i] = count / (Math.max(end - start, 1000) / 1e9);
      if (rounds > 1) {
        print("round %d: %d [msg/s] %.3f [Mb/s]", i + 1, (long) results[i], megabits(results[i]));
      }
      start = end;
    }
    double perSecond = settled(results);
    print("message size: %d [B]", size);
    print("message count: %d", count);
    print("mean throughput: %d [msg/s]", (long) perSecond);
    print("mean throughput: %.3f [Mb/s]", megabits(perSecond));
  }

  private void receive(ZMQ.Socket pull, ByteBuffer buffer, int messages) {
    for (int i = 0; i < messages; i++) {
      buffer.clear();
      checkSize(pull.recvByteBuffer(buffer, 0));
    }
  }

  private void send(ZMQ.Socket push) {
    byte[] body = new byte[size];
    for (int i = 0; i < rounds; i++) {
      for (int j = 0; j < count; j++) {
        push.send(body);
      }
    }
  }

  /** Makes all round trips and reports the time of one way. */
  private void ask(ZMQ.Socket req) {
    byte[] body = new byte[size];
    double[] results = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      long start = System.nanoTime();
      ask(req, body);
      results[i] = (System.nanoTime() - start) / 1e3 / (2.0 * count);
      if (rounds > 1) {
        print("round %d: %.3f [us]", i + 1, results[i]);
      }
    }
    print("message size: %d [B]", size);
    print("roundtrip count: %d", count);
    print("average latency: %.3f [us]", settled(results));
  }

  private void ask(ZMQ.Socket req, byte[] body) {
    for (int i = 0; i < count; i++) {
      req.send(body);
      checkSize(req.recv().length);
    }
  }

  private void answer(ZMQ.Socket rep) {
    for (int i = 0; i < rounds; i++) {
      for (int j = 0; j < count; j++) {
        byte[] body = rep.recv();
        checkSize(body.length);
        rep.send(body);
      }
    }
  }

  private void checkSize(int received) {
    if (received != size) {
      throw new IllegalStateException(
          "message of incorrect size received: " + received + " B instead of " + size + " B");
    }
  }

  /** The median of the second half of the rounds, as {@code niomq perf} reports it. */
  private static double settled(double[] results) {
    double[] later = Arrays.copyOfRange(results, results.length / 2, results.length);
    Arrays.sort(later);
    int middle = later.length / 2;
    return later.length % 2 == 1 ? later[middle] : (later[middle - 1] + later[middle]) / 2;
  }

  private double megabits(double messagesPerSecond) {
    return messagesPerSecond * size * 8 / 1e6;
  }

  private static int number(String text, int min) {
    try {
      int number = Integer.parseInt(text);
      if (number >= min) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    refuse("'" + text + "' is not a number from " + min + " to " + Integer.MAX_VALUE);
    return min;
  }

  private static void refuse(String reason) {
    System.err.println(reason.strip());
    System.exit(2);
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
