package io.quicmesh.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quicmesh.transport.identity.StateFiles;
import io.quicmesh.transport.wire.Opaque;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevocationFilesTest {

  @TempDir Path directory;

  private final TestNetwork network = new TestNetwork();
  private final TestNetwork other = new TestNetwork();
  private RevocationFiles files;

  @BeforeEach
  void open() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    files = new RevocationFiles(new StateFiles(), directory);
  }

  @Test
  void keepsTheNewestListOfEveryNetwork() throws IOException {
    Opaque newest = network.revocations(2);
    Opaque foreign = other.revocations(1);
    files.keep(network.id(), network.revocations(1));
    files.keep(network.id(), newest);
    files.keep(other.id(), foreign);

    assertThat(files.load())
        .hasSize(2)
        .containsEntry(network.id(), newest)
        .containsEntry(other.id(), foreign);
  }

  @Test
  void hasNothingInANewDirectory() throws IOException {
    assertThat(files.load()).isEmpty();
  }

  @Test
  void leavesOutWhatTheNetworkHasNotSigned() throws IOException {
    Opaque good = other.revocations(1);
    files.keep(other.id(), good);
    files.keep(network.id(), other.revocations(1));
    Path torn = directory.resolve("revocations/whatever.bin");
    Files.createFile(
        torn, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));

    assertThat(files.load()).hasSize(1).containsEntry(other.id(), good);
  }

  @Test
  void refusesAFileThatOthersMayRead() throws IOException {
    files.keep(network.id(), network.revocations(1));
    Path file = directory.resolve("revocations").resolve(network.id() + ".bin");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    assertThatThrownBy(files::load)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("chmod 600");
  }
}
