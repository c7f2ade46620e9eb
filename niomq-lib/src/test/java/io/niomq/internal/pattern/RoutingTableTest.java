package io.niomq.internal.pattern;

import static io.niomq.internal.pattern.Bench.message;
import static io.niomq.internal.pattern.Bench.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.SocketType;
import io.niomq.internal.pipe.Pipe;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** RFC 28, The ROUTER Socket Type: routing id and peer, one to one. */
class RoutingTableTest {
  private final Bench bench = new Bench(SocketType.ROUTER);
  private final RoutingTable table = new RoutingTable();

  private Pipe put(String id) {
    Pipe pipe = bench.pipe(0);
    table.put(utf8(id), pipe);
    return pipe;
  }

  @Test
  void findsThePeerThatAMessageNames() {
    Pipe alice = put("alice");
    Pipe bob = put("bob");
    assertThat(table.find(message("alice"))).isSameAs(alice);
    assertThat(table.find(message("bob"))).isSameAs(bob);
    assertThat(table.find(utf8("bob"))).isSameAs(bob);
    assertThat(alice.routingId).isEqualTo(utf8("alice"));
  }

  @Test
  void findsNobodyForAnotherName() {
    put("alice");
    for (String id : new String[] {"", "alic", "alice ", "bob", "x".repeat(100_000)}) {
      assertThat(table.find(message(id))).as(id.length() + " octets").isNull();
    }
    assertThat(table.find(message("alice"))).isNotNull();
  }

  @Test
  void takesNamesOf255Octets() {
    String id = "i".repeat(255);
    Pipe pipe = put(id);
    assertThat(table.find(message(id))).isSameAs(pipe);
    assertThat(table.find(message("i".repeat(254)))).isNull();
  }

  @Test
  void forgetsThoseThatGo() {
    Pipe alice = put("alice");
    table.remove(alice);
    table.remove(alice); // twice is once
    assertThat(table.find(message("alice"))).isNull();
    table.remove(bench.pipe(0)); // one that never had a name
  }

  @Test
  void leavesANameToTheOneThatHasItNow() {
    Pipe before = put("alice");
    table.remove(before);
    Pipe now = put("alice");
    table.remove(before);
    assertThat(table.find(message("alice"))).isSameAs(now);
  }

  @Test
  void makesUpNamesOfAZeroOctetAndANumberThatGrows() {
    byte[] first = table.makeId();
    byte[] second = table.makeId();
    assertThat(first).hasSize(5);
    assertThat(first[0]).isZero();
    assertThat(ByteBuffer.wrap(second).getInt(1)).isEqualTo(ByteBuffer.wrap(first).getInt(1) + 1);
  }

  @Test
  void makesUpNoNameThatIsInUse() {
    byte[] first = table.makeId();
    byte[] taken = first.clone();
    ByteBuffer.wrap(taken).putInt(1, ByteBuffer.wrap(first).getInt(1) + 1);
    table.put(taken, bench.pipe(0));
    assertThat(ByteBuffer.wrap(table.makeId()).getInt(1))
        .isEqualTo(ByteBuffer.wrap(first).getInt(1) + 2);
  }
}
