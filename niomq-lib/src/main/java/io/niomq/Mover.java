package io.niomq;

import io.niomq.internal.socket.Batch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a {@link Proxy} does in its thread: waits until a message can pass, and moves it; obeys the
 * control socket. For that thread alone, except {@link #wake}.
 */
final class Mover implements AutoCloseable {
  /** How many messages pass in one direction before the other has its turn. */
  private static final int TURN = 1000;

  private final Proxy proxy;
  private final Socket frontend;
  private final Socket backend;

  /** Null for none, like {@link #control}. */
  private final Socket capture;

  private final Socket control;
  private final Poller poller;

  /** The messages under way; used again and again. */
  private final Batch batch = new Batch();

  // What to wait for in this turn.
  private int front;
  private int back;
  private int tap;

  /** Guards what follows; held for instructions only. */
  private final ReentrantLock lock = new ReentrantLock();

  /** The thread in a send that waits; null when there is none. */
  private Thread blocked;

  /** That thread was interrupted by us. */
  private boolean freed;

  Mover(Proxy proxy, Socket frontend, Socket backend, Socket capture, Socket control) {
    this.proxy = proxy;
    this.frontend = frontend;
    this.backend = backend;
    this.capture = capture;
    this.control = control;
    this.poller = new Poller(frontend.core().context());
  }

  /** Whether messages can go from one to the other, by their types. */
  static boolean canCarry(Socket from, Socket to) {
    return from.type().canReceive() && to.type().canSend();
  }

  void run() {
    boolean forth = canCarry(frontend, backend);
    boolean fro = frontend != backend && canCarry(backend, frontend);
    if (control != null) {
      poller.register(control, Poller.IN);
    }
    while (!proxy.isStopping()) {
      if (proxy.isPaused()) {
        standStill();
        continue;
      }
      await(forth, fro);
      if (control != null && poller.isReadable(control)) {
        obey();
        continue;
      }
      if (forth) {
        move(frontend, backend);
      }
      if (fro) {
        move(backend, frontend);
      }
    }
  }

  // ------------------------------------------------------------------------------------------------ waiting

  /** Waits for a message that can pass, for a control message or {@link #wake}. */
  private void await(boolean forth, boolean fro) {
    front = 0;
    back = 0;
    tap = 0;
    boolean ready = forth && canMove(frontend, backend);
    ready |= fro && canMove(backend, frontend);
    if (ready && control == null) {
      return;
    }
    register();
    if (ready) {
      poller.pollNow();
    } else {
      poller.poll();
    }
  }

  /**
   * Whether a message could pass now; if not, notes the first thing that is missing: a message, and
   * when there is one, room. To wait for both at once would spin.
   */
  private boolean canMove(Socket from, Socket to) {
    if (!from.core().canRecvNow()) {
      return lacks(from, Poller.IN);
    }
    if (!to.core().canSendNow()) {
      return lacks(to, Poller.OUT);
    }
    if (!canCapture()) {
      return lacks(capture, Poller.OUT);
    }
    return true;
  }

  private boolean canCapture() {
    return capture == null || capture.core().canSendNow();
  }

  private boolean lacks(Socket socket, int events) {
    if (socket == frontend) {
      front |= events;
    } else if (socket == backend) {
      back |= events;
    } else {
      tap |= events;
    }
    return false;
  }

  private void register() {
    if (capture != null) {
      poller.register(capture, tap);
    }
    if (backend != frontend) {
      poller.register(backend, back);
    }
    poller.register(frontend, front);
  }

  /** Paused: waits for control messages, {@link Proxy#resume} and the end. */
  private void standStill() {
    front = 0;
    back = 0;
    tap = 0;
    register();
    proxy.stands(true);
    try {
      while (proxy.isPaused() && !proxy.isStopping()) {
        poller.poll();
        if (control != null && poller.isReadable(control)) {
          obey();
        }
      }
    } finally {
      proxy.stands(false);
    }
  }

  /**
   * Has the proxy look at its state again, also if it waits for room and is to stop. Any thread.
   */
  void wake() {
    poller.wakeup();
    lock.lock();
    try {
      if (blocked != null && proxy.isStopping()) {
        freed = true;
        blocked.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------------------------------------ moving

  private void move(Socket from, Socket to) {
    for (int moved = 0; moved < TURN; ) {
      int room = room(to);
      if (room == 0) {
        return;
      }
      try {
        from.core().receiving().recvNow(batch, room);
        if (batch.isEmpty()) {
          return;
        }
        boolean goesOn = capture == null || passCopies();
        if (!passAll(to)) {
          to.core().gaveUp(batch.left());
          return;
        }
        if (!goesOn) {
          return;
        }
        moved += batch.passed();
      } catch (RuntimeException | Error e) {
        from.core().leftUnread(batch.left());
        throw e;
      } finally {
        if (batch.passed() > 0) {
          proxy.count(from, batch.passed(), batch.passedOctets());
        }
        batch.clear();
      }
    }
  }

  /** How many messages can pass now. */
  private int room(Socket to) {
    int room = to.core().sending().room();
    return capture == null || room == 0 ? room : Math.min(room, capture.core().sending().room());
  }

  /**
   * Sends copies of the batch. Those that nobody takes before the proxy is stopped are counted; the
   * messages pass all the same.
   *
   * @return false when it was stopped
   */
  private boolean passCopies() {
    try {
      boolean all = passAll(capture);
      capture.core().gaveUp(batch.left());
      return all;
    } finally {
      batch.first();
    }
  }

  /** Passes all messages of the batch on; false when the proxy was stopped before the last. */
  private boolean passAll(Socket to) {
    to.core().sending().pass(batch);
    while (batch.left() > 0) {
      if (!insist(to)) {
        return false;
      }
      batch.next();
      to.core().sending().pass(batch);
    }
    return true;
  }

  /**
   * For a message there was room a moment ago; now there is none any more, or not for this message.
   * Waits for it until the proxy is to stop.
   */
  private boolean insist(Socket to) {
    boolean sent = false;
    ZmqInterruptedException interrupt = null;
    if (beginToBlock()) {
      try {
        to.sendFrames(batch.writer());
        sent = true;
      } catch (ZmqInterruptedException e) {
        interrupt = e;
      } finally {
        if (endToBlock()) {
          interrupt = null;
        }
      }
    }
    if (interrupt != null) {
      throw interrupt;
    }
    return sent;
  }

  private boolean beginToBlock() {
    lock.lock();
    try {
      if (proxy.isStopping()) {
        return false;
      }
      blocked = Thread.currentThread();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether {@link #wake} has interrupted this thread; nobody else will see that. */
  private boolean endToBlock() {
    lock.lock();
    try {
      blocked = null;
      if (freed) {
        freed = false;
        Thread.interrupted();
        return true;
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------------------------------------ obeying

  private void obey() {
    try (Message command = control.tryRecvMessage()) {
      if (command == null) {
        return; // somebody else was quicker
      }
      Message answer = new Message();
      switch (command.frameCount() == 1 ? command.string(0) : "") {
        case "PAUSE" -> proxy.pauseSoon();
        case "RESUME" -> proxy.resume();
        case "TERMINATE" -> proxy.stopSoon();
        case "STATISTICS" -> addTo(answer, proxy.statistics());
        default -> {} // not for us
      }
      if (answer.isEmpty() && control.type() == SocketType.REP) {
        answer.addEmpty();
      }
      if (!answer.isEmpty() && control.type().canSend()) {
        control.trySend(answer);
      }
    }
  }

  private static void addTo(Message answer, Proxy.Statistics statistics) {
    for (Proxy.Traffic t : new Proxy.Traffic[] {statistics.frontend(), statistics.backend()}) {
      answer
          .add(native64(t.messagesReceived()))
          .add(native64(t.octetsReceived()))
          .add(native64(t.messagesSent()))
          .add(native64(t.octetsSent()));
    }
  }

  private static byte[] native64(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(value).array();
  }

  @Override
  public void close() {
    poller.close();
  }
}
