package io.niomq.internal.socket;

import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.PipeLink;
import java.nio.channels.SelectableChannel;
import java.util.function.Function;

/** The only connection of a socket, as a test wants those to see it who wait. */
class WrappedLink implements PipeLink {
  final PipeLink link;

  WrappedLink(PipeLink link) {
    this.link = link;
  }

  static <T extends WrappedLink> T wrap(Pipes pipes, Function<PipeLink, T> wrapper) {
    pipes.lock();
    try {
      Pipe pipe = pipes.sole();
      T wrapped = wrapper.apply(pipe.link);
      pipe.link = wrapped;
      return wrapped;
    } finally {
      pipes.unlock();
    }
  }

  void unwrap(Pipes pipes) {
    pipes.lock();
    try {
      pipes.sole().link = link;
    } finally {
      pipes.unlock();
    }
  }

  @Override
  public boolean fill() {
    return link.fill();
  }

  @Override
  public int octetsOfIncomplete() {
    return link.octetsOfIncomplete();
  }

  @Override
  public int onAppended(Pipe pipe) {
    return link.onAppended(pipe);
  }

  @Override
  public int onCredit(Pipe pipe) {
    return link.onCredit(pipe);
  }

  @Override
  public void act(Pipe pipe, int actions) {
    link.act(pipe, actions);
  }

  @Override
  public boolean arm(Pipe pipe) {
    return link.arm(pipe);
  }

  @Override
  public SelectableChannel channel() {
    return link.channel();
  }

  @Override
  public boolean isFinished() {
    return link.isFinished();
  }

  @Override
  public void refillBudget() {
    link.refillBudget();
  }
}
