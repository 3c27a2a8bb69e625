package io.quicmesh.lab.stranger;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The UDP datagrams of a capture file as tcpdump writes it on an Ethernet link: pcap,
 * little-endian, IPv4, unfragmented. What else is in it is passed over, as is a packet that is not
 * written whole yet.
 */
final class UdpCapture {

  private static final int MAGIC = 0xa1b2c3d4;
  private static final int FILE_HEADER_BYTES = 24;
  private static final int LINK_TYPE_INDEX = 20;
  private static final int LINK_TYPE_ETHERNET = 1;
  private static final int RECORD_HEADER_BYTES = 16;
  private static final int CAPTURED_INDEX = 8;
  private static final int ETHERNET_BYTES = 14;
  private static final int ETHERTYPE_IPV4 = 0x0800;
  private static final int UDP = 17;
  private static final int UDP_HEADER_BYTES = 8;

  /** One datagram; the array is the receiver's. */
  @SuppressWarnings("ArrayRecordComponent")
  record Datagram(InetSocketAddress from, InetSocketAddress to, byte[] payload) {}

  private UdpCapture() {}

  /** All datagrams of a file, oldest first. */
  static List<Datagram> read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.remaining() < FILE_HEADER_BYTES
        || bytes.getInt(0) != MAGIC
        || bytes.getInt(LINK_TYPE_INDEX) != LINK_TYPE_ETHERNET) {
      throw new IOException(file + " is no pcap file of an Ethernet link");
    }
    List<Datagram> datagrams = new ArrayList<>();
    int at = FILE_HEADER_BYTES;
    while (bytes.limit() - at >= RECORD_HEADER_BYTES) {
      int length = bytes.getInt(at + CAPTURED_INDEX);
      at += RECORD_HEADER_BYTES;
      if (length < 0 || bytes.limit() - at < length) {
        break;
      }
      addUdp(bytes.slice(at, length), datagrams);
      at += length;
    }
    return datagrams;
  }

  private static void addUdp(ByteBuffer frame, List<Datagram> datagrams) throws IOException {
    int ip = ETHERNET_BYTES;
    if (frame.limit() < ip + 20 + UDP_HEADER_BYTES
        || frame.getShort(ip - Short.BYTES) != ETHERTYPE_IPV4
        || frame.get(ip + 9) != UDP) {
      return;
    }
    int udp = ip + (frame.get(ip) & 0x0f) * Integer.BYTES;
    int payload = udp + UDP_HEADER_BYTES;
    int length = (frame.getShort(udp + Integer.BYTES) & 0xffff) - UDP_HEADER_BYTES;
    if (length < 0 || payload + length > frame.limit()) {
      return;
    }
    byte[] copy = new byte[length];
    frame.get(payload, copy);
    datagrams.add(
        new Datagram(address(frame, ip + 12, udp), address(frame, ip + 16, udp + 2), copy));
  }

  private static InetSocketAddress address(ByteBuffer frame, int ip, int port) throws IOException {
    byte[] address = new byte[Integer.BYTES];
    frame.get(ip, address);
    return new InetSocketAddress(InetAddress.getByAddress(address), frame.getShort(port) & 0xffff);
  }
}
