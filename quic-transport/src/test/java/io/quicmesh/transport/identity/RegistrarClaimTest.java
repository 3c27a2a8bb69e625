package io.quicmesh.transport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.WireException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RegistrarClaimTest {

  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

  private final CertificateAuthority authority = CertificateAuthority.create(NOW);
  private final CertificateAuthority foreign = CertificateAuthority.create(NOW);
  private final Fingerprint node = Fingerprint.of(ByteBuffer.allocate(32).putInt(7).array());

  @Test
  void saysWhichNodeInWhichRunIsTheRegistrar() throws WireException {
    RegistrarClaim claim = new RegistrarClaim(authority.network(), node, 42);

    assertThat(RegistrarClaim.open(claim.sign(authority), authority.network())).isEqualTo(claim);
  }

  @Test
  void refusesTheWordOfAnotherAuthority() {
    byte[] signed = new RegistrarClaim(foreign.network(), node, 42).sign(foreign);

    assertThatThrownBy(() -> RegistrarClaim.open(signed, authority.network()))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("of another network");
  }

  @Test
  void refusesAnotherKindOfDocument() {
    byte[] list = new RevocationList(authority.network(), 1, NOW, Set.of(node)).sign(authority);

    assertThatThrownBy(() -> RegistrarClaim.open(list, authority.network()))
        .isInstanceOf(WireException.class);
  }

  @Test
  void refusesEveryAlterationAndTruncation() {
    byte[] signed = new RegistrarClaim(authority.network(), node, 42).sign(authority);

    for (int i = 0; i < signed.length; i++) {
      byte[] altered = signed.clone();
      altered[i] ^= 1;
      byte[] cut = Arrays.copyOf(signed, i);
      assertThatThrownBy(() -> RegistrarClaim.open(altered, authority.network()))
          .isInstanceOf(WireException.class);
      assertThatThrownBy(() -> RegistrarClaim.open(cut, authority.network()))
          .isInstanceOf(WireException.class);
    }
  }
}
