package io.niomq.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Errno;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqEndpointException;
import io.niomq.ZmqError;
import io.niomq.ZmqResourceException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The error codes behind the JDK's exceptions. */
class IoErrorsTest {
  private static final Endpoint ENDPOINT = Endpoint.parse("tcp://127.0.0.1:5555");

  @ParameterizedTest
  @CsvSource({
    "Address already in use, EADDRINUSE",
    "Cannot assign requested address, EADDRNOTAVAIL",
    "Permission denied, EACCES",
    "Operation not permitted, EPERM",
    "Too many open files, EMFILE",
    "Too many open files in system, EMFILE",
    "No such file or directory, ENOENT",
    "Not a directory, ENOENT",
    "Read-only file system, EACCES",
    "Unix domain path too long, ENAMETOOLONG",
    "Connection refused, ECONNREFUSED",
    "Connection reset, ECONNRESET",
    "Connection reset by peer, ECONNRESET",
    "Broken pipe, EPIPE",
    "Connection timed out, ETIMEDOUT",
    "Operation timed out, ETIMEDOUT",
    "No route to host, EHOSTUNREACH",
    "Network is unreachable, EHOSTUNREACH",
    "Resource temporarily unavailable, EAGAIN",
    "Address family not supported by protocol, EAFNOSUPPORT",
    "something else, EIO"
  })
  void areToldByTheSystemsText(String text, Errno errno) {
    assertThat(IoErrors.errnoOf(new SocketException(text))).isEqualTo(errno);
    assertThat(IoErrors.errnoOf(new IOException(text))).isEqualTo(errno);
  }

  static Stream<Arguments> exceptions() {
    return Stream.of(
        Arguments.of(new BindException("Adresse déjà utilisée"), Errno.EADDRINUSE),
        Arguments.of(new ConnectException("Connexion refusée"), Errno.ECONNREFUSED),
        Arguments.of(new NoRouteToHostException(), Errno.EHOSTUNREACH),
        Arguments.of(new UnknownHostException("nowhere"), Errno.EHOSTUNREACH),
        Arguments.of(new SocketTimeoutException(), Errno.ETIMEDOUT),
        Arguments.of(new NoSuchFileException("/a"), Errno.ENOENT),
        Arguments.of(new AccessDeniedException("/a"), Errno.EACCES),
        Arguments.of(new ClosedChannelException(), Errno.EIO));
  }

  @ParameterizedTest
  @MethodSource("exceptions")
  void areImpliedByTheClassWhereTheTextIsForeign(IOException e, Errno errno) {
    assertThat(IoErrors.errnoOf(e)).isEqualTo(errno);
  }

  @Test
  void areNotReadFromTheNameOfAFile() {
    IOException e = new FileSystemException("/tmp/Permission denied", null, "Not a directory");

    assertThat(IoErrors.errnoOf(e)).isEqualTo(Errno.ENOENT);
  }

  @ParameterizedTest
  @CsvSource({
    "Address already in use, EADDRINUSE",
    "Cannot assign requested address, EADDRNOTAVAIL",
    "Permission denied, EACCES",
    "something else, EIO"
  })
  void ofABindNameTheEndpointAndKeepTheCause(String text, Errno errno) {
    IOException cause = new SocketException(text);

    assertThat(IoErrors.bindFailure(ENDPOINT, cause))
        .isInstanceOf(ZmqEndpointException.class)
        .hasMessageStartingWith("tcp://127.0.0.1:5555: ")
        .hasMessageContaining(errno.name())
        .hasCause(cause)
        .extracting(e -> ((ZmqError) e).errno())
        .isEqualTo(errno);
  }

  @Test
  void ofABindWithoutADescriptorAreAResourceException() {
    assertThat(IoErrors.bindFailure(ENDPOINT, new SocketException("Too many open files")))
        .isInstanceOf(ZmqResourceException.class)
        .hasMessageContaining("tcp://127.0.0.1:5555")
        .hasMessageContaining("EMFILE");
  }

  @Test
  void ofABindWithALongPathAreAnArgumentException() {
    assertThat(IoErrors.bindFailure(ENDPOINT, new SocketException("Unix domain path too long")))
        .isInstanceOf(ZmqArgumentException.class)
        .hasMessageContaining("ENAMETOOLONG");
  }
}
