package io.quicmesh.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ConfigChangeTest {

  private static ConfigChange between(String before, String after) throws ConfigException {
    return ConfigChange.between(ConfigFile.parse("a", before), ConfigFile.parse("b", after));
  }

  @Test
  void sameFilesHaveNoChange() throws ConfigException {
    assertThat(between(ConfigFile.sample(), ConfigFile.sample()).whileRunning()).isEmpty();
    assertThat(between(ConfigFile.sample(), ConfigFile.sample()).onRestart()).isEmpty();
  }

  @Test
  void tellsApartWhatCanChangeWhileRunningAndWhatNeedsARestart() throws ConfigException {
    ConfigChange change =
        between(
            "tap:\n  mtu: 1500\nlog:\n  level: info\n",
            """
            tap:
              mtu: 9000
            log:
              level: debug
            direct:
              peers: ['192.0.2.1:4500']
              retry-first: 9s
            switching:
              ageing: 10s
              macs: 100
            """);

    assertThat(change.whileRunning())
        .containsExactly("direct.peers", "log.level", "switching.ageing");
    assertThat(change.onRestart())
        .containsExactly("direct.retry-first", "switching.macs", "tap.mtu");
  }

  @Test
  void whatIsTakenOverIsNoChangeAnyMoreAndTheRestIs() throws ConfigException {
    NodeConfig before = ConfigFile.parse("a", "tap:\n  mtu: 1500\n");
    NodeConfig after = ConfigFile.parse("b", "tap:\n  mtu: 9000\nlog:\n  format: json\n");

    ConfigChange again = ConfigChange.between(before.withLive(after), after);

    assertThat(again.whileRunning()).isEmpty();
    assertThat(again.onRestart()).containsExactly("tap.mtu");
  }
}
