/**
 * Every hand-over between threads, and every wake-up that the library skips, tried in millions of
 * interleavings by <a href="https://github.com/openjdk/jcstress">jcstress</a>.
 *
 * <table>
 *   <caption>What is tried where</caption>
 *   <tr><td>{@link io.niomq.jcstress.HandOver}</td>
 *       <td>{@code FrameQueue}: order, content, whole messages, change of chunk, messages by reference</td></tr>
 *   <tr><td>{@code io.niomq.internal.zmtp.Decoding}</td>
 *       <td>{@code FrameDecoder}: the same for what comes in pieces, with commands in between</td></tr>
 *   <tr><td>{@link io.niomq.jcstress.Credit}</td><td>{@code FrameQueue}: never above the high-water mark</td></tr>
 *   <tr><td>{@link io.niomq.jcstress.Muting}</td>
 *       <td>{@code Pipe.hasRoomOrMute}: credit returned without waking a sender that does not wait</td></tr>
 *   <tr><td>{@link io.niomq.jcstress.Arming}</td>
 *       <td>{@code InprocLink}: an append that tells nobody, because the reader has not asked</td></tr>
 *   <tr><td>{@link io.niomq.jcstress.Draining}</td>
 *       <td>{@code FrameQueue.tryOwn} and {@code disown}: a message left to whoever writes already</td></tr>
 *   <tr><td>{@link io.niomq.jcstress.Conflation}</td><td>only the newest message counts, and it always comes</td></tr>
 *   <tr><td>{@link io.niomq.jcstress.Bodies}</td><td>{@code Body}: given back once</td></tr>
 *   <tr><td>{@link io.niomq.jcstress.LoopWakeup}</td>
 *       <td>{@code EventLoop}: a task for a loop that is awake, or about to sleep</td></tr>
 *   <tr><td>{@link io.niomq.jcstress.SocketWakeups}</td>
 *       <td>whole sockets: claim and reclaim, the promise to look (armed), the budget of direct writes, select and park,
 *       the poller</td></tr>
 *   <tr><td>{@link io.niomq.jcstress.Joining}</td><td>inproc: bind against connect, sends and closes</td></tr>
 * </table>
 *
 * <p>The build runs a pass of about two minutes and fails at the first result that is forbidden;
 * the report is in {@code target/jcstress/report}. {@code -Djcstress.skip} leaves it out. A long
 * pass, with all compilers and options of the JVM that jcstress knows, or one test alone:
 *
 * <pre>
 *   mvn -pl niomq-jcstress -am verify -DskipTests -Djcstress.options="-m default -jvmArgsPrepend -ea"
 *   mvn -pl niomq-jcstress -am verify -DskipTests -Djcstress.options="-m tough -t Muting"
 * </pre>
 *
 * <p>The tests were tested: without the second look of {@code next}, {@code hasRoomOrMute}, {@code
 * disown}, {@code arm} or {@code EventLoop.select}, or with a release where the volatile write of
 * the credit or of the ownership is, the test concerned fails within a second.
 */
package io.niomq.jcstress;
