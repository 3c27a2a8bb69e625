package io.quicmesh.transport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quicmesh.transport.wire.WireException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CertificateChainTest {

  private final CertificateAuthority authority = CertificateAuthority.create(Instant.now());
  private final List<X509Certificate> chain =
      authority.issue(Keys.generate().getPublic(), Instant.now(), Duration.ofHours(1));

  @Test
  void readsWhatItWrote() throws WireException {
    assertThat(CertificateChain.decode(CertificateChain.encode(chain))).isEqualTo(chain);
  }

  @Test
  void refusesWhatIsCutShortOrTooLong() {
    byte[] bytes = CertificateChain.encode(chain);
    byte[] many = bytes.clone();
    many[0] = 3;

    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> CertificateChain.decode(cut)).isInstanceOf(WireException.class);
    }
    assertThatThrownBy(() -> CertificateChain.decode(many)).isInstanceOf(WireException.class);
  }

  @Test
  void refusesWhatIsNoCertificate() {
    assertThatThrownBy(() -> CertificateChain.decode(new byte[] {1, 0, 3, 1, 2, 3}))
        .isInstanceOf(WireException.class);
  }
}
