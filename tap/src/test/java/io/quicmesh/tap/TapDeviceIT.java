package io.quicmesh.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.quicmesh.tap.frame.Offloads;
import io.quicmesh.tap.link.IpPrefix;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two hosts, each in a namespace with a TAP device, joined by a pump on one event loop. */
final class TapDeviceIT {
  private static final PooledByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

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
    loop.close();
    left.close();
    right.close();
  }

  @Test
  void carriesPingsBetweenDevicesWithOffloads() throws Exception {
    join(config("10.77.0.1/24"), config("10.77.0.2/24"));

    assertThat(left.exec("ping -c 3 -i 0.2 -W 2 10.77.0.2")).contains(" 0% packet loss");
  }

  private void join(TapConfig leftConfig, TapConfig rightConfig) throws Exception {
    TapDevice a = left.call(() -> TapDevice.open(leftConfig, ALLOCATOR));
    TapDevice b = right.call(() -> TapDevice.open(rightConfig, ALLOCATOR));
    assertThat(a.offloads()).isEqualTo(Offloads.ALL);
    a.start(loop.get(), new Pump(b)).get();
    b.start(loop.get(), new Pump(a)).get();
  }

  private static TapConfig config(String address) throws TapException {
    return TapConfig.named("qtap0").withAddresses(List.of(IpPrefix.parse(address)));
  }
}
