package io.niomq.internal.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From host texts to addresses and back. */
class HostsTest {

  @Nested
  class Literals {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "255.255.255.255", "10.20.199.249"})
    void areFourDecimalOctets(String host) throws Exception {
      assertThat(Hosts.isLiteral(host)).isTrue();
      assertThat(Hosts.literal(host).getHostAddress()).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"localhost", "127.1", "256.0.0.1", "1.2.3.4.5", "1.2.3.4.", "01.2.3.4", "eth0"})
    void areNothingElse(String host) {
      assertThat(Hosts.isLiteral(host)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"::", "::1", "fd00::1", "2001:db8:0:0:1:0:0:1", "::ffff:1.2.3.4"})
    void areIpv6AddressesToo(String host) {
      assertThat(Hosts.isLiteral(host)).isTrue();
      assertThat(Hosts.isIpv6Literal(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {":", "1::2::3", "g::1", "1:2:3", "::12345", "::1:", "::ffff:010.0.0.1"})
    void areNotWhatOnlyLooksLikeIpv6(String host) {
      assertThat(Hosts.isIpv6Literal(host)).isFalse();
    }

    @Test
    void areUnknownWithTheZoneOfNoInterface() {
      assertThatExceptionOfType(UnknownHostException.class)
          .isThrownBy(() -> Hosts.literal("fe80::1%nosuchif0"));
    }
  }

  @Nested
  class NumericTexts {
    @ParameterizedTest
    @CsvSource({
      "127.0.0.1, 127.0.0.1",
      "0:0:0:0:0:0:0:0, ::",
      "0:0:0:0:0:0:0:1, ::1",
      "1:0:0:0:0:0:0:0, 1::",
      "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
      "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
      "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
      "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
      "2001:0DB8:0:0:8:800:200C:417A, 2001:db8::8:800:200c:417a",
      "fe80:0:0:0:0:0:0:1, fe80::1"
    })
    void areShortenedAsRfc5952Says(String address, String expected) throws Exception {
      assertThat(Hosts.numeric(InetAddress.getByName(address))).isEqualTo(expected);
    }

    @Test
    void nameTheZoneOfALinkLocalAddressOnly() throws Exception {
      NetworkInterface some = NetworkInterface.networkInterfaces().findFirst().orElseThrow();

      assertThat(Hosts.numeric(InetAddress.getByName("fe80::1%" + some.getIndex())))
          .isEqualTo("fe80::1%" + some.getName());
      assertThat(Hosts.numeric(InetAddress.getByName("fd00::1%" + some.getIndex())))
          .isEqualTo("fd00::1");
    }
  }

  @Nested
  class Choice {
    private final InetAddress ipv4 = address("192.0.2.1");
    private final InetAddress ipv6 = address("2001:db8::1");
    private final InetAddress linkLocal = address("fe80::1");

    @Test
    void isTheFirstIpv4WithoutTheOption() {
      assertThat(Hosts.choose(List.of(ipv6, ipv4, address("192.0.2.2")), false)).isEqualTo(ipv4);
    }

    @Test
    void isNoneWithoutIpv4AndWithoutTheOption() {
      assertThat(Hosts.choose(List.of(ipv6), false)).isNull();
    }

    @Test
    void isIpv6FirstWithTheOption() {
      assertThat(Hosts.choose(List.of(ipv4, ipv6), true)).isEqualTo(ipv6);
      assertThat(Hosts.choose(List.of(ipv4), true)).isEqualTo(ipv4);
    }

    @Test
    void isALinkLocalAddressOnlyWithoutAnother() {
      assertThat(Hosts.choose(List.of(linkLocal, ipv6), true)).isEqualTo(ipv6);
      assertThat(Hosts.choose(List.of(linkLocal, ipv4), true)).isEqualTo(linkLocal);
    }

    private static InetAddress address(String literal) {
      try {
        return InetAddress.getByName(literal);
      } catch (UnknownHostException e) {
        throw new AssertionError(e);
      }
    }
  }
}
