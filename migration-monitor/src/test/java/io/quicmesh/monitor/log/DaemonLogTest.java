package io.quicmesh.monitor.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class DaemonLogTest {

  private static final String NAME = "io.quicmesh.node.NodeJournal";

  private final LoggerContext context = new LoggerContext();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private List<String> lines(LogSettings settings, Consumer<DaemonLog> run) {
    context.setMDCAdapter(new LogbackMDCAdapter());
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    try (DaemonLog log = DaemonLog.start(context, out, settings)) {
      run.accept(log);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private Logger logger() {
    return context.getLogger(NAME);
  }

  private static LogSettings settings(boolean isJson, boolean masks) {
    return new LogSettings(isJson, masks, LogLevel.INFO, Map.of());
  }

  @Test
  void writesPlainLines() {
    List<String> lines =
        lines(settings(false, false), log -> logger().info("peer {} peer={}", "up", "bob"));

    assertThat(lines).singleElement().asString().endsWith("Z INFO  NodeJournal peer up peer=bob");
  }

  @Test
  void writesJsonWithTheKeysOfThePatternAsFields() throws IOException {
    List<String> lines =
        lines(
            settings(true, false),
            log -> logger().warn("handover {} peer={} gapMs={}", "done", "bob", 4.5, oops()));

    JsonNode line = new ObjectMapper().readTree(lines.get(0));
    assertThat(line.path("message").asText()).isEqualTo("handover done");
    assertThat(line.path("peer").asText()).isEqualTo("bob");
    assertThat(line.path("gapMs").asDouble()).isEqualTo(4.5);
    assertThat(line.path("level").asText()).isEqualTo("WARN");
    assertThat(line.path("logger").asText()).isEqualTo(NAME);
    assertThat(line.path("exception").asText()).contains("no route");
    assertThat(line.path("time").asText()).endsWith("Z");
  }

  private static IOException oops() {
    return new IOException("no route");
  }

  @Test
  void masksAddressesInBothFormats() {
    for (boolean isJson : new boolean[] {false, true}) {
      bytes.reset();
      List<String> lines =
          lines(
              settings(isJson, true),
              log -> {
                logger().info("moved remote={} again", "[2001:db8::7]:4433");
                logger().info("from 198.51.100.7:4000", oops());
              });

      assertThat(String.join("\n", lines))
          .contains(":4433", "addr-", ":4000")
          .doesNotContain("2001:db8", "198.51.100");
    }
  }

  @Test
  void lettersFromOthersBeginNoLine() {
    List<String> lines =
        lines(settings(false, false), log -> logger().info("refused {}", "x\nINFO all is well\r"));

    assertThat(lines).hasSize(1);
  }

  @Test
  void writesSoManyLinesOfAKindAndNoMore() {
    List<String> lines =
        lines(
            settings(false, false),
            log -> {
              for (int i = 0; i < 10 * FloodLimit.LINES_AT_ONCE; i++) {
                logger().info("refused remote={}", i);
              }
              logger().info("something else");
            });

    assertThat(lines).hasSizeBetween(FloodLimit.LINES_AT_ONCE, 3 * FloodLimit.LINES_AT_ONCE);
    assertThat(lines.get(lines.size() - 1)).endsWith("something else");
  }

  @Test
  void changesLevelsOfPackagesWhileItRuns() {
    List<String> lines =
        lines(
            settings(false, false),
            log -> {
              logger().debug("one");
              log.setLevel("io.quicmesh.node", LogLevel.DEBUG);
              logger().debug("two");
              assertThat(log.state().levels()).containsEntry("io.quicmesh.node", "debug");
              log.setLevel("io.quicmesh.node", null);
              logger().debug("three");
              log.setLevel(null, LogLevel.OFF);
              logger().error("four");
              assertThat(log.state().level()).isEqualTo("off");
              log.set(new LogSettings(false, true, LogLevel.INFO, Map.of(NAME, LogLevel.TRACE)));
              logger().trace("five from 192.0.2.1");
            });

    assertThat(String.join("\n", lines))
        .contains("two", "five from addr-")
        .doesNotContain("one", "three", "four");
  }
}
