package io.niomq.internal.socket;

import io.niomq.SocketOptions;
import io.niomq.internal.pipe.InprocLink;
import io.niomq.internal.pipe.Pipe;
import java.util.List;

/**
 * The high-water marks of a socket's queues after {@code ZMQ_SNDHWM} or {@code ZMQ_RCVHWM} has got
 * a new value. Two inproc peers share a queue, whose mark is the sum of the sender's and the
 * receiver's; it is the sender's to set.
 */
final class HighWaterMarks {
  private final Pipes pipes;

  HighWaterMarks(Pipes pipes) {
    this.pipes = pipes;
  }

  /** {@code ZMQ_SNDHWM} has a new value. Under the lock. */
  void sendChanged() {
    for (Pipe pipe : pipes.allLocked()) {
      setSend(pipe);
      pipes.unmuteIfRoom(pipe);
    }
  }

  /** Sets the mark of an outbound queue. Under the lock. */
  void setSend(Pipe pipe) {
    if (pipe.conflatesOut) {
      pipe.out.highWaterMark(0);
      return;
    }
    int mark = pipes.options().intValue(SocketOptions.SNDHWM);
    if (pipe.isInproc && !pipe.isParked) {
      int theirs = pipe.peerReceiveMark;
      mark = mark == 0 || theirs == 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, (long) mark + theirs);
    }
    pipe.out.highWaterMark(mark);
  }

  /** {@code ZMQ_RCVHWM} has a new value. Under no lock: inproc peers are guarded by theirs. */
  void receiveChanged() {
    List<Pipe> all;
    int mark;
    pipes.lock();
    try {
      all = pipes.allLocked();
      mark = pipes.options().intValue(SocketOptions.RCVHWM);
      for (Pipe pipe : all) {
        if (!pipe.isInproc && !pipe.conflatesIn) {
          pipe.in.highWaterMark(mark);
        }
      }
    } finally {
      pipes.unlock();
    }
    for (Pipe pipe : all) {
      if (pipe.link instanceof InprocLink l
          && l.peer() != null
          && l.peer().owner instanceof Pipes theirs) {
        theirs.marks().peerReceiveChanged(l.peer(), mark);
      }
    }
  }

  private void peerReceiveChanged(Pipe pipe, int mark) {
    pipes.lock();
    try {
      pipe.peerReceiveMark = mark;
      setSend(pipe);
      pipes.unmuteIfRoom(pipe);
    } finally {
      pipes.unlock();
    }
  }
}
