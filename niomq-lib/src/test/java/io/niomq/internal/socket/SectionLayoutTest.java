package io.niomq.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.internal.pipe.Layout;
import io.niomq.internal.pipe.SocketLock;
import java.util.LongSummaryStatistics;
import org.junit.jupiter.api.Test;

/**
 * The collector may move any object beside a socket's lock; what it holds changes with each
 * message, and would take the other's line to and fro.
 */
class SectionLayoutTest {
  @Test
  void noOtherObjectSharesALineWithALock() throws Exception {
    LongSummaryStatistics words = Layout.offsets(SocketLock.class);
    words.combine(Layout.offsets(CriticalSection.class));
    long end = Layout.offsets(CriticalSection.create().getClass()).getMax();
    assertThat(words.getMin()).isGreaterThan(Layout.LINE);
    assertThat(end - words.getMax()).isGreaterThan(Layout.LINE);
  }
}
