package io.quicmesh.lab.bulk;

import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the QUIC codec does without quicmesh: no TAP device, no session, zeros for bytes. */
@Command(
    name = "bulk",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Carries zeros over one stream of the bare QUIC codec.",
      "Without --to it receives on the port and prints 'bulk: ready' when it can.",
      "With --to it sends, prints 'bulk: warm' after --warm seconds and, after --seconds more,",
      "'bulk: X Gbit/s', counted as the codec took the bytes. Both run until SIGTERM."
    })
public final class BulkCommand implements Callable<Integer> {

  @Parameters(paramLabel = "PORT", description = "UDP port of the receiver")
  private int port;

  @Option(names = "--to", paramLabel = "ADDRESS", description = "of the receiver")
  private String to = "";

  @Option(names = "--warm", description = "seconds before it counts (default: ${DEFAULT-VALUE})")
  private int warmSeconds = 20;

  @Option(names = "--seconds", description = "that it counts (default: ${DEFAULT-VALUE})")
  private int seconds = 2;

  @Override
  public Integer call() throws Exception {
    try (BulkEnd end = new BulkEnd()) {
      if (to.isEmpty()) {
        end.receive(port);
        System.out.println("bulk: ready");
      } else {
        send(end);
      }
      Thread.currentThread().join();
      return 0;
    }
  }

  private void send(BulkEnd end) throws Exception {
    end.send(new InetSocketAddress(to, port));
    TimeUnit.SECONDS.sleep(warmSeconds);
    System.out.println("bulk: warm");
    long bytesBefore = end.bytesSent();
    long before = System.nanoTime();
    TimeUnit.SECONDS.sleep(seconds);
    long bytes = end.bytesSent() - bytesBefore;
    double elapsedSeconds = (System.nanoTime() - before) / 1e9;
    System.out.printf(Locale.ROOT, "bulk: %.3f Gbit/s%n", bytes * 8 / elapsedSeconds / 1e9);
  }
}
