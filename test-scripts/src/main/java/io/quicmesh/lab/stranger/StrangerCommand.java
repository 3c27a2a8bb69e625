package io.quicmesh.lab.stranger;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Sends to a server what somebody can who saw all packets of one of its connections. */
@Command(
    name = "stranger",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Sends to the server of a connection, from ports of this host, copies of the client's packets",
      "and garbage that bears the connection's ids. Counts for each kind what comes back until 2 s",
      "after the last one: challenges of the gate, and everything else as QUIC's.",
      "Prints one JSON object."
    })
public final class StrangerCommand implements Callable<Integer> {

  @Option(
      names = "--capture",
      required = true,
      paramLabel = "FILE",
      description = "pcap of the server's link, begun before the connection")
  private Path capture = Path.of("");

  @Option(names = "--server", required = true, paramLabel = "ADDRESS", description = "IPv4")
  private String server = "";

  @Option(names = "--port", required = true, description = "the server's UDP port")
  private int port;

  @Option(
      names = "--connection",
      required = true,
      paramLabel = "ID",
      description = "the id that the server chose, in hex")
  private String id = "";

  @Option(names = "--seed", description = "of the garbage (default: ${DEFAULT-VALUE})")
  private long seed = 1;

  @Override
  public Integer call() throws IOException {
    InetSocketAddress to = new InetSocketAddress(InetAddress.getByName(server), port);
    SeenConnection seen;
    try {
      seen = SeenConnection.find(UdpCapture.read(capture), to, HexFormat.of().parseHex(id));
    } catch (IllegalArgumentException e) {
      System.err.println("stranger: " + e.getMessage() + ": " + capture + ", " + to + ", " + id);
      return 1;
    }
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("connection_id", id);
    report.put("retried", seen.retried());
    report.put("first_ids", seen.firstIds().stream().map(HexFormat.of()::formatHex).toList());
    try (Shots shots = new Shots(to)) {
      var tallies = shots.send(Volley.against(seen, new Random(seed)));
      report.put("challenges_in_a_second_max", shots.challengesInASecondMax());
      report.put("kinds", tallies.stream().map(Tally::report).toList());
    }
    System.out.println(new ObjectMapper().writeValueAsString(report));
    return 0;
  }
}
