package io.niomq.benchmarks.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows and percentiles, on a clock that the test moves. */
class MeasuringTest {
  private static final Schedule SCHEDULE = new Schedule(1000, 2, 100);

  @Nested
  class RatesOfASchedule {
    private final Rates rates = new Rates(SCHEDULE, null);

    @Test
    void beginWhenItIsWarmAndEndWithTheLastWindow() {
      assertThat(rates.tick(5000, 1)).isTrue();
      assertThat(rates.tick(5900, 500)).isTrue();
      assertThat(rates.isWarm()).isFalse();
      assertThat(rates.tick(6000, 600)).isTrue();
      assertThat(rates.isWarm()).isTrue();
      assertThat(rates.tick(6050, 640)).isTrue();
      assertThat(rates.tick(6100, 650)).isTrue();
      assertThat(rates.tick(6300, 750)).isFalse();
      // 50 events in 100 ns; then 100 in 200 ns, because nobody looked at the clock between
      assertThat(rates.all()).containsExactly(5e8, 5e8);
    }

    @Test
    void canBeCountedFromOutside(@TempDir Path directory) throws IOException {
      Path file = Files.write(directory.resolve("word"), new byte[Long.BYTES]);
      Rates counted =
          Rates.of(new Arguments(List.of("warm=1", "windows=1", "window=1", "count=" + file)));
      counted.tick(5000, 258);
      assertThat(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder()).getLong())
          .isEqualTo(258);
    }
  }

  @Nested
  class LatenciesOfASchedule {
    private final Latencies latencies = new Latencies(SCHEDULE, 0);

    @Test
    void areCountedInTheWindowTheyEndIn() {
      assertThat(latencies.record(999, 7)).isTrue();
      assertThat(latencies.record(1000, 10)).isTrue();
      assertThat(latencies.record(1099, 20)).isTrue();
      assertThat(latencies.record(1100, 30)).isTrue();
      assertThat(latencies.record(1200, 40)).isFalse();
      assertThat(latencies.windows()[0].getTotalCount()).isEqualTo(2);
      assertThat(latencies.windows()[0].getMaxValue()).isEqualTo(20);
      assertThat(latencies.windows()[1].getTotalCount()).isEqualTo(1);
    }

    @Test
    void areNotToldFromTheTimeForWarmingUp() {
      Latencies odd = new Latencies(new Schedule(1050, 2, 100), 5000);
      assertThat(odd.isHalfWarm(5524)).isFalse();
      assertThat(odd.isHalfWarm(5525)).isTrue();
      assertThat(odd.record(5000, 1)).isTrue();
      assertThat(odd.record(6049, 2)).isTrue();
      assertThat(odd.record(6050, 3)).isTrue();
      assertThat(odd.windows()).hasSize(2);
      assertThat(odd.windows()[0].getTotalCount()).isEqualTo(1);
      assertThat(odd.windows()[0].getMaxValue()).isEqualTo(3);
      assertThat(odd.record(6250, 4)).isFalse();
    }

    @Test
    void areMergedWindowByWindow() {
      Latencies other = new Latencies(SCHEDULE, 0);
      latencies.record(1000, 10);
      other.record(1001, 50);
      latencies.add(other);
      Histogram window = latencies.windows()[0];
      assertThat(window.getTotalCount()).isEqualTo(2);
      assertThat(window.getValueAtPercentile(50)).isEqualTo(10);
      assertThat(window.getValueAtPercentile(99)).isEqualTo(50);
    }
  }
}
