package io.quicmesh.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quicmesh.relay.cli.Colours;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

final class TerminalTest {

  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  private static final String LONG_ADDRESS = "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:65535";

  private static String shown(String json, boolean coloured, BiConsumer<Terminal, JsonNode> text)
      throws IOException {
    StringWriter out = new StringWriter();
    JsonNode answer = new ObjectMapper().readTree(json.replace('\'', '"'));
    text.accept(new Terminal(new PrintWriter(out, true), new Colours(coloured), NOW), answer);
    return out.toString();
  }

  private static String shown(String json, BiConsumer<Terminal, JsonNode> text) throws IOException {
    String shown = shown(json, false, text);
    assertThat(shown.lines()).allMatch(line -> line.length() <= 80);
    return shown;
  }

  @Test
  void peersFitTheTerminalWithTheLongestNamesAndAddresses() throws IOException {
    String name = "a".repeat(63);

    String shown =
        shown(
            ("{'peers': [{'name': '%s', 'overlay_address': 'fd00:1:2:3:4:5:6:7/64', 'state': 'up',"
                    + " 'carrier': 'direct', 'rtt_ms': 12345678.9, 'loss': 0.25,"
                    + " 'since': '2026-11-20T11:59:18Z'}]}")
                .formatted(name),
            Tables::peers);

    assertThat(shown).contains("PEER", "aa..aa", "direct", "12345.7s", "25.0%", "42s");
  }

  @Test
  void connectionsKeepThePortOfALongAddress() throws IOException {
    String shown =
        shown(
            ("{'connections': {'c': {'connection_id': '00112233445566778899', 'kind': 'direct',"
                    + " 'role': 'client', 'peer': 'alice-in-the-laboratory', 'remote_addr': '%s',"
                    + " 'migration_count': 12345, 'migration_state': 'MIGRATING'}}}")
                .formatted(LONG_ADDRESS),
            Tables::connections);

    assertThat(shown).contains("0011223344", "]:65535", "MIGRATING");
  }

  @Test
  void migrationsAndHandoversFit() throws IOException {
    assertThat(
            shown(
                ("[{'timestamp': '2026-11-20T10:00:00Z', 'connection_id': '00112233445566778899',"
                        + " 'old_addr': '%s', 'new_addr': '%s', 'cause': 'uplink-changed',"
                        + " 'gap_ms': 23.456}]")
                    .formatted(LONG_ADDRESS, LONG_ADDRESS),
                Tables::migrations))
        .contains("2h", "23.46ms");
    assertThat(
            shown(
                ("[{'time': '2026-11-20T11:59:58Z', 'peer': 'bob', 'from': 'relay:%s', 'to':"
                        + " 'direct', 'cause': 'prefer-direct', 'result': 'done', 'steps': [{'name':"
                        + " 'CONNECTING', 'ms': 20.5}, {'name': 'MIGRATING', 'ms': 1.5}], 'gap_ms':"
                        + " null}]")
                    .formatted(LONG_ADDRESS),
                Tables::handovers))
        .contains("prefer-direct", "done", "22.00ms", " -");
  }

  @Test
  void statusSaysInOneLineWhetherAllIsWell() throws IOException {
    String shown =
        shown(
            ("{'summary': 'relay %s is down: no address of it answered in the time that it has, and"
                    + " nobody else is there', 'healthy': false, 'node': 'alice', 'id':"
                    + " 'abcdefghijklmnop', 'network': 'qrstuvwxyz', 'version': '0.1.0', 'uptime_s':"
                    + " 3661, 'tap': {'name': 'qm0', 'mac': '02:00:00:00:00:01', 'mtu': 1500,"
                    + " 'frames_in': 1, 'frames_out': 2, 'dropped': {'tap_ring': 3, 'no_peer': 0}},"
                    + " 'relays': [{'address': '%s', 'state': 'down', 'rtt_ms': null, 'reason': 'the"
                    + " name of the relay is not known to the resolver of this host'}], 'peers_up': 0,"
                    + " 'peers_total': 1}")
                .formatted(LONG_ADDRESS, LONG_ADDRESS),
            Answers::status);

    assertThat(shown.lines().findFirst().orElse("")).startsWith("relay [2001:db8");
    assertThat(shown).contains("1h1m1s", "dropped   tap_ring 3", "peers     0 of 1 up");
    assertThat(shown).doesNotContain("no_peer");
  }

  @Test
  void whyWrapsLongReasons() throws IOException {
    String shown =
        shown(
            ("{'peer': 'bob', 'carrier': 'relay:%s', 'since': '2026-11-20T11:00:00Z', 'decision':"
                    + " 'no direct connection came up, because every one of the addresses that bob"
                    + " is known at timed out; stay on relay', 'candidates': [{'address': '%s',"
                    + " 'kind': 'observed', 'result': 'timed-out', 'rtt_ms': null}], 'next_retry':"
                    + " '2026-11-20T12:00:30Z'}")
                .formatted("198.51.100.7:4433", LONG_ADDRESS),
            Answers::why);

    assertThat(shown)
        .startsWith("bob is on relay:198.51.100.7:4433, since 1h ago\n  no direct connection")
        .contains("timed-out", "next try of a direct connection in 30s");
  }

  @Test
  void onlyColoursNeedEscapes() throws IOException {
    String peers =
        "{'peers': [{'name': 'bob', 'overlay_address': '', 'state': 'down', 'carrier': 'none',"
            + " 'rtt_ms': null, 'loss': null, 'since': null}]}";

    assertThat(shown(peers, true, Tables::peers)).contains("\u001b[31mdown\u001b[0m");
    assertThat(shown(peers, false, Tables::peers)).doesNotContain("\u001b");
  }

  @Test
  void oneMovedConnectionAndAllLookTheSame() throws IOException {
    String one =
        "{'connection_id': '0011223344556677', 'old_addr': '192.0.2.1:5', 'new_addr':"
            + " '192.0.2.1:6', 'gap_ms': 1.5}";

    String line = "moved     0011223344 from 192.0.2.1:5 to 192.0.2.1:6, gap 1.50ms\n";
    assertThat(shown(one, Answers::moved)).isEqualTo(line);
    assertThat(shown("{'migrations': [" + one + ", " + one + "]}", Answers::moved))
        .isEqualTo(line + line);
  }
}
