package io.quicmesh.lab.stranger;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Keeps a server under the load of handshakes that nobody completes. */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Begins connections to a server again and again, and completes none of them.",
      "Prints 'load: sending' when it has begun, and runs until SIGTERM."
    })
public final class LoadCommand implements Callable<Integer> {

  private static final long ROUND_MILLIS = 20;
  private static final int ID_BYTES = 16;

  @Option(names = "--server", required = true, paramLabel = "ADDRESS", description = "IPv4")
  private String server = "";

  @Option(names = "--port", required = true, description = "the server's UDP port")
  private int port;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "ADDRESS",
      description = "of this host; once for each that takes part")
  private List<String> sources = List.of();

  @Override
  public Integer call() throws IOException, InterruptedException {
    InetSocketAddress to = new InetSocketAddress(InetAddress.getByName(server), port);
    List<DatagramChannel> channels = new ArrayList<>();
    for (String source : sources) {
      InetSocketAddress from = new InetSocketAddress(InetAddress.getByName(source), 0);
      channels.add(DatagramChannel.open().bind(from));
    }
    SecureRandom random = new SecureRandom();
    for (boolean first = true; true; first = false) {
      for (DatagramChannel channel : channels) {
        channel.send(ByteBuffer.wrap(InitialPacket.ping(header(random))), to);
      }
      if (first) {
        System.out.println("load: sending");
      }
      Thread.sleep(ROUND_MILLIS);
    }
  }

  private static InitialPacket.Header header(SecureRandom random) {
    byte[] destinationId = new byte[ID_BYTES];
    byte[] sourceId = new byte[ID_BYTES];
    random.nextBytes(destinationId);
    random.nextBytes(sourceId);
    return new InitialPacket.Header(destinationId, sourceId);
  }
}
