package io.quicmesh.transport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.WireException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RevocationBookTest {

  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

  private final CertificateAuthority authority = CertificateAuthority.create(NOW);
  private final CertificateAuthority foreign = CertificateAuthority.create(NOW);
  private final RevocationBook book = new RevocationBook();

  @Test
  void knowsTheRevokedKeysOfItsNetworkOnly() throws Exception {
    book.offer(list(authority, 1, key(1)), authority.network());

    assertThat(book.contains(authority.network(), key(1))).isTrue();
    assertThat(book.contains(authority.network(), key(2))).isFalse();
    assertThat(book.contains(foreign.network(), key(1))).isFalse();
  }

  @Test
  void takesOnlyNewerLists() throws Exception {
    byte[] second = list(authority, 2, key(1), key(2));

    assertThat(book.offer(second, authority.network())).isTrue();
    assertThat(book.offer(second, authority.network())).isFalse();
    assertThat(book.offer(list(authority, 1), authority.network())).isFalse();

    assertThat(book.contains(authority.network(), key(1))).isTrue();
    RevocationBook.Entry newest = book.newest(authority.network());
    assertThat(newest).isNotNull();
    assertThat(newest.signed()).isEqualTo(Opaque.of(second));
    assertThat(newest.list().number()).isEqualTo(2);
  }

  @Test
  void refusesAListOfAnotherAuthority() {
    assertThatThrownBy(() -> book.offer(list(foreign, 1, key(1)), authority.network()))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("of another network");
    assertThat(book.newest(authority.network())).isNull();
  }

  @Test
  void refusesEveryAlterationAndTruncation() {
    byte[] signed = list(authority, 1, key(1), key(2));

    for (int i = 0; i < signed.length; i++) {
      byte[] altered = signed.clone();
      altered[i] ^= 1;
      byte[] cut = Arrays.copyOf(signed, i);
      assertThatThrownBy(() -> book.offer(altered, authority.network()))
          .as("byte %d", i)
          .isInstanceOf(WireException.class);
      assertThatThrownBy(() -> book.offer(cut, authority.network()))
          .isInstanceOf(WireException.class);
    }
  }

  @Test
  void theLongestListFitsIntoOneControlMessage() throws Exception {
    Fingerprint[] keys = new Fingerprint[RevocationList.KEYS_MAX];
    Arrays.setAll(keys, RevocationBookTest::key);

    byte[] signed = list(authority, 1, keys);

    assertThat(signed.length).isLessThan(0xffff - 1);
    assertThat(RevocationList.open(signed, authority.network()).keys()).hasSize(keys.length);
  }

  private static byte[] list(CertificateAuthority authority, long number, Fingerprint... keys) {
    Set<Fingerprint> set = new HashSet<>(Arrays.asList(keys));
    return new RevocationList(authority.network(), number, NOW, set).sign(authority);
  }

  private static Fingerprint key(int number) {
    return Fingerprint.of(ByteBuffer.allocate(Fingerprint.BYTES).putInt(number).array());
  }
}
