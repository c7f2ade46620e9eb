package io.niomq.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.internal.loop.TimerQueue.Entry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Planned calls come in the order of their deadlines, whatever was planned or cancelled before. */
class TimerQueueTest {
  private final TimerQueue queue = new TimerQueue();

  private static Entry entry() {
    return new Entry(() -> {});
  }

  private List<Entry> takeAll() {
    List<Entry> taken = new ArrayList<>();
    for (Entry e = queue.first(); e != null; e = queue.first()) {
      queue.remove(e);
      assertThat(e.isQueued()).isFalse();
      taken.add(e);
    }
    return taken;
  }

  @Test
  void thoseOfOneMomentComeInTheOrderOfTheirPlans() {
    List<Entry> planned = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      planned.add(entry());
      queue.add(planned.get(i), 7);
    }
    assertThat(takeAll()).containsExactlyElementsOf(planned);
  }

  @Test
  void deadlinesAreComparedAsTheClockTurnsOver() {
    Entry before = entry();
    Entry after = entry();
    queue.add(after, Long.MIN_VALUE + 5);
    queue.add(before, Long.MAX_VALUE - 5);
    assertThat(takeAll()).containsExactly(before, after);
  }

  @Test
  void aCancelledOneMayBePlannedAgain() {
    Entry first = entry();
    Entry second = entry();
    queue.add(first, 1);
    queue.add(second, 2);
    queue.remove(first);
    assertThat(first.isQueued()).isFalse();
    queue.add(first, 3);
    assertThat(first.deadline()).isEqualTo(3);
    assertThat(takeAll()).containsExactly(second, first);
  }

  @Test
  void agreesWithAListThatIsSorted() {
    Random random = new Random(42);
    List<Entry> model = new ArrayList<>();
    List<Entry> idle = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      idle.add(entry());
    }
    for (int step = 0; step < 20_000; step++) {
      boolean growing = step / 1000 % 2 == 0;
      if (!idle.isEmpty() && (model.isEmpty() || random.nextInt(3) < (growing ? 2 : 1))) {
        Entry e = idle.remove(random.nextInt(idle.size()));
        queue.add(e, random.nextInt(50));
        model.add(e);
        model.sort(Comparator.comparingLong(Entry::deadline)); // a stable sort
      } else {
        Entry e = random.nextBoolean() ? queue.first() : model.get(random.nextInt(model.size()));
        queue.remove(e);
        model.remove(e);
        idle.add(e);
      }
      assertThat(queue.first()).isSameAs(model.isEmpty() ? null : model.get(0));
    }
    assertThat(takeAll()).containsExactlyElementsOf(model);
  }
}
