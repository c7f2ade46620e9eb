package io.niomq.internal.socket;

import io.niomq.DropReason;
import io.niomq.SocketOption;
import io.niomq.SocketOptions;
import io.niomq.explain.PeerReport;
import io.niomq.explain.QueueReport;
import io.niomq.explain.SocketReport;
import io.niomq.explain.Subscriptions;
import io.niomq.internal.advice.Advice;
import io.niomq.internal.pattern.PatternFacts;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Heard;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.PipeLink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Makes the report of a socket: from the counters that the queues keep anyway, read by somebody who
 * is not their owner, so that a figure may be a moment old. The socket's lock is taken for a few
 * peers at a time.
 */
final class Explain {
  /** Peers that are looked at in one go. */
  private static final int BATCH = 64;

  /** Octets of a routing id, a prefix or an option that are shown. */
  private static final int TEXT_MAX = 64;

  private final SocketCore core;
  private final long now = System.nanoTime();

  Explain(SocketCore core) {
    this.core = core;
  }

  SocketReport report() {
    PatternFacts facts = new PatternFacts();
    boolean closed;
    int receiving;
    int sending;
    Map<String, String> options;
    Pipes pipes = core.pipes();
    pipes.lock();
    try {
      closed = core.isClosedLocked();
      core.behavior().explain(facts);
      receiving = core.waiting().receiving();
      sending = core.waiting().sending();
      options = options();
    } finally {
      pipes.unlock();
    }
    List<Pipe> here = closed ? core.endpoints().lingering() : pipes.all();
    // Before the peers: what they do not account for is of peers that are gone.
    Map<DropReason, Long> drops = core.drops().counts();
    SocketReport report =
        new SocketReport(
            core.number(),
            core.type(),
            core.opener().thread(),
            core.opener().place(),
            Duration.ofNanos(now - core.openedAt()),
            closed,
            receiving,
            sending,
            facts.turn,
            options,
            core.endpoints().reports(),
            peers(here),
            peers(pipes.gone().all().stream().filter(p -> !here.contains(p)).toList()),
            core.refusals().peers(),
            facts.subscriptions < 0
                ? null
                : new Subscriptions(
                    facts.subscriptions,
                    facts.firstSubscriptions.stream().map(Explain::text).toList()),
            facts.published,
            core.endpoints().publishedBefore(),
            facts.publishedBeforeSubscriber,
            facts.unroutable == null ? "" : text(facts.unroutable),
            drops,
            core.refusals().calls(),
            List.of());
    return report.with(Advice.of(report));
  }

  // ------------------------------------------------------------------------------------------------ options

  private Map<String, String> options() {
    Map<String, String> changed = new LinkedHashMap<>();
    for (SocketOption<?> option : SocketOptions.all()) {
      if (option.writable() && option.readable() && option.socketTypes().contains(core.type())) {
        Object value = core.optionValues().get(option);
        if (!Objects.deepEquals(value, option.defaultValue(core.type()))) {
          changed.put(option.name(), option.secret() ? "(set)" : text(value));
        }
      }
    }
    return changed;
  }

  private static String text(Object value) {
    if (value instanceof byte[] b) {
      return text(b);
    }
    return value instanceof Duration d ? d.toMillis() + " ms" : String.valueOf(value);
  }

  /** As text where it is printable, else in hexadecimal; a peer does not choose how long it is. */
  static String text(byte[] octets) {
    if (octets.length > TEXT_MAX) {
      return text(Arrays.copyOf(octets, TEXT_MAX)) + "... (" + octets.length + " octets)";
    }
    for (byte b : octets) {
      if (b < ' ' || b == 0x7F) {
        return "0x" + HexFormat.of().formatHex(octets);
      }
    }
    return new String(octets, StandardCharsets.US_ASCII);
  }

  // ------------------------------------------------------------------------------------------------ peers

  private List<PeerReport> peers(List<Pipe> pipes) {
    List<PeerReport> reports = new ArrayList<>(pipes.size());
    for (int from = 0; from < pipes.size(); from += BATCH) {
      core.pipes().lock();
      try {
        for (Pipe pipe : pipes.subList(from, Math.min(pipes.size(), from + BATCH))) {
          reports.add(peer(pipe));
        }
      } finally {
        core.pipes().unlock();
      }
    }
    return reports;
  }

  private PeerReport peer(Pipe pipe) {
    Peer peer = pipe.peer;
    byte[] id = pipe.routingId != null ? pipe.routingId : peer.routingId();
    boolean connected = pipe.isConnected() && !pipe.ended && pipe.link != null;
    Heard heard = heard(pipe);
    return new PeerReport(
        pipe.endpoint,
        peer.address(),
        peer.type(),
        protocol(peer.version()),
        pipe.mechanism,
        text(id),
        connected,
        connected ? Duration.ofNanos(Math.max(0, now - pipe.connectedAt)) : null,
        heard.ever() ? Duration.ofNanos(Math.max(0, heard.withinNanos(now))) : null,
        heard.ever() ? Duration.ofNanos(Math.max(0, heard.silentNanos(now))) : null,
        in(pipe.in),
        out(pipe),
        core.behavior().subscriptionsOf(pipe),
        core.behavior().missedBy(pipe),
        drops(pipe));
  }

  private Heard heard(Pipe pipe) {
    if (pipe.heard == null) {
      pipe.heard = new Heard(pipe.connectedAt);
    }
    PipeLink link = pipe.link;
    if (pipe.isInproc) {
      pipe.heard.look(pipe.in.appendedOctets(), now);
    } else if (link != null) {
      pipe.heard.note(link.heardAt(), link.heardSince(), now);
    }
    return pipe.heard;
  }

  private static String protocol(int version) {
    return switch (version) {
      case 0 -> "";
      case Peer.INPROC -> "inproc";
      default -> "ZMTP " + version / 10 + "." + version % 10;
    };
  }

  private static QueueReport in(FrameQueue in) {
    long taken = in.taken();
    long total = Math.max(taken, in.appended());
    long octets = Math.max(in.takenOctets(), in.appendedOctets());
    return queue(in, total, taken, octets, in.takenOctets(), false);
  }

  private static QueueReport out(Pipe pipe) {
    FrameQueue out = pipe.out;
    long total = out.appended();
    long taken = Math.min(total, Math.max(out.credited(), out.taken()));
    long octets = out.appendedOctets();
    return queue(out, total, taken, octets, Math.min(octets, out.takenOctets()), pipe.isMuted());
  }

  private static QueueReport queue(
      FrameQueue queue, long total, long taken, long octets, long takenOctets, boolean full) {
    long messages = total - taken;
    return new QueueReport(
        queue.highWaterMark(),
        messages,
        messages == 0 ? 0 : octets - takenOctets,
        total,
        octets,
        full);
  }

  private static Map<DropReason, Long> drops(Pipe pipe) {
    Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
    for (DropReason reason : DropReason.values()) {
      if (pipe.drops(reason) > 0) {
        drops.put(reason, pipe.drops(reason));
      }
    }
    return drops;
  }
}
