package io.niomq.interop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a {@link LibzmqPeer}: one process for all of them, emptied after each. Where there is
 * no libzmq for Python the tests are skipped, and one line on standard error says so; in CI they
 * fail.
 */
final class Libzmq
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(Libzmq.class);

  @Override
  public void beforeAll(ExtensionContext testClass) {
    String missing = shared(testClass).missing;
    if (missing != null && "true".equals(System.getenv("CI"))) {
      throw new AssertionError(missing);
    }
  }

  @Override
  public void beforeEach(ExtensionContext test) {
    String missing = shared(test).missing;
    assumeTrue(missing == null, missing);
  }

  @Override
  public void afterEach(ExtensionContext test) throws IOException {
    shared(test).tidy();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
    return parameter.getParameter().getType() == LibzmqPeer.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
    return shared(test).peer;
  }

  private static Shared shared(ExtensionContext context) {
    return context.getRoot().getStore(NAMESPACE).getOrComputeIfAbsent(Shared.class);
  }

  /** The process of the whole run, and whether it could be started. */
  static final class Shared implements ExtensionContext.Store.CloseableResource {
    private LibzmqPeer peer;
    private String missing;

    Shared() {
      try {
        peer = LibzmqPeer.start();
      } catch (IOException e) {
        missing =
            "no interop test with libzmq can run: install Debian's python3-zmq ("
                + e.getMessage().strip()
                + ")";
        System.err.println("NioMQ interop: " + missing);
      }
    }

    void tidy() throws IOException {
      if (peer == null) {
        return;
      }
      if (peer.isFree()) {
        peer.reset();
      } else { // a test failed in the middle of a command
        peer.kill();
        peer.close();
        peer = LibzmqPeer.start();
      }
    }

    @Override
    public void close() {
      if (peer != null) {
        peer.close();
      }
    }
  }
}
