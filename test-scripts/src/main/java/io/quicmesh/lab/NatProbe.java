package io.quicmesh.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds out what a NAT does with UDP: how it maps an inside endpoint (RFC 4787 section 4.1), whom
 * it lets answer (section 5), whether it keeps ports and hairpins (section 6).
 *
 * <p>{@code serve ADDRESS1 ADDRESS2 PORT1 PORT2} answers on the four endpoints of a public host;
 * {@code probe ADDRESS1 ADDRESS2 PORT1 PORT2 LOCAL-PORT ORDER} asks them from the inside, the
 * endpoints (0 to 3) in the given order for the mapping, and prints one line of tab-separated
 * words: mapping, answers from the same endpoint, from another port, from another address (yes or
 * no), port kept, hairpin.
 *
 * <p>A request for an answer from elsewhere is answered twice, last from the endpoint that was
 * asked. Paths in a lab keep their order, so what has not come by then was filtered: only silence
 * on all sides needs a timeout. The file needs nothing but the JDK, and runs by itself.
 */
final class NatProbe {
  private static final int SILENCE_MILLIS = 1000;
  private static final int DATAGRAM_BYTES_MAX = 256;

  private final List<InetSocketAddress> servers;

  private NatProbe(List<InetSocketAddress> servers) {
    this.servers = servers;
  }

  /** See the class. */
  public static void main(String[] args) throws IOException {
    List<InetSocketAddress> servers = new ArrayList<>();
    for (String address : List.of(args[1], args[2])) {
      for (String port : List.of(args[3], args[4])) {
        servers.add(new InetSocketAddress(InetAddress.getByName(address), Integer.parseInt(port)));
      }
    }
    NatProbe probe = new NatProbe(servers);
    switch (args[0]) {
      case "serve" -> probe.serve();
      case "probe" -> System.out.println(probe.probe(Integer.parseInt(args[5]), args[6]));
      default -> throw new IllegalArgumentException("serve or probe, not " + args[0]);
    }
  }

  /** Which of the server's endpoints answers, seen from the one that is asked. */
  private enum From {
    SAME(0),
    OTHER_PORT(1),
    OTHER_ADDRESS(2);

    final int distance;

    From(int distance) {
      this.distance = distance;
    }
  }

  private void serve() throws IOException {
    try (Selector selector = Selector.open()) {
      List<DatagramChannel> channels = new ArrayList<>();
      for (InetSocketAddress server : servers) {
        DatagramChannel channel = DatagramChannel.open().bind(server);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, channels.size());
        channels.add(channel);
      }
      System.out.println("nat-probe: ready");
      while (true) {
        selector.select(key -> answer(channels, (Integer) key.attachment()));
      }
    }
  }

  private static void answer(List<DatagramChannel> channels, int asked) {
    try {
      ByteBuffer datagram = ByteBuffer.allocate(DATAGRAM_BYTES_MAX);
      InetSocketAddress client = (InetSocketAddress) channels.get(asked).receive(datagram);
      String request = US_ASCII.decode(datagram.flip()).toString();
      From from = From.valueOf(request);
      String seen = client.getAddress().getHostAddress() + ":" + client.getPort();
      if (from != From.SAME) {
        send(channels.get(asked ^ from.distance), request + " " + seen, client);
      }
      send(channels.get(asked), From.SAME + " " + seen, client);
    } catch (IOException | IllegalArgumentException e) {
      System.err.println("nat-probe: not answered: " + e);
    }
  }

  private static void send(DatagramChannel channel, String text, InetSocketAddress to)
      throws IOException {
    channel.send(ByteBuffer.wrap(text.getBytes(US_ASCII)), to);
  }

  private String probe(int localPort, String order) throws IOException {
    try (DatagramSocket first = open(localPort)) {
      Set<String> mappings = new HashSet<>();
      for (int digit : order.chars().toArray()) {
        Answers answers = ask(first, servers.get(Character.digit(digit, 10)), From.SAME);
        if (answers.mapping.isEmpty()) {
          return String.join("\t", "none", "no", "no", "no", "no", "no");
        }
        mappings.add(answers.mapping);
      }
      boolean otherPort = answered(From.OTHER_PORT, mappings);
      boolean otherAddress = answered(From.OTHER_ADDRESS, mappings);
      String mapping = ask(first, servers.get(0), From.SAME).mapping;
      return String.join(
          "\t",
          mappings.size() == 1 ? "independent" : "dependent",
          "yes",
          yesNo(otherPort),
          yesNo(otherAddress),
          yesNo(mapping.endsWith(":" + localPort)),
          yesNo(hairpins(first, mapping)));
    }
  }

  /**
   * Asks from a new socket for an answer from elsewhere. Whether it came or not, a request to that
   * place must then leave from the same mapping: unasked packets must not make the NAT choose anew.
   * A second mapping is added to the given ones, which makes them dependent.
   */
  private boolean answered(From from, Set<String> mappings) throws IOException {
    try (DatagramSocket socket = open(0)) {
      Answers answers = ask(socket, servers.get(0), from);
      String later = ask(socket, servers.get(from.distance), From.SAME).mapping;
      if (!later.equals(answers.mapping)) {
        mappings.add(later);
      }
      return answers.from.contains(from);
    }
  }

  /** Whether a packet from another inside socket to the outside endpoint comes back in. */
  private boolean hairpins(DatagramSocket first, String mapping) throws IOException {
    int colon = mapping.lastIndexOf(':');
    InetSocketAddress outside =
        new InetSocketAddress(
            InetAddress.getByName(mapping.substring(0, colon)),
            Integer.parseInt(mapping.substring(colon + 1)));
    try (DatagramSocket second = open(0)) {
      ask(second, servers.get(0), From.SAME);
      send(second, From.OTHER_ADDRESS + " hairpin", outside);
      return ask(first, servers.get(0), From.SAME).from.contains(From.OTHER_ADDRESS);
    }
  }

  private static DatagramSocket open(int port) throws IOException {
    DatagramSocket socket = new DatagramSocket(port);
    socket.setSoTimeout(SILENCE_MILLIS);
    return socket;
  }

  /**
   * What came until the asked endpoint itself answered: the mapping that it saw; empty: silence.
   */
  private record Answers(String mapping, Set<From> from) {}

  private static Answers ask(DatagramSocket socket, InetSocketAddress server, From from)
      throws IOException {
    send(socket, from.toString(), server);
    Set<From> answered = new HashSet<>();
    while (true) {
      DatagramPacket packet = new DatagramPacket(new byte[DATAGRAM_BYTES_MAX], DATAGRAM_BYTES_MAX);
      try {
        socket.receive(packet);
      } catch (SocketTimeoutException silence) {
        return new Answers("", answered);
      }
      String[] words = new String(packet.getData(), 0, packet.getLength(), US_ASCII).split(" ", 2);
      answered.add(From.valueOf(words[0]));
      if (From.valueOf(words[0]) == From.SAME) {
        return new Answers(words[1], answered);
      }
    }
  }

  private static void send(DatagramSocket socket, String text, InetSocketAddress to)
      throws IOException {
    byte[] bytes = text.getBytes(US_ASCII);
    socket.send(new DatagramPacket(bytes, bytes.length, to));
  }

  private static String yesNo(boolean value) {
    return value ? "yes" : "no";
  }
}
