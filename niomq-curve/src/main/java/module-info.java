/**
 * CURVE for {@code io.niomq}. The library finds it; keys are made with {@link
 * io.niomq.curve.Curve}.
 */
module io.niomq.curve {
  requires io.niomq;
  requires org.bouncycastle.provider;

  exports io.niomq.curve;

  provides io.niomq.internal.security.CurveProvider with
      io.niomq.curve.internal.BouncyCastleCurve;
}
