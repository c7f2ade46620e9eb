package io.niomq.internal.zmtp;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.niomq.SocketType;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.security.ProtocolException;
import io.niomq.jcstress.Flow;
import io.niomq.jcstress.Meeting;
import io.niomq.jcstress.Script;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * What a peer sends comes in pieces cut anywhere, with PINGs in between, while the reader takes
 * what is whole already. In this package because the decoder is.
 */
public final class Decoding {
  private static final int L = FrameQueue.INLINE_MAX + 1;
  private static final byte[] PING = "\4\7\4PING\0\0".getBytes(StandardCharsets.ISO_8859_1);

  private Decoding() {}

  /** The octets of a script, as a peer with heartbeats sends them. */
  private static final class Stream {
    private final ByteBuffer octets;
    private final FrameDecoder decoder;

    Stream(Flow flow) {
      int size = 0;
      for (int i = 0; i < flow.script.count(); i++) {
        size += flow.script.wire(i).length + PING.length;
      }
      octets = ByteBuffer.allocate(size);
      for (int i = 0; i < flow.script.count(); i++) {
        octets.put(flow.script.wire(i)).put(PING);
      }
      octets.flip();
      decoder = new FrameDecoder(flow.queue, -1, SocketType.PULL);
    }

    void receive(int pieces) {
      int end = octets.limit();
      int longest = 2 * end / pieces;
      try {
        while (octets.position() < end) {
          int length = ThreadLocalRandom.current().nextInt(longest) + 1;
          octets.limit(Math.min(end, octets.position() + length));
          decoder.accept(octets);
        }
      } catch (ProtocolException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** Memory that the reader gave back is somebody else's at once. */
  private static void soilMemory() {
    ByteBuffer memory = Flow.POOL.take(1);
    for (int i = 0; i < memory.capacity(); i += Long.BYTES) {
      memory.putLong(i, -1);
    }
    Flow.POOL.give(memory);
  }

  /** Small messages; an incomplete one moves to the next chunk. */
  @JCStressTest
  @Outcome(id = "\\d, 0", expect = ACCEPTABLE, desc = "Whole and in order.")
  @Outcome(expect = FORBIDDEN, desc = "See Verdict.")
  @State
  public static class Small {
    private static final Script[] SCRIPTS =
        Script.variants(new int[][] {{300}, {300}, {5, 0, 900}, {0}, {100, 100}});
    private final Flow flow = new Flow(SCRIPTS, 0);
    private final Stream stream = new Stream(flow);
    private final Meeting meeting = new Meeting();

    @Actor
    public void decoder() {
      meeting.await();
      stream.receive(5);
    }

    @Actor
    public void reader(II_Result r) {
      meeting.await();
      for (int i = 0; i < 3; i++) {
        r.r1 = flow.take(3);
        soilMemory();
      }
    }

    @Arbiter
    public void judge(II_Result r) {
      flow.sentAll();
      r.r2 = flow.judge();
    }
  }

  /** Messages that get memory of their own, between small ones. */
  @JCStressTest
  @Outcome(id = "\\d, 0", expect = ACCEPTABLE, desc = "Whole and in order.")
  @Outcome(expect = FORBIDDEN, desc = "See Verdict.")
  @State
  public static class Large {
    private static final Script[] SCRIPTS =
        Script.variants(new int[][] {{300}, {L}, {10}, {5, L, 5}, {100}});
    private final Flow flow = new Flow(SCRIPTS, 0);
    private final Stream stream = new Stream(flow);
    private final Meeting meeting = new Meeting();

    @Actor
    public void decoder() {
      meeting.await();
      stream.receive(6);
    }

    @Actor
    public void reader(II_Result r) {
      meeting.await();
      for (int i = 0; i < 4; i++) {
        r.r1 = flow.take(3);
        soilMemory();
      }
    }

    @Arbiter
    public void judge(II_Result r) {
      flow.sentAll();
      r.r2 = flow.judge();
    }
  }

  /** A reader that wants the newest only, and must not take a PING for news. */
  @JCStressTest
  @Outcome(id = "\\d, 0", expect = ACCEPTABLE, desc = "In order, and the newest at last.")
  @Outcome(expect = FORBIDDEN, desc = "See Verdict.")
  @State
  public static class Newest {
    private static final Script[] SCRIPTS =
        Script.variants(new int[][] {{300}, {300}, {L}, {900}, {100}});
    private final Flow flow = new Flow(SCRIPTS, 0);
    private final Stream stream = new Stream(flow);
    private final Meeting meeting = new Meeting();

    @Actor
    public void decoder() {
      meeting.await();
      stream.receive(6);
    }

    @Actor
    public void reader(II_Result r) {
      meeting.await();
      r.r1 = flow.takeNewest(6);
    }

    @Arbiter
    public void judge(II_Result r) {
      flow.sentAll();
      r.r2 = flow.judgeNewest();
    }
  }
}
