package io.quicmesh.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

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
}
