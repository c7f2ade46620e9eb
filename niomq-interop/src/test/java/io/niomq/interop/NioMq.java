package io.niomq.interop;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives each test the {@link NioSockets} it asks for, and closes them after it. */
final class NioMq implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(NioMq.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
    return parameter.getParameter().getType() == NioSockets.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
    return test.getStore(NAMESPACE).getOrComputeIfAbsent(NioSockets.class);
  }
}
