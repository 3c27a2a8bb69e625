package io.quicmesh.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quicmesh.transport.quic.TransportConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigFileTest {

  @Test
  void everyKeyButOneMayBeMissing() throws ConfigException {
    NodeConfig config = ConfigFile.parse("test.yaml", "tap:\n  mtu: 9000\n");

    assertThat(config.tap().mtuBytes()).isEqualTo(9000);
    assertThat(config.isMobile()).isFalse();
    assertThat(config.health()).isEqualTo(NodeConfig.DEFAULTS.health());
  }

  @Test
  void aHostThatMovesSaysSo() throws ConfigException {
    NodeConfig config = ConfigFile.parse("test.yaml", "mobile: true\n");

    assertThat(config.isMobile()).isTrue();
  }

  @Test
  void theSampleMeansWhatAnEmptyFileMeans() throws ConfigException {
    NodeConfig sample = ConfigFile.parse("sample", ConfigFile.sample());

    assertThat(sample.isMobile()).isEqualTo(NodeConfig.DEFAULTS.isMobile());
    assertThat(sample.tap().mtuBytes()).isEqualTo(NodeConfig.DEFAULTS.tap().mtuBytes());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tap:\n  mtu: 70000\n",
        "tap:\n  queue-frames: 0\n",
        "quic:\n  payload-max: 100\n",
        "quic:\n  congestion: reno\n",
        "quic:\n  key-log: ''\n",
        "session:\n  lanes: 17\n",
        "switching:\n  macs: 1\n"
      })
  void namesTheKeyOfAValueOutOfRange(String text) throws ConfigException {
    NodeConfig config = ConfigFile.parse("test.yaml", text);
    String key = text.replace(":\n  ", ".").replaceAll(":.*\n", "");

    assertThatThrownBy(() -> NodeSettingsReader.read("test.yaml", config))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(key)
        .hasMessageContaining("must be");
  }

  @Test
  void congestionControlCanBeChosen() throws ConfigException {
    NodeConfig config = ConfigFile.parse("test.yaml", "quic:\n  congestion: bbr\n");

    assertThat(config.quic().transport().congestion()).isEqualTo(TransportConfig.Congestion.BBR);
  }

  @Test
  void secretsAreWrittenOnlyWhereAFileIsNamed() throws ConfigException {
    NodeConfig config = ConfigFile.parse("test.yaml", "quic:\n  key-log: /tmp/keys\n");

    assertThat(config.quic().keyLogFile()).isEqualTo(Path.of("/tmp/keys"));
    assertThat(NodeConfig.DEFAULTS.quic().keyLogFile()).isNull();
    assertThat(ConfigFile.parse("sample", ConfigFile.sample()).quic().keyLogFile()).isNull();
  }
}
