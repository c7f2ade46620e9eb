package io.niomq.curve.internal;

import io.niomq.internal.security.CurveProvider;
import io.niomq.internal.security.Mechanism;
import io.niomq.internal.security.Metadata;

/** For the library's own use, which finds it by {@code ServiceLoader}. */
public final class BouncyCastleCurve implements CurveProvider {
  /** For the service loader. */
  public BouncyCastleCurve() {}

  @Override
  public Mechanism client(Metadata own, byte[] publicKey, byte[] secretKey, byte[] serverKey) {
    return new CurveClient(own, publicKey, secretKey, serverKey);
  }

  @Override
  public Mechanism server(Metadata own, byte[] secretKey) {
    return new CurveServer(own, secretKey);
  }

  @Override
  public byte[] publicKey(byte[] secretKey) {
    return Box.publicKey(secretKey);
  }
}
