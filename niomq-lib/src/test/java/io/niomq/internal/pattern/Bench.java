package io.niomq.internal.pattern;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.SocketOption;
import io.niomq.SocketType;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pipe.ChunkPool;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A socket made of pipes only: no thread, no connection. Notes what a routing piece asks for. */
final class Bench implements PatternHost {
  final OptionValues options;
  final List<Pipe> foundEmpty = new ArrayList<>();
  final List<Pipe> finished = new ArrayList<>();
  int changes;
  Pipe route;
  Pipe source;
  final Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
  private final ChunkPool pool = new ChunkPool();

  Bench(SocketType type) {
    options = new OptionValues(type);
  }

  /** A pipe with room for {@code mark} messages each way; 0 for any number. */
  Pipe pipe(int mark) {
    return new Pipe(null, new FrameQueue(pool, mark), new FrameQueue(pool, mark));
  }

  static Outgoing message(String body) {
    byte[] octets = utf8(body);
    return new Outgoing().of(octets, 0, octets.length);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The peer sends. */
  static void arrive(Pipe pipe, String body) {
    pipe.in.append(message(body));
  }

  /** The peer reads all that was sent to it. */
  static List<String> sent(Pipe pipe) {
    List<String> bodies = new ArrayList<>();
    while (pipe.out.next()) {
      bodies.add(new String(pipe.out.toArray(), StandardCharsets.UTF_8));
      pipe.out.finish();
    }
    pipe.out.takeCreditNews();
    return bodies;
  }

  void set(SocketOption<Boolean> option) {
    options.set(option, true);
  }

  @Override
  public OptionValues options() {
    return options;
  }

  @Override
  public void act(Pipe pipe, int actions) {}

  @Override
  public boolean foundEmpty(Pipe pipe) {
    foundEmpty.add(pipe);
    return false;
  }

  @Override
  public void credited(Pipe pipe) {}

  @Override
  public void route(Pipe only) {
    route = only;
  }

  @Override
  public void source(Pipe only) {
    source = only;
  }

  @Override
  public void finished(Pipe pipe) {
    finished.add(pipe);
  }

  @Override
  public void drop(Pipe pipe, DropReason reason, long messages) {
    drops.merge(reason, messages, Long::sum);
  }

  @Override
  public void refused(Errno errno) {}

  @Override
  public void refuse(Pipe pipe, String reason) {
    throw new AssertionError("nobody is refused here: " + reason);
  }

  @Override
  public void subscriptionChanged(Pipe pipe, boolean subscribed, byte[] prefix, int holders) {}

  @Override
  public void changed() {
    changes++;
  }
}
