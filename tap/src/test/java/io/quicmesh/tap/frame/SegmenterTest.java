package io.quicmesh.tap.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SegmenterTest {
  private static final int TCPV4 = VirtioNetHeader.GSO_TCPV4;
  private static final int TCPV6 = VirtioNetHeader.GSO_TCPV6;
  private static final int UDP = VirtioNetHeader.GSO_UDP_L4;
  private static final int FRAME = VirtioNetHeader.BYTES;

  private static final int FIN = 0x01;
  private static final int PSH = 0x08;
  private static final int ACK = 0x10;
  private static final int ECE = 0x40;
  private static final int CWR = 0x80;

  private final Segmenter segmenter = new Segmenter(UnpooledByteBufAllocator.DEFAULT);

  @AfterEach
  void close() {
    segmenter.close();
  }

  @Test
  void keepsThePayloadAndMakesValidFramesOfAnySuperframe() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 150; round++) {
      boolean udp = random.nextBoolean();
      boolean ipv6 = random.nextBoolean();
      int sizeBytes = 48 + random.nextInt(3_000);
      Frames frames = udp ? Frames.udp4() : Frames.tcp4();
      frames.payload(random, random.nextInt(Math.min(60_000, sizeBytes * 100)));
      frames.tags(randomTags(random));
      if (ipv6) {
        frames.ipv6();
      }
      if (!udp) {
        frames.tcpOptions(4 * random.nextInt(11));
      }
      int gsoType = udp ? UDP : ipv6 ? TCPV6 : TCPV4;

      List<byte[]> segments = segment(frames.open(gsoType, sizeBytes));

      assertThat(payloads(segments, frames.headerBytes()))
          .as("seed %d, round %d", seed, round)
          .isEqualTo(frames.payload());
      int longest = FRAME + frames.headerBytes() + sizeBytes;
      for (byte[] segment : segments) {
        assertThat(segment.length).as("seed %d, round %d", seed, round).isBetween(FRAME, longest);
        assertValid(segment, frames.transport(), ipv6);
      }
    }
  }

  @Test
  void countsTcpSequenceAndIpIdUpOverTheirEnds() {
    Random random = new Random(1);
    Frames frames = Frames.tcp4().payload(random, 250);

    List<byte[]> segments = segment(frames.open(TCPV4, 100));

    assertThat(segments).hasSize(3);
    assertThat(fields(segments, FRAME + 14 + 4, 2)).containsExactly(0xfffeL, 0xffffL, 0L);
    assertThat(fields(segments, FRAME + 34 + 4, 4)).containsExactly(0xffff_fff0L, 0x54L, 0xb8L);
    assertThat(fields(segments, FRAME + 14 + 2, 2)).containsExactly(140L, 140L, 90L);
  }

  @Test
  void setsFinAndPshOnTheLastSegmentOnlyAndCwrOnTheFirst() {
    Random random = new Random(1);
    Frames frames = Frames.tcp6().tcpFlags(FIN | PSH | ACK | ECE | CWR).payload(random, 300);

    List<byte[]> segments = segment(frames.open(TCPV6 | 0x80, 100));

    assertThat(fields(segments, FRAME + 54 + 13, 1))
        .containsExactly((long) ACK | ECE | CWR, (long) ACK | ECE, (long) ACK | ECE | FIN | PSH);
  }

  @Test
  void keepsAllFlagsWhenOneSegmentIsEnough() {
    Frames frames = Frames.tcp4().tcpFlags(FIN | PSH | ACK | CWR).payload(new Random(1), 100);

    List<byte[]> segments = segment(frames.open(TCPV4, 1_000));

    assertThat(fields(segments, FRAME + 34 + 13, 1)).containsExactly((long) FIN | PSH | ACK | CWR);
  }

  @Test
  void givesEveryDatagramItsOwnLength() {
    Frames frames = Frames.udp6().tags(0x8100_0064).payload(new Random(1), 250);

    List<byte[]> segments = segment(frames.open(UDP, 100));

    assertThat(fields(segments, FRAME + 58 + 4, 2)).containsExactly(108L, 108L, 58L);
    assertThat(fields(segments, FRAME + 18 + 4, 2)).containsExactly(108L, 108L, 58L);
  }

  @Test
  void completesAnOpenChecksum() {
    for (Frames frames : List.of(Frames.tcp4(), Frames.tcp6(), Frames.udp4(), Frames.udp6())) {
      frames.payload(new Random(1), 333);
      ByteBuf complete = frames.complete();

      List<byte[]> segments = segment(frames.open(0, 0));

      assertThat(segments).containsExactly(ByteBufUtil.getBytes(complete));
      complete.release();
    }
  }

  @Test
  void writesOnesForAChecksumOfZero() {
    Frames frames = Frames.udp4().payload(new Random(1), 64);
    ByteBuf buf = frames.open(0, 0);
    int field = FRAME + frames.transport() + 6;
    ByteBuf complete = frames.complete();
    int checksum = complete.getUnsignedShort(field);
    int firstPayloadWord = FRAME + frames.headerBytes();
    buf.setShort(firstPayloadWord, buf.getUnsignedShort(firstPayloadWord));
    int word = Checksums.fold((long) buf.getUnsignedShort(firstPayloadWord) + checksum);
    buf.setShort(firstPayloadWord, word);

    List<byte[]> segments = segment(buf);

    assertThat(fields(segments, field, 2)).containsExactly(0xffffL);
    complete.release();
  }

  @Test
  void leavesTheSuperframeAsItWas() {
    ByteBuf buf = Frames.tcp4().payload(new Random(1), 5_000).open(TCPV4, 1_000);
    assertThat(VirtioNetHeader.sanitize(buf, 0, buf.readableBytes()).accepted()).isTrue();
    byte[] before = ByteBufUtil.getBytes(buf);

    segmenter.segment(buf, 0, buf.readableBytes(), (segment, offset, length) -> {});

    assertThat(ByteBufUtil.getBytes(buf)).isEqualTo(before);
    buf.release();
  }

  private List<byte[]> segment(ByteBuf frame) {
    ByteBuf shifted = Unpooled.buffer().writeZero(7).writeBytes(frame);
    frame.release();
    int length = shifted.writerIndex() - 7;
    assertThat(VirtioNetHeader.sanitize(shifted, 7, length)).isEqualTo(HeaderVerdict.ACCEPTED);
    List<byte[]> segments = new ArrayList<>();
    segmenter.segment(
        shifted,
        7,
        length,
        (buf, offset, bytes) -> segments.add(ByteBufUtil.getBytes(buf, offset, bytes)));
    shifted.release();
    return segments;
  }

  private static void assertValid(byte[] segment, int transport, boolean ipv6) {
    ByteBuf buf = Unpooled.wrappedBuffer(segment);
    int network = FRAME + EthernetFrame.headerBytes(buf, FRAME, segment.length - FRAME);
    assertThat(buf.getLong(0)).isZero();
    assertThat(buf.getShort(8)).isZero();
    if (ipv6) {
      assertThat(buf.getUnsignedShort(network + 4)).isEqualTo(segment.length - network - 40);
    } else {
      assertThat(buf.getUnsignedShort(network + 2)).isEqualTo(segment.length - network);
      assertThat(Frames.naiveSum(buf, network, 20, 0)).isEqualTo(0xffff);
    }
    int field = FRAME + transport + (Frames.protocol(buf, FRAME) == Frames.UDP ? 6 : 16);
    assertThat(buf.getUnsignedShort(field))
        .isEqualTo(Frames.naiveTransportChecksum(buf, FRAME, transport, ipv6));
  }

  private static byte[] payloads(List<byte[]> segments, int headerBytes) {
    ByteBuf all = Unpooled.buffer();
    for (byte[] segment : segments) {
      int from = FRAME + headerBytes;
      all.writeBytes(segment, from, segment.length - from);
    }
    return ByteBufUtil.getBytes(all);
  }

  private static List<Long> fields(List<byte[]> segments, int offset, int bytes) {
    return segments.stream()
        .map(segment -> Unpooled.wrappedBuffer(segment).skipBytes(offset))
        .map(
            buf ->
                switch (bytes) {
                  case 1 -> (long) buf.readUnsignedByte();
                  case 2 -> (long) buf.readUnsignedShort();
                  default -> buf.readUnsignedInt();
                })
        .toList();
  }

  private static int[] randomTags(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> new int[] {};
      case 1 -> new int[] {0x8100_0064};
      default -> new int[] {0x88a8_0007, 0x8100_0064};
    };
  }
}
