/**
 * ZeroMQ for the JVM: sockets that carry whole messages between threads, processes and hosts. Begin
 * with {@link io.niomq.Context}.
 */
module io.niomq {
  requires jdk.net;
  requires static java.management;
  requires static jdk.jfr;

  exports io.niomq;
  exports io.niomq.explain;
}
