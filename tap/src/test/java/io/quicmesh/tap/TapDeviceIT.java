package io.quicmesh.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.quicmesh.tap.frame.MacAddress;
import io.quicmesh.tap.frame.Offloads;
import io.quicmesh.tap.frame.VirtioNetHeader;
import io.quicmesh.tap.link.IpPrefix;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One host in a namespace whose TAP device is read and written by the test. */
final class TapDeviceIT {
  private static final PooledByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;
  private static final int HEADER = VirtioNetHeader.BYTES;
  private static final String PEER = "10.77.0.2";

  private final Capture capture = new Capture();
  private final List<TapDevice> devices = new ArrayList<>();
  private Namespace host;
  private Loop loop;

  @BeforeEach
  void makeHost() throws Exception {
    host = new Namespace("host");
    host.exec("sysctl -qw net.ipv6.conf.default.disable_ipv6=1");
    loop = new Loop();
  }

  @AfterEach
  void removeHost() throws Exception {
    devices.forEach(TapDevice::close);
    loop.close();
    host.close();
  }

  @Test
  void configuresTheInterfaceAsAsked() throws Exception {
    host.exec("sysctl -qw net.ipv6.conf.default.disable_ipv6=0");
    TapConfig config =
        TapConfig.named("qtap7")
            .withMac(MacAddress.parse("02:00:00:00:77:01"))
            .withMtuBytes(9000)
            .withQueueFrames(777)
            .withAddresses(List.of(IpPrefix.parse("10.77.0.1/24"), IpPrefix.parse("fd77::1/64")));

    try (TapDevice device = open(config)) {
      assertThat(device.name()).isEqualTo("qtap7");
      assertThat(device.mac()).hasToString("02:00:00:00:77:01");
      assertThat(device.mtuBytes()).isEqualTo(9000);
      assertThat(host.ip("-o link show qtap7"))
          .startsWith(device.index() + ": qtap7")
          .contains("mtu 9000", "qlen 777", "02:00:00:00:77:01", "LOWER_UP");
      assertThat(host.ip("-o addr show qtap7"))
          .contains("inet 10.77.0.1/24 brd 10.77.0.255", "inet6 fd77::1/64")
          .doesNotContain("fd77::1/64 scope global tentative");
    }
  }

  @Test
  void negotiatesAllOffloadsUnlessPlainModeIsAsked() throws Exception {
    try (TapDevice device = open(TapConfig.named("qtap0"))) {
      assertThat(device.offloads()).isEqualTo(Offloads.ALL);
    }
    try (TapDevice device = open(TapConfig.named("qtap0").withoutOffloads())) {
      assertThat(device.offloads()).isEqualTo(Offloads.NONE);
    }
  }

  @Test
  void takesTheNextFreeNameOfAPrefix() throws Exception {
    try (TapDevice first = open(TapConfig.nextFree("qtap"));
        TapDevice second = open(TapConfig.nextFree("qtap"))) {
      assertThat(first.name()).isEqualTo("qtap0");
      assertThat(second.name()).isEqualTo("qtap1");
    }
  }

  @Test
  void refusesANameThatIsTaken() throws Exception {
    try (TapDevice device = open(TapConfig.named("qtap0"))) {
      assertThatThrownBy(() -> open(TapConfig.named("qtap0")))
          .isInstanceOf(TapException.class)
          .hasMessage(
              "cannot make the TAP device qtap0: an interface of that name exists; "
                  + "choose another name or remove it with \"ip link del qtap0\"");
      assertThat(device.name()).isEqualTo("qtap0");
    }
    assertThatThrownBy(() -> open(TapConfig.named("lo")))
        .hasMessageContaining("an interface of that name exists");
  }

  @Test
  void leavesNothingBehindWhenASettingIsRefused() throws Exception {
    assertThatThrownBy(() -> open(TapConfig.named("qtap0").withMtuBytes(70_000)))
        .isInstanceOf(TapException.class)
        .hasMessageStartingWith("cannot set the MTU of qtap0 to 70000: ");
    assertThatThrownBy(
            () -> open(TapConfig.named("qtap0").withMac(MacAddress.parse("01:00:00:00:00:01"))))
        .hasMessageContaining("choose a unicast address");
    assertThatThrownBy(
            () ->
                open(TapConfig.named("qtap0").withAddresses(List.of(IpPrefix.parse("fd77::1/64")))))
        .hasMessageContaining("cannot assign fd77::1/64 to qtap0")
        .hasMessageContaining("disable_ipv6");

    assertThat(host.ip("link")).doesNotContain("qtap0");
  }

  @Test
  void removesTheInterfaceOnClose() throws Exception {
    TapDevice device = started(config());
    assertThat(host.ip("link")).contains("qtap0");

    device.close();
    device.close();

    assertThat(host.ip("link")).doesNotContain("qtap0");
  }

  @Test
  void removesTheInterfaceOnCloseAfterItsLoopEnded() throws Exception {
    TapDevice device = started(config());

    loop.close();
    device.close();

    assertThat(host.ip("link")).doesNotContain("qtap0");
  }

  @Test
  void tellsThatTheInterfaceWasRemovedFromOutside() throws Exception {
    TapDevice device = started(config());

    host.ip("link del qtap0");

    assertThat(capture.awaitEnd()).hasMessageStartingWith("the interface qtap0 is gone: ");
    ByteBuf late = arpRequest();
    assertThat(write(device, late)).isFalse();
    assertThat(loop.call(device::counters).dropped()).containsKey(TapDropReason.WRITE_CLOSED);
    late.release();
    device.close();
  }

  @Test
  void tellsAfterAPauseThatTheInterfaceWasRemoved() throws Exception {
    TapDevice device = started(config());
    pause(device);

    host.ip("link del qtap0");
    resume(device);

    assertThat(capture.awaitEnd()).hasMessageContaining("is gone");
    device.close();
  }

  @Test
  void readsFramesBehindEachOtherWithHeadroom() throws Exception {
    Runs runs = new Runs(7);
    TapDevice device = open(config().withHeadroomBytes(7));
    device.start(loop.get(), runs).get();
    pause(device);
    send(10, 100);

    resume(device);

    assertThat(runs.capture.awaitFrames(10)).allMatch(frame -> frame.length == HEADER + 142);
    assertThat(runs.gaps).hasSize(10).allMatch(gap -> gap == 7);
  }

  @Test
  void readsAnEmptyVirtioNetHeaderInPlainMode() throws Exception {
    TapDevice device = started(config().withoutOffloads());

    send(2, 100);

    List<byte[]> frames = capture.awaitFrames(2);
    assertThat(frames).allMatch(frame -> frame.length == HEADER + 142);
    assertThat(Arrays.copyOf(frames.get(1), HEADER)).containsOnly(0);
    assertThat(loop.call(device::counters).framesIn()).isEqualTo(2);
    assertThat(loop.call(device::counters).bytesIn()).isEqualTo(2 * 142);
  }

  @Test
  void endsABatchAfterAFairNumberOfFrames() throws Exception {
    TapDevice device = started(config());
    pause(device);
    send(150, 100);

    resume(device);

    List<Integer> sizes = new ArrayList<>();
    while (sizes.stream().mapToInt(size -> size).sum() < 150) {
      sizes.add(capture.awaitBatch().size());
    }
    assertThat(sizes).containsExactly(64, 64, 22);
  }

  @Test
  void readsNothingWhilePausedAndCountsWhatTheRingDrops() throws Exception {
    TapDevice device = started(config().withQueueFrames(20));
    pause(device);

    send(50, 100);

    assertThat(capture.isEmpty()).isTrue();
    assertThat(host.call(device::ringDrops)).isEqualTo(30);
    resume(device);
    assertThat(capture.awaitFrames(20)).hasSize(20);
    send(1, 50);
    assertThat(capture.awaitFrames(1).get(0)).hasSize(HEADER + 92);
  }

  @Test
  void keepsWhatWasRetainedAndReusesTheRest() throws Exception {
    Retaining retaining = new Retaining();
    TapDevice device = open(config());
    device.start(loop.get(), retaining).get();

    for (int round = 0; round < 40; round++) {
      send(10, 1000 + round);
      retaining.capture.awaitFrames(10);
    }

    loop.call(
        () -> {
          assertThat(retaining.slices).hasSize(400);
          for (int i = 0; i < 400; i++) {
            ByteBuf slice = retaining.slices.get(i);
            assertThat(slice.readableBytes()).isEqualTo(HEADER + 42 + 1000 + i / 10);
            assertThat(slice.getByte(HEADER + 42)).isEqualTo((byte) (i % 10));
            slice.release();
          }
          return null;
        });
    assertThat(retaining.buffers).hasSizeBetween(2, 4);
  }

  @Test
  void usesOneBufferAgainWhenNobodyRetains() throws Exception {
    Runs runs = new Runs(4);
    TapDevice device = open(config());
    device.start(loop.get(), runs).get();

    for (int round = 0; round < 5; round++) {
      send(1, 1200);
      runs.capture.awaitFrames(1);
    }

    assertThat(runs.starts).containsOnly(0);
  }

  @Test
  void givesTheHostWhatIsWritten() throws Exception {
    TapDevice device = started(config());
    ByteBuf arp = arpRequest();

    assertThat(write(device, arp)).isTrue();

    byte[] reply = capture.awaitFrames(1).get(0);
    assertThat(Arrays.copyOfRange(reply, HEADER + 12, HEADER + 14)).containsExactly(8, 6);
    assertThat(loop.call(device::counters).framesOut()).isEqualTo(1);
    arp.release();
  }

  @Test
  void givesTheHostWhatIsWrittenInPlainMode() throws Exception {
    TapDevice device = started(config().withoutOffloads());
    ByteBuf arp = arpRequest();

    assertThat(write(device, arp)).isTrue();

    assertThat(capture.awaitFrames(1).get(0)).hasSize(HEADER + 42);
    arp.release();
  }

  @Test
  void countsWhatItRefusesAndWhatTheKernelRefuses() throws Exception {
    TapDevice device = started(config());
    ByteBuf malformed = arpRequest();
    malformed.setByte(1, 99);
    ByteBuf sourceless = arpRequest();

    assertThat(write(device, malformed)).isFalse();
    host.ip("link set qtap0 down");
    assertThat(write(device, sourceless)).isFalse();
    host.ip("link set qtap0 up");
    assertThat(write(device, sourceless)).isTrue();

    assertThat(loop.call(device::counters).dropped())
        .containsOnly(
            Map.entry(TapDropReason.WRITE_MALFORMED, 1L),
            Map.entry(TapDropReason.WRITE_LINK_DOWN, 1L));
    malformed.release();
    sourceless.release();
  }

  @Test
  void readsOnAfterTheInterfaceWasDown() throws Exception {
    TapDevice device = started(config());
    host.ip("link set qtap0 down");
    host.ip("link set qtap0 up");
    host.ip("neigh replace " + PEER + " lladdr 02:00:00:00:00:02 dev qtap0");

    send(3, 100);

    assertThat(capture.awaitFrames(3)).hasSize(3);
    device.close();
  }

  private TapDevice open(TapConfig config) throws Exception {
    TapDevice device = host.call(() -> TapDevice.open(config, ALLOCATOR));
    devices.add(device);
    if (config.namePattern().equals("qtap0") && !config.addresses().isEmpty()) {
      host.ip("neigh replace " + PEER + " lladdr 02:00:00:00:00:02 dev qtap0");
    }
    return device;
  }

  private TapDevice started(TapConfig config) throws Exception {
    TapDevice device = open(config);
    device.start(loop.get(), capture).get();
    return device;
  }

  private void pause(TapDevice device) throws Exception {
    loop.call(
        () -> {
          device.pauseReading();
          return null;
        });
  }

  private void resume(TapDevice device) throws Exception {
    loop.call(
        () -> {
          device.resumeReading();
          return null;
        });
  }

  private boolean write(TapDevice device, ByteBuf frame) throws Exception {
    return loop.call(() -> device.write(frame, 0, frame.readableBytes()));
  }

  /** Sends datagrams to a neighbour, each with its number as first byte. */
  private void send(int count, int payloadBytes) throws Exception {
    host.call(
        () -> {
          try (DatagramSocket socket = new DatagramSocket()) {
            byte[] payload = new byte[payloadBytes];
            for (int i = 0; i < count; i++) {
              payload[0] = (byte) i;
              InetAddress peer = InetAddress.getByName(PEER);
              socket.send(new DatagramPacket(payload, payloadBytes, peer, 9));
            }
          }
          return null;
        });
  }

  private static TapConfig config() throws TapException {
    return TapConfig.named("qtap0").withAddresses(List.of(IpPrefix.parse("10.77.0.1/24")));
  }

  private static ByteBuf arpRequest() {
    ByteBuf buf = Unpooled.directBuffer().writeZero(HEADER);
    buf.writeBytes(new MacAddress(MacAddress.BROADCAST).toBytes());
    buf.writeBytes(MacAddress.parse("02:00:00:00:00:02").toBytes());
    buf.writeShort(0x0806).writeShort(1).writeShort(0x0800).writeShort(0x0604).writeShort(1);
    buf.writeBytes(MacAddress.parse("02:00:00:00:00:02").toBytes()).writeInt(0x0a4d_0002);
    return buf.writeZero(6).writeInt(0x0a4d_0001);
  }

  /** Notes where every frame lies. */
  private static final class Runs implements TapListener {
    final Capture capture = new Capture();
    final List<Integer> gaps = new ArrayList<>();
    final List<Integer> starts = new ArrayList<>();
    private final int headroomBytes;
    private int end;

    Runs(int headroomBytes) {
      this.headroomBytes = headroomBytes;
    }

    @Override
    public void frame(ByteBuf batch, int offset, int lengthBytes) {
      gaps.add(offset - end);
      starts.add(offset - headroomBytes);
      end = offset + lengthBytes;
      capture.frame(batch, offset, lengthBytes);
    }

    @Override
    public void batchComplete() {
      end = 0;
      capture.batchComplete();
    }

    @Override
    public void vanished(TapException cause) {
      capture.vanished(cause);
    }
  }

  /** Keeps every frame, as a session does until it is acknowledged. */
  private static final class Retaining implements TapListener {
    final Capture capture = new Capture();
    final List<ByteBuf> slices = new ArrayList<>();
    final Set<Integer> buffers = new HashSet<>();

    @Override
    public void frame(ByteBuf batch, int offset, int lengthBytes) {
      buffers.add(System.identityHashCode(batch));
      slices.add(batch.retainedSlice(offset, lengthBytes));
      capture.frame(batch, offset, lengthBytes);
    }

    @Override
    public void batchComplete() {
      capture.batchComplete();
    }

    @Override
    public void vanished(TapException cause) {
      capture.vanished(cause);
    }
  }
}
