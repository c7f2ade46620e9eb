package io.niomq.stream;

import static io.niomq.SocketType.STREAM;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A STREAM socket among real HTTP programs. */
class StreamHttpTest {
  private static final String PAGE = "<p>" + "Hello from a STREAM socket. ".repeat(10_000);

  @RegisterExtension final Sockets zmq = new Sockets();

  /** Answers so many requests with the page, and closes each connection after its answer. */
  private static void serve(Socket stream, int requests) {
    Map<String, StringBuilder> heads = new HashMap<>();
    for (int answered = 0; answered < requests; ) {
      Message message = stream.recvMessage();
      byte[] id = message.bytes(0);
      StringBuilder head =
          heads.computeIfAbsent(HexFormat.of().formatHex(id), i -> new StringBuilder());
      head.append(new String(message.bytes(1), StandardCharsets.ISO_8859_1));
      if (head.indexOf("\r\n\r\n") >= 0) {
        assertThat(head.toString()).startsWith("GET /page HTTP/1.1\r\n");
        head.setLength(0);
        stream.send(
            new Message()
                .add(id)
                .add(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
                        + "Content-Length: "
                        + PAGE.length()
                        + "\r\n\r\n"));
        stream.send(new Message().add(id).add(PAGE));
        stream.send(new Message().add(id).add(""));
        answered++;
      }
    }
  }

  private static URI page(String endpoint) {
    return URI.create("http://127.0.0.1:" + Endpoints.port(endpoint) + "/page");
  }

  @Test
  void servesTheJdksClient() throws Exception {
    Socket stream = zmq.socket(STREAM);
    URI page = page(stream.bind(Endpoints.TCP));
    Task<Void> server = Task.run(() -> serve(stream, 5));
    HttpClient client = HttpClient.newHttpClient();
    for (int i = 0; i < 5; i++) {
      HttpRequest request =
          HttpRequest.newBuilder(page)
              .version(HttpClient.Version.HTTP_1_1)
              .timeout(Await.LONG)
              .build();
      HttpResponse<String> response =
          client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.US_ASCII));
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo(PAGE);
    }
    server.result();
  }

  @Test
  void servesCurl() throws Exception {
    assumeTrue(hasCurl(), "curl is not installed: no test with it");
    Socket stream = zmq.socket(STREAM);
    URI page = page(stream.bind(Endpoints.TCP));
    Task<Void> server = Task.run(() -> serve(stream, 1));
    Process curl =
        new ProcessBuilder("curl", "--silent", "--show-error", "--noproxy", "*", page.toString())
            .redirectErrorStream(true)
            .start();
    String body = new String(curl.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertThat(curl.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(body).isEqualTo(PAGE);
    assertThat(curl.exitValue()).isZero();
    server.result();
  }

  private static boolean hasCurl() {
    try {
      return new ProcessBuilder("curl", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      System.err.println("NioMQ: curl is not installed, the test with it is skipped");
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void asksTheJdksServer() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    server.createContext(
        "/page",
        exchange -> {
          exchange.sendResponseHeaders(200, PAGE.length());
          exchange.getResponseBody().write(utf8(PAGE));
          exchange.close();
        });
    server.start();
    try {
      Socket stream = zmq.socket(STREAM).set(SocketOptions.STREAM_NOTIFY, false);
      stream.connect("tcp://127.0.0.1:" + server.getAddress().getPort());
      byte[] id = stream.get(SocketOptions.ROUTING_ID);
      stream.send(
          new Message()
              .add(id)
              .add("GET /page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      while (!answer.toString(StandardCharsets.US_ASCII).endsWith(PAGE)) {
        answer.writeBytes(stream.recvMessage().bytes(1));
      }
      assertThat(answer.toString(StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 200 OK\r\n");
      stream.send(new Message().add(id).add(""));
    } finally {
      server.stop(0);
    }
  }
}
