package io.quicmesh.tap.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;

/**
 * Builds frames behind a virtio-net header for tests, field by field, and checks checksums by a
 * calculation of its own.
 */
public final class Frames {
  static final long DESTINATION = 0x02_0000_0000_02L;
  static final long SOURCE = 0x02_0000_0000_01L;
  static final int TCP = 6;
  static final int UDP = 17;

  private int[] tags = {};
  private boolean ipv6;
  private byte[] extensions = {};
  private int firstExtension;
  private int protocol = TCP;
  private int tcpOptionBytes;
  private int tcpFlags = 0x10;
  private int sourcePort = 40_000;
  private int destinationPort = 5_201;
  private int fragment;
  private int hostBits = 1;
  private byte[] payload = new byte[0];

  public static Frames tcp4() {
    return new Frames();
  }

  public static Frames tcp6() {
    return new Frames().ipv6();
  }

  public static Frames udp4() {
    Frames frames = new Frames();
    frames.protocol = UDP;
    return frames;
  }

  public static Frames udp6() {
    return udp4().ipv6();
  }

  public static Frames protocol(int number) {
    Frames frames = new Frames();
    frames.protocol = number;
    return frames;
  }

  public Frames ipv6() {
    ipv6 = true;
    return this;
  }

  /** Each tag as ethertype and VLAN id in one number, outermost first. */
  public Frames tags(int... etherTypesAndIds) {
    tags = etherTypesAndIds;
    return this;
  }

  /** IPv6 extension headers as they are, of which the last names the protocol. */
  public Frames extensions(int first, int... bytes) {
    firstExtension = first;
    extensions = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      extensions[i] = (byte) bytes[i];
    }
    return this;
  }

  public Frames ports(int source, int destination) {
    sourcePort = source;
    destinationPort = destination;
    return this;
  }

  public Frames tcpFlags(int flags) {
    tcpFlags = flags;
    return this;
  }

  public Frames tcpOptions(int bytes) {
    tcpOptionBytes = bytes;
    return this;
  }

  /** The IPv4 field of flags and offset. */
  public Frames fragment(int flagsAndOffset) {
    fragment = flagsAndOffset;
    return this;
  }

  public Frames host(int bits) {
    hostBits = bits;
    return this;
  }

  public Frames payload(Random random, int bytes) {
    payload = new byte[bytes];
    random.nextBytes(payload);
    return this;
  }

  /** A complete frame behind an empty virtio-net header. */
  public ByteBuf complete() {
    ByteBuf buf = build();
    int transport = transport();
    if (protocol == TCP || protocol == UDP) {
      int field = VirtioNetHeader.BYTES + transport + (protocol == UDP ? 6 : 16);
      buf.setShort(field, naiveTransportChecksum(buf, VirtioNetHeader.BYTES, transport, ipv6));
    }
    return direct(buf);
  }

  /** A frame as the kernel hands it over: superframe if the segment size says so, checksum open. */
  public ByteBuf open(int gsoType, int gsoSizeBytes) {
    ByteBuf buf = build();
    int transport = transport();
    int checksumOffset = protocol == UDP ? 6 : 16;
    int transportBytes = buf.readableBytes() - VirtioNetHeader.BYTES - transport;
    int pseudo = (int) pseudoSum(buf, VirtioNetHeader.BYTES + network(), ipv6, transportBytes);
    buf.setShort(VirtioNetHeader.BYTES + transport + checksumOffset, pseudo);
    buf.setByte(0, 1);
    buf.setByte(1, gsoType);
    buf.setShortLE(2, 0xbeef);
    buf.setShortLE(4, gsoSizeBytes);
    buf.setShortLE(6, transport);
    buf.setShortLE(8, checksumOffset);
    return direct(buf);
  }

  int network() {
    return 14 + 4 * tags.length;
  }

  int transport() {
    return network() + (ipv6 ? 40 + extensions.length : 20);
  }

  int headerBytes() {
    return transport() + (protocol == UDP ? 8 : 20 + tcpOptionBytes);
  }

  byte[] payload() {
    return payload;
  }

  private ByteBuf build() {
    ByteBuf buf = Unpooled.buffer(256 + payload.length);
    buf.writeZero(VirtioNetHeader.BYTES);
    writeMac(buf, DESTINATION);
    writeMac(buf, SOURCE);
    for (int tag : tags) {
      buf.writeInt(tag);
    }
    buf.writeShort(ipv6 ? 0x86dd : 0x0800);
    if (ipv6) {
      writeIpv6(buf);
    } else {
      writeIpv4(buf);
    }
    if (protocol == TCP) {
      writeTcp(buf);
    } else if (protocol == UDP) {
      buf.writeShort(sourcePort).writeShort(destinationPort);
      buf.writeShort(8 + payload.length).writeShort(0);
    }
    return buf.writeBytes(payload);
  }

  /** Built on the heap, because leak detection notes every access to direct memory. */
  private static ByteBuf direct(ByteBuf heap) {
    return Unpooled.directBuffer(heap.readableBytes()).writeBytes(heap);
  }

  private void writeIpv4(ByteBuf buf) {
    int start = buf.writerIndex();
    buf.writeByte(0x45).writeByte(0).writeShort(headerBytes() - network() + payload.length);
    buf.writeShort(0xfffe).writeShort(fragment).writeByte(64).writeByte(protocol).writeShort(0);
    buf.writeInt(0x0a42_0000 | hostBits).writeInt(0x0a42_00fe);
    buf.setShort(start + 10, ~naiveSum(buf, start, 20, 0) & 0xffff);
  }

  private void writeIpv6(ByteBuf buf) {
    buf.writeInt(0x6000_0000);
    buf.writeShort(headerBytes() - network() - 40 + payload.length);
    buf.writeByte(extensions.length > 0 ? firstExtension : protocol).writeByte(64);
    buf.writeLong(0xfd00_0000_0000_0000L).writeLong(hostBits);
    buf.writeLong(0xfd00_0000_0000_0000L).writeLong(0xfe);
    buf.writeBytes(extensions);
  }

  private void writeTcp(ByteBuf buf) {
    buf.writeShort(sourcePort).writeShort(destinationPort);
    buf.writeInt(0xffff_fff0).writeInt(7);
    buf.writeByte((5 + tcpOptionBytes / 4) << 4).writeByte(tcpFlags).writeShort(500);
    buf.writeShort(0).writeShort(0);
    for (int i = 0; i < tcpOptionBytes; i++) {
      buf.writeByte(1);
    }
  }

  private static void writeMac(ByteBuf buf, long bits) {
    buf.writeBytes(new MacAddress(bits).toBytes());
  }

  /** What belongs in the checksum field of the TCP or UDP packet in the frame. */
  static int naiveTransportChecksum(ByteBuf buf, int frame, int transport, boolean isIpv6) {
    int bytes = buf.writerIndex() - frame - transport;
    int network = frame + EthernetFrame.headerBytes(buf, frame, buf.writerIndex() - frame);
    int protocol = protocol(buf, frame);
    int field = frame + transport + (protocol == UDP ? 6 : 16);
    int kept = buf.getUnsignedShort(field);
    buf.setShort(field, 0);
    long pseudo = pseudoSum(buf, network, isIpv6, bytes);
    int checksum = ~naiveSum(buf, frame + transport, bytes, pseudo) & 0xffff;
    buf.setShort(field, kept);
    return checksum == 0 && protocol == UDP ? 0xffff : checksum;
  }

  static int protocol(ByteBuf buf, int frame) {
    return IpPacket.protocol(IpPacket.find(buf, frame, buf.writerIndex() - frame));
  }

  static int naiveSum(ByteBuf buf, int offset, int bytes, long start) {
    long sum = start;
    for (int i = 0; i < bytes; i++) {
      int octet = buf.getUnsignedByte(offset + i);
      sum += i % 2 == 0 ? octet * 256L : octet;
    }
    while (sum > 0xffff) {
      sum = sum % 0x1_0000 + sum / 0x1_0000;
    }
    return (int) sum;
  }

  private static long pseudoSum(ByteBuf buf, int network, boolean isIpv6, int transportBytes) {
    int addresses = network + (isIpv6 ? 8 : 12);
    int protocol = protocol(buf, VirtioNetHeader.BYTES);
    return naiveSum(buf, addresses, isIpv6 ? 32 : 8, (long) protocol + transportBytes);
  }
}
