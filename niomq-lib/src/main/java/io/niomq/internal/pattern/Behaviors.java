package io.niomq.internal.pattern;

import io.niomq.SocketType;
import io.niomq.internal.pipe.ChunkPool;

/** The table of socket types: one line each. */
public final class Behaviors {
  private Behaviors() {}

  public static SocketBehavior create(SocketType type, PatternHost host, ChunkPool pool) {
    return switch (type) {
      case PAIR -> new Pair(host);
      case PUB -> new Pub(host);
      case SUB -> new Sub(host);
      case REQ -> new Req(host);
      case REP -> new Rep(host);
      case DEALER -> new Dealer(host);
      case ROUTER -> new Router(host);
      case PULL -> new Pull(host);
      case PUSH -> new Push(host);
      case XPUB -> new XPub(host, pool);
      case XSUB -> new XSub(host);
      case STREAM -> new Stream(host);
    };
  }
}
