package io.quicmesh.transport.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.WireException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class EstablishedTest {

  private static final InetSocketAddress IPV4 = new InetSocketAddress("198.51.100.7", 1);
  private static final InetSocketAddress IPV6 = new InetSocketAddress("2001:db8::7", 65535);

  @Test
  void isReadAsItWasWritten() throws WireException {
    Established all = greeting(IPV6, List.of(IPV4, IPV6));
    Established least = greeting(null, List.of());

    assertThat(Established.decode(all.encode())).isEqualTo(all);
    assertThat(Established.decode(least.encode())).isEqualTo(least);
  }

  @Test
  void ignoresWhatALaterVersionAppended() throws WireException {
    Established greeting = greeting(IPV4, List.of(IPV6));
    byte[] bytes = greeting.encode();

    assertThat(Established.decode(Arrays.copyOf(bytes, bytes.length + 9))).isEqualTo(greeting);
  }

  @Test
  void isRefusedWhenCutShort() {
    byte[] bytes = greeting(IPV4, List.of(IPV6)).encode();

    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> Established.decode(cut)).isInstanceOf(WireException.class);
    }
  }

  @Test
  void tellsThirtyCandidatesAtMostAndRefusesMore() throws WireException {
    List<InetSocketAddress> many = Collections.nCopies(31, IPV4);
    byte[] bytes = greeting(null, many).encode();

    assertThat(Established.decode(bytes).candidates()).hasSize(30);
    bytes[23] = 31;
    assertThatThrownBy(() -> Established.decode(bytes)).hasMessage("too many candidates");
  }

  private static Established greeting(
      @Nullable InetSocketAddress observed, List<InetSocketAddress> candidates) {
    Opaque membershipRecord = Opaque.of(new byte[] {1, 2, 3});
    return new Established(
        1, -1, Long.MIN_VALUE, 9000, 1000, 3600, observed, candidates, membershipRecord);
  }
}
