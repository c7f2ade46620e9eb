/**
 * ZeroMQ for the JVM: sockets that carry whole messages between threads, processes and hosts. Begin
 * with {@link io.niomq.Context}.
 */
@SuppressWarnings("module") // io.niomq.curve is built later
module io.niomq {
  requires jdk.net;
  requires static java.management;
  requires static jdk.jfr;

  exports io.niomq;
  exports io.niomq.explain;
  exports io.niomq.internal.security to
      io.niomq.curve;

  uses io.niomq.internal.security.CurveProvider;
}
