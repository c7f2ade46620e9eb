package io.niomq.internal.loop;

import java.util.Arrays;

/**
 * Planned calls, the earliest first, those of one moment in the order of their plans: a binary heap
 * whose entries know their place, so that one is cancelled in as many steps as the heap is deep,
 * and planning allocates nothing. For one thread.
 */
final class TimerQueue {
  private static final int NOWHERE = -1;

  /** A call that can be planned. */
  static class Entry {
    private final Runnable action;
    private long deadline;
    private long number;
    private int place = NOWHERE;

    Entry(Runnable action) {
      this.action = action;
    }

    void run() {
      action.run();
    }

    private boolean isBefore(Entry other) {
      long order = deadline == other.deadline ? number - other.number : deadline - other.deadline;
      return order < 0;
    }

    /** Whether it is in the queue. */
    boolean isQueued() {
      return place != NOWHERE;
    }

    /** When it is due, as {@link System#nanoTime} counts. */
    long deadline() {
      return deadline;
    }
  }

  private Entry[] heap = new Entry[8];
  private int size;
  private long added;

  /** Adds an entry that is not in the queue. */
  void add(Entry entry, long deadline) {
    assert !entry.isQueued();
    entry.deadline = deadline;
    entry.number = added++;
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    rise(entry, size++);
  }

  /** Takes an entry out that is in the queue. */
  void remove(Entry entry) {
    assert heap[entry.place] == entry;
    int place = entry.place;
    Entry last = heap[--size];
    heap[size] = null;
    entry.place = NOWHERE;
    if (last != entry) {
      sink(last, place);
      rise(last, last.place);
    }
  }

  /** The earliest; null when there is none. */
  Entry first() {
    return size == 0 ? null : heap[0];
  }

  /** Puts an entry at {@code place}, or as far above as it belongs. */
  private void rise(Entry entry, int place) {
    int at = place;
    while (at > 0 && entry.isBefore(heap[(at - 1) / 2])) {
      put(heap[(at - 1) / 2], at);
      at = (at - 1) / 2;
    }
    put(entry, at);
  }

  /** Puts an entry at {@code place}, or as far below as it belongs. */
  private void sink(Entry entry, int place) {
    int at = place;
    for (int child = earlierChild(at); child < size && heap[child].isBefore(entry); ) {
      put(heap[child], at);
      at = child;
      child = earlierChild(at);
    }
    put(entry, at);
  }

  private int earlierChild(int place) {
    int left = 2 * place + 1;
    int right = left + 1;
    return right < size && heap[right].isBefore(heap[left]) ? right : left;
  }

  private void put(Entry entry, int place) {
    heap[place] = entry;
    entry.place = place;
  }
}
