package io.quicmesh.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.quicmesh.tap.link.IpPrefix;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two hosts, each in a namespace with a TAP device, joined by a cable in this process. */
final class TwoHostsIT {
  private static final PooledByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;
  private static final int STREAM_BYTES = 8 << 20;

  private final List<TapDevice> devices = new ArrayList<>();
  private Namespace left;
  private Namespace right;
  private Loop loop;

  @BeforeEach
  void makeHosts() throws Exception {
    left = new Namespace("left");
    right = new Namespace("right");
    loop = new Loop();
  }

  @AfterEach
  void removeHosts() throws Exception {
    devices.forEach(TapDevice::close);
    loop.close();
    left.close();
    right.close();
  }

  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void carriesPingsAndStreamsBetweenAnyModes(boolean leftOffloads, boolean rightOffloads)
      throws Exception {
    Joined joined = join(config(1, leftOffloads), config(2, rightOffloads));

    assertThat(left.exec("ping -c 3 -i 0.2 -W 2 10.77.0.2")).contains(" 0% packet loss");
    assertThat(left.exec("ping -c 3 -i 0.2 -W 2 -s 20000 10.77.0.2")).contains(" 0% packet loss");
    assertThat(left.exec("ping -c 3 -i 0.2 -W 2 fd77::2")).contains(" 0% packet loss");
    assertThatStreamArrives(left, right, "10.77.0.2");
    assertThatStreamArrives(right, left, "10.77.0.1");
    assertThatStreamArrives(left, right, "fd77::2");

    assertThat(loop.call(joined.left::counters).dropped()).isEmpty();
    assertThat(loop.call(joined.right::counters).dropped()).isEmpty();
  }

  @Test
  void readsSuperframesWithOffloadsAndFramesOfTheMtuWithout() throws Exception {
    Joined joined = join(config(1, true), config(2, false));

    assertThatStreamArrives(left, right, "10.77.0.2");
    TapCounters offloaded = loop.call(joined.left::counters);
    assertThatStreamArrives(right, left, "10.77.0.1");
    TapCounters plain = loop.call(joined.right::counters);

    assertThat(offloaded.bytesIn() / offloaded.framesIn()).isGreaterThan(3_000);
    assertThat(plain.bytesIn() / plain.framesIn()).isLessThanOrEqualTo(1_514);
  }

  @ParameterizedTest
  @CsvSource({"true,true", "true,false"})
  void carriesJumboFrames(boolean leftOffloads, boolean rightOffloads) throws Exception {
    join(config(1, leftOffloads).withMtuBytes(9000), config(2, rightOffloads).withMtuBytes(9000));

    assertThat(left.exec("ping -c 3 -i 0.2 -W 2 -M do -s 8972 10.77.0.2"))
        .contains(" 0% packet loss");
    assertThatStreamArrives(left, right, "10.77.0.2");
    assertThatStreamArrives(right, left, "10.77.0.1");
  }

  private record Joined(TapDevice left, TapDevice right) {}

  private Joined join(TapConfig leftConfig, TapConfig rightConfig) throws Exception {
    TapDevice a = left.call(() -> TapDevice.open(leftConfig, ALLOCATOR));
    devices.add(a);
    TapDevice b = right.call(() -> TapDevice.open(rightConfig, ALLOCATOR));
    devices.add(b);
    a.start(loop.get(), new Pump(b)).get();
    b.start(loop.get(), new Pump(a)).get();
    return new Joined(a, b);
  }

  private static TapConfig config(int host, boolean offloads) throws TapException {
    TapConfig config =
        TapConfig.named("qtap0")
            .withAddresses(
                List.of(
                    IpPrefix.parse("10.77.0." + host + "/24"),
                    IpPrefix.parse("fd77::" + host + "/64")));
    return offloads ? config : config.withoutOffloads();
  }

  /** Sends random bytes over TCP and compares what comes out. */
  private static void assertThatStreamArrives(Namespace from, Namespace to, String address)
      throws Exception {
    byte[] content = new byte[STREAM_BYTES];
    new Random(7).nextBytes(content);
    ServerSocket server = to.call(() -> new ServerSocket(0));
    CompletableFuture<byte[]> received = CompletableFuture.supplyAsync(() -> digestOne(server));

    from.call(
        () -> {
          try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, server.getLocalPort()), 5_000);
            OutputStream stream = socket.getOutputStream();
            stream.write(content);
          }
          return null;
        });

    assertThat(received.get(20, TimeUnit.SECONDS))
        .isEqualTo(MessageDigest.getInstance("SHA-256").digest(content));
  }

  private static byte[] digestOne(ServerSocket server) {
    try (server;
        Socket socket = server.accept();
        InputStream stream = socket.getInputStream()) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] chunk = new byte[1 << 16];
      for (int got = stream.read(chunk); got >= 0; got = stream.read(chunk)) {
        digest.update(chunk, 0, got);
      }
      return digest.digest();
    } catch (Exception e) {
      throw new AssertionError("receiving failed", e);
    }
  }
}
