package io.niomq.cli.tour;

import static io.niomq.cli.tour.Patience.open;

import io.niomq.Context;
import io.niomq.Proxy;
import io.niomq.Socket;
import io.niomq.SocketType;
import io.niomq.ZmqTerminatedException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server with many threads: clients come over tcp, the threads are joined to it by inproc. */
final class MultithreadedServer implements Stop {
  private static final int THREADS = 5;
  private static final int REQUESTS_A_CLIENT = 10;
  private static final String WORKERS = "inproc://workers";

  @Override
  public About about() {
    return new About(
        "mtserver",
        "A multithreaded server",
        "tcp to inproc, 1 process",
        "Five threads serve five clients at the same time, without a lock or shared state of theirs.");
  }

  @Override
  public void run(Stage stage) throws Exception {
    CountDownLatch allBusy = new CountDownLatch(THREADS);
    AtomicInteger worlds = new AtomicInteger();
    try (Context serverContext = Context.create();
        Context clientContext = Context.create()) {
      Socket frontend = open(serverContext, SocketType.ROUTER);
      Socket backend = open(serverContext, SocketType.DEALER);
      String endpoint = frontend.bind("tcp://127.0.0.1:*");
      backend.bind(WORKERS);
      for (int i = 1; i <= THREADS; i++) {
        String name = "worker " + i;
        stage.start(name, () -> worker(stage, serverContext, name, allBusy));
      }
      Proxy.between(frontend, backend).start(); // it ends with its context
      Thread[] clients = new Thread[THREADS];
      for (int i = 0; i < THREADS; i++) {
        clients[i] =
            stage.start(
                "client " + (i + 1), () -> worlds.addAndGet(client(clientContext, endpoint)));
      }
      for (Thread client : clients) {
        client.join(Patience.LIMIT.toMillis());
      }
      serverContext.close(Patience.LIMIT); // ends the proxy and all workers, wherever they wait
      stage.join();
    }
    stage.expect(
        "threads that were busy at the same time", (long) THREADS, THREADS - allBusy.getCount());
    stage.expect("requests answered with World", THREADS * REQUESTS_A_CLIENT, worlds.get());
    stage.delivered(2L * worlds.get());
  }

  private static int client(Context context, String endpoint) {
    try (Socket client = open(context, SocketType.REQ)) {
      client.connect(endpoint);
      int worlds = 0;
      for (int i = 0; i < REQUESTS_A_CLIENT; i++) {
        client.send("Hello");
        worlds += client.recvString().equals("World") ? 1 : 0;
      }
      return worlds;
    }
  }

  private static void worker(Stage stage, Context context, String name, CountDownLatch allBusy)
      throws InterruptedException {
    int served = 0;
    try (Socket worker = open(context, SocketType.REP)) {
      worker.connect(WORKERS);
      while (true) {
        worker.recv();
        if (served++ == 0) { // the first request is held back until every thread has one
          allBusy.countDown();
          allBusy.await(Patience.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        }
        worker.send("World");
      }
    } catch (ZmqTerminatedException end) {
      stage.say(name, "served " + served + " requests");
    }
  }
}
