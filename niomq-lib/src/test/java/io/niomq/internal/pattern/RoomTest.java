package io.niomq.internal.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.internal.pipe.ChunkPool;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** For how many messages there is room, with patterns that drop what they have no room for. */
class RoomTest {
  private static final int MOST = 16;

  private static Bench bench(SocketType type, int mark) {
    Bench bench = new Bench(type);
    bench.options.set(SocketOptions.SNDHWM, mark);
    return bench;
  }

  /** A connection is written to when half its queue is full. */
  @ParameterizedTest
  @CsvSource({"0, 16", "1000, 16", "32, 16", "31, 15", "8, 4", "2, 1", "1, 1"})
  void isNoMoreThanHalfTheMark(int mark, int room) {
    assertThat(new Pub(bench(SocketType.PUB, mark)).room(MOST)).isEqualTo(room);
    assertThat(new XPub(bench(SocketType.XPUB, mark), new ChunkPool()).room(MOST)).isEqualTo(room);
    assertThat(new XSub(bench(SocketType.XSUB, mark)).room(MOST)).isEqualTo(room);
    assertThat(new Router(bench(SocketType.ROUTER, mark)).room(MOST)).isEqualTo(room);
  }

  @ParameterizedTest
  @CsvSource({"0", "1000", "1"})
  void isForOneWhereMessagesMayBeRefused(int mark) {
    Bench bench = bench(SocketType.XPUB, mark);
    bench.set(SocketOptions.XPUB_NODROP);
    assertThat(new XPub(bench, new ChunkPool()).room(MOST)).isOne();
    bench = bench(SocketType.ROUTER, mark);
    bench.set(SocketOptions.ROUTER_MANDATORY);
    assertThat(new Router(bench).room(MOST)).isZero(); // nobody is there
  }
}
