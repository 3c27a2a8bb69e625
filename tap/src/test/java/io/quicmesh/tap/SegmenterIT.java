package io.quicmesh.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.quicmesh.tap.frame.Frames;
import io.quicmesh.tap.frame.Segmenter;
import io.quicmesh.tap.frame.VirtioNetHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The kernel as the judge of the segmenter: superframes go into a TAP device with offloads, over a
 * bridge, and come out of one in plain mode, cut by the kernel.
 */
final class SegmenterIT {
  private static final int TCPV4 = 1;
  private static final int TCPV6 = 4;
  private static final int UDP = 5;
  private static final int ECN = 0x80;

  /** A virtio-net header and every header of the frame behind it. */
  private static final int HEAD_BYTES = 90;

  private final UnpooledByteBufAllocator allocator = UnpooledByteBufAllocator.DEFAULT;
  private final Segmenter segmenter = new Segmenter(allocator);
  private final Capture output = new Capture();
  private Namespace host;
  private Loop loop;
  private TapDevice in;
  private TapDevice out;

  @BeforeEach
  void bridgeTwoDevices() throws Exception {
    host = new Namespace("bridge");
    loop = new Loop();
    host.exec("sysctl -qw net.ipv6.conf.default.disable_ipv6=1");
    in = host.call(() -> TapDevice.open(TapConfig.named("in"), allocator));
    out = host.call(() -> TapDevice.open(TapConfig.named("out").withoutOffloads(), allocator));
    in.start(loop.get(), new Capture()).get();
    out.start(loop.get(), output).get();
    host.ip("link add br0 type bridge mcast_snooping 0");
    host.ip("link set br0 up");
    host.ip("link set in master br0");
    host.ip("link set out master br0");
  }

  @AfterEach
  void remove() throws Exception {
    in.close();
    out.close();
    loop.close();
    host.close();
    segmenter.close();
  }

  @Test
  void makesTheFramesThatTheKernelMakes() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 150; round++) {
      ByteBuf frame = randomFrame(random);
      String what = describe(seed, round, frame);

      List<byte[]> expected = ours(frame);
      assertThat(loop.call(() -> in.write(frame, 0, frame.readableBytes()))).as(what).isTrue();

      List<byte[]> actual = awaitFrames(expected.size(), what);
      assertThat(actual).as(what).hasSameSizeAs(expected);
      for (int i = 0; i < actual.size(); i++) {
        assertThat(actual.get(i)).as("%s, segment %d", what, i).isEqualTo(expected.get(i));
      }
      frame.release();
    }
    assertThat(loop.call(in::counters).dropped()).isEmpty();
  }

  @Test
  void kernelTakesWhateverTheCheckAccepts() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int accepted = 0;
    for (int round = 0; round < 3_000; round++) {
      ByteBuf frame = randomFrame(random);
      int headBytes = Math.min(HEAD_BYTES, frame.readableBytes());
      for (int i = random.nextInt(9); i > 0; i--) {
        frame.setByte(random.nextInt(headBytes), random.nextInt());
      }
      String what = describe(seed, round, frame);
      int length = headBytes + random.nextInt(frame.readableBytes() - headBytes + 1);
      if (VirtioNetHeader.sanitize(frame, 0, length).accepted()) {
        accepted++;
        assertThat(loop.call(() -> in.write(frame, 0, length))).as(what).isTrue();
      }
      frame.release();
    }
    assertThat(accepted).isGreaterThan(1_000);
  }

  private List<byte[]> awaitFrames(int count, String what) throws InterruptedException {
    try {
      return output.awaitFrames(count);
    } catch (AssertionError e) {
      throw new AssertionError(what + ", " + count + " segments", e);
    }
  }

  private static String describe(long seed, int round, ByteBuf frame) {
    String head = ByteBufUtil.hexDump(frame, 0, Math.min(HEAD_BYTES, frame.readableBytes()));
    return "seed " + seed + ", round " + round + ", " + head;
  }

  private List<byte[]> ours(ByteBuf frame) {
    int length = frame.readableBytes();
    assertThat(VirtioNetHeader.sanitize(frame, 0, length).accepted()).isTrue();
    List<byte[]> segments = new ArrayList<>();
    segmenter.segment(
        frame,
        0,
        length,
        (buf, offset, bytes) -> segments.add(ByteBufUtil.getBytes(buf, offset, bytes)));
    return segments;
  }

  private static ByteBuf randomFrame(Random random) {
    boolean udp = random.nextBoolean();
    boolean ipv6 = random.nextBoolean();
    boolean cut = random.nextInt(4) > 0;
    int sizeBytes = 100 + random.nextInt(1_300);
    Frames frames = udp ? Frames.udp4() : Frames.tcp4();
    int segmentsMax = random.nextInt(8) == 0 ? 1 : 40;
    frames.payload(
        random, cut ? 1 + random.nextInt(sizeBytes * segmentsMax) : random.nextInt(1_300));
    int vlan = 0x8100_0000 | random.nextInt(1, 4_095);
    switch (random.nextInt(4)) {
      case 0 -> frames.tags(vlan);
      case 1 -> frames.tags(0x88a8_0007, vlan);
      default -> frames.tags();
    }
    if (ipv6) {
      frames.ipv6();
    } else if (random.nextBoolean()) {
      frames.fragment(0x4000);
    }
    if (udp) {
      return frames.open(cut ? UDP : 0, cut ? sizeBytes : 0);
    }
    int[] flags = {0x10, 0x18, 0x19, 0x11, 0xd8};
    int flag = flags[random.nextInt(flags.length)];
    frames.tcpFlags(flag).tcpOptions(4 * random.nextInt(11));
    int gsoType = (ipv6 ? TCPV6 : TCPV4) | (flag == 0xd8 ? ECN : 0);
    return frames.open(cut ? gsoType : 0, cut ? sizeBytes : 0);
  }
}
