/**
 * JMH benchmarks of single classes and calls. Those of package-private classes are in the package
 * of their class: {@code io.niomq.internal.zmtp} and {@code io.niomq.internal.pattern}.
 *
 * <p>To build and run them, from the root of the project:
 *
 * <pre>
 *   mvn -q -Dmaven.test.skip=true -pl niomq-benchmarks -am package
 *   java -cp 'niomq-benchmarks/target/classes:niomq-benchmarks/target/lib/*' org.openjdk.jmh.Main
 * </pre>
 *
 * <p>To which an expression that selects benchmarks and JMH's options may be added:
 *
 * <pre>
 *   ... org.openjdk.jmh.Main -l                              # lists them
 *   ... org.openjdk.jmh.Main FrameQueue -p size=64           # one class, one size
 *   ... org.openjdk.jmh.Main SocketBenchmark -prof gc        # gc.alloc.rate.norm: octets a message
 *   ... org.openjdk.jmh.Main -f 1 -wi 2 -i 2 -w 1 -r 1       # all, quickly
 * </pre>
 *
 * <p>All report operations a second, an operation being one message (or one topic matched), and
 * every benchmark that receives checks what it received.
 */
package io.niomq.benchmarks.jmh;
