package io.quicmesh.relay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quicmesh.relay.core.RelayLimits;
import io.quicmesh.transport.quic.HandshakeLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayFileTest {

  @TempDir Path directory = Path.of("");

  @Test
  void theExampleShowsTheDefaults() throws IOException {
    RelayFile example = RelayFile.read(Path.of("relay.example.yaml"));

    assertThat(example).isEqualTo(RelayFile.inDirectory(directory));
    assertThat(example.limits()).isEqualTo(RelayLimits.defaults());
    assertThat(example.handshakes()).isEqualTo(HandshakeLimits.defaults());
  }

  @Test
  void whatIsNotNamedKeepsItsDefault() throws IOException {
    write("rates:\n  node-bytes-per-second: 1000000\n");

    RelayFile file = RelayFile.inDirectory(directory);

    RelayLimits.Rates defaults = RelayLimits.defaults().rates();
    assertThat(file.limits().rates())
        .isEqualTo(new RelayLimits.Rates(1_000_000, 0, defaults.pendingBytesPerNodeMax()));
    assertThat(file.limits().circuits()).isEqualTo(RelayLimits.defaults().circuits());
  }

  @Test
  void anEmptyFileChangesNothing() throws IOException {
    write("# nothing\n");

    assertThat(RelayFile.inDirectory(directory).limits()).isEqualTo(RelayLimits.defaults());
  }

  @Test
  void namesFileLineAndKeyOfWhatItDoesNotKnow() throws IOException {
    Path file = write("rates:\n  node-bytes-per-second: 1\n  node-bytes-per-secnd: 1\n");

    assertThatThrownBy(() -> RelayFile.read(file))
        .isInstanceOf(IOException.class)
        .hasMessage(file + ": line 3: unknown key 'node-bytes-per-secnd': see relay.example.yaml");
  }

  @Test
  void namesTheKeyOfAValueThatCannotBe() throws IOException {
    Path file = write("circuits:\n  per-pair-max: 0\n");

    assertThatThrownBy(() -> RelayFile.read(file))
        .hasMessage(file + ": circuits.per-pair-max must be at least 1, not 0");
  }

  @Test
  void refusesWhatIsNoConfiguration() throws IOException {
    Path text = write("just words\n");

    assertThatThrownBy(() -> RelayFile.read(text)).hasMessageContaining("is no configuration");
    assertThatThrownBy(() -> RelayFile.read(directory.resolve("missing")))
        .hasMessageContaining("there is no file");
  }

  private Path write(String text) throws IOException {
    return Files.writeString(directory.resolve("relay.yaml"), text);
  }
}
