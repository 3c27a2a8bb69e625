package io.quicmesh.transport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quicmesh.transport.wire.Opaque;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityFileTest {

  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

  @TempDir Path temporary;
  private Path path;
  private final StateFiles files = new StateFiles();

  @BeforeEach
  void makeDirectory() throws IOException {
    Path directory = temporary.resolve("state");
    files.ensureDirectory(directory);
    path = directory.resolve("node.pem");
  }

  @Test
  void readsBackWhatItWrote() throws IOException {
    CertificateAuthority authority = CertificateAuthority.create(NOW);
    KeyPair pair = Keys.generate();
    TransportIdentity identity =
        new TransportIdentity(
            pair.getPrivate(), authority.issue(pair.getPublic(), NOW, Duration.ofDays(30)));

    new IdentityFile(files, path).write(identity);
    TransportIdentity read = new IdentityFile(files, path).read();

    assertThat(read.chain()).isEqualTo(identity.chain());
    assertThat(read.key().getEncoded()).isEqualTo(identity.key().getEncoded());
  }

  @Test
  void keepsADocumentBesideTheKey() throws IOException {
    Opaque document = Opaque.of(new byte[] {1, 2, 3});
    TransportIdentity identity = Certificates.selfSigned(Keys.generate(), NOW);

    new IdentityFile(files, path).store(new IdentityFile.Content(identity, document));

    assertThat(new IdentityFile(files, path).load().document()).isEqualTo(document);
    assertThat(new IdentityFile(files, path).read().chain()).isEqualTo(identity.chain());
  }

  @Test
  void saysThatATornFileIsDamaged() throws IOException {
    new IdentityFile(files, path).write(Certificates.selfSigned(Keys.generate(), NOW));
    byte[] whole = files.read(path);

    for (int length = 0; length < whole.length - 1; length += 7) {
      files.replace(path, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> new IdentityFile(files, path).read())
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(path + " is damaged: ")
          .hasMessageEndingWith("restore it from a backup, or remove it and start anew");
    }
  }

  @Test
  void refusesAKeyThatIsNotTheCertificates() throws IOException {
    TransportIdentity one = Certificates.selfSigned(Keys.generate(), NOW);
    TransportIdentity other = Certificates.selfSigned(Keys.generate(), NOW);
    new IdentityFile(files, path).write(new TransportIdentity(one.key(), List.of(other.leaf())));

    assertThatThrownBy(() -> new IdentityFile(files, path).read())
        .hasMessageContaining("its key is not the one of its certificate");
  }

  @Test
  void doesNotRegisterAProvider() {
    Certificates.selfSigned(Keys.generate(), NOW);

    assertThat(java.security.Security.getProvider("BC")).isNull();
  }
}
