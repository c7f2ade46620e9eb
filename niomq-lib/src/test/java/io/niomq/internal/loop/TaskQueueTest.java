package io.niomq.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An I/O thread's tasks: in order, once for all who ask, and again for who asks later. */
class TaskQueueTest {
  private final TaskQueue queue = new TaskQueue();
  private final List<String> done = new ArrayList<>();

  private LoopTask task(String name) {
    return new LoopTask(() -> done.add(name));
  }

  private void runAll() {
    for (LoopTask task = queue.next(); task != null; task = queue.next()) {
      task.run();
    }
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void oldestFirst() {
    queue.add(task("a"));
    queue.add(task("b"));
    queue.add(task("c"));
    assertThat(queue.isEmpty()).isFalse();
    runAll();
    assertThat(done).containsExactly("a", "b", "c");
  }

  @Test
  void whatComesWhileSomeAreTakenComesAfterThem() {
    queue.add(task("a"));
    queue.add(task("b"));
    queue.next().run();
    queue.add(task("c"));
    queue.add(task("d"));
    runAll();
    assertThat(done).containsExactly("a", "b", "c", "d");
  }

  @Test
  void onceForAllWhoAskBeforeItBegins() {
    LoopTask often = task("often");
    queue.add(often);
    queue.add(task("between"));
    queue.add(often);
    LoopTask first = queue.next();
    queue.add(often); // taken, but it has not begun
    first.run();
    runAll();
    assertThat(done).containsExactly("often", "between");
    queue.add(often);
    runAll();
    assertThat(done).containsExactly("often", "between", "often");
  }

  @Test
  void mayAskForItselfAgain() {
    LoopTask[] self = new LoopTask[1];
    self[0] =
        new LoopTask(
            () -> {
              done.add("turn");
              if (done.size() < 3) {
                queue.add(self[0]);
              }
            });
    queue.add(self[0]);
    runAll();
    assertThat(done).containsExactly("turn", "turn", "turn");
  }
}
