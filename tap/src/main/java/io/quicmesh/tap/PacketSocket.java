package io.quicmesh.tap;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import io.netty.buffer.ByteBuf;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A socket that sends and receives whole Ethernet frames of one ethertype on an existing interface
 * (packet(7)), beside the kernel's own protocols. Sending asks the interface as any program does;
 * what arrives is written by the kernel into a ring with the time of its arrival, so a reader that
 * comes late still knows it. What the socket itself sends does not come back.
 *
 * <p>One thread may send while another one reads the ring.
 */
public final class PacketSocket implements AutoCloseable {

  private static final int AF_PACKET = 17;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_NONBLOCK = 0x800;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_FILTER = 26;
  private static final int SO_SNDBUFFORCE = 32;
  private static final int SOL_PACKET = 263;
  private static final int PACKET_STATISTICS = 6;
  private static final int PACKET_IGNORE_OUTGOING = 23;
  private static final long SIOCGIFINDEX = 0x8933;
  private static final long SIOCGIFHWADDR = 0x8927;
  private static final int INTERFACE_NAME_BYTES = 16;
  private static final int INTERFACE_REQUEST_BYTES = 40;
  private static final int LINK_ADDRESS_BYTES = 20;
  private static final int ENETDOWN = 100;
  private static final int ENOBUFS = 105;
  private static final int FILTER_HEADER_BYTES = 16;
  private static final int ETHERTYPE_IPV4 = 0x0800;
  private static final int SEND_BUFFER_BYTES = 4 << 20;

  private final FileDescriptor fd;
  private final PacketRing ring;
  private final long macBits;
  private long ringDrops;

  /**
   * What to open.
   *
   * @param interfaceName an interface of the calling thread's network namespace
   * @param etherType the ethertype of the frames that are received
   * @param udpPort for IPv4: only UDP frames to this port are received; 0 for all
   * @param frameBytesMax the largest frame that is received whole
   * @param ringFrames how many frames the kernel keeps for a late reader; a power of two
   */
  public record Config(
      String interfaceName, int etherType, int udpPort, int frameBytesMax, int ringFrames) {}

  private PacketSocket(FileDescriptor fd, PacketRing ring, long macBits) {
    this.fd = fd;
    this.ring = ring;
    this.macBits = macBits;
  }

  /** Opens the socket; needs CAP_NET_RAW. */
  public static PacketSocket open(Config config) throws IOException {
    Epoll.ensureAvailability();
    FileDescriptor fd = null;
    try {
      int type = SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC;
      fd = new FileDescriptor(PacketCalls.socket(AF_PACKET, type, 0));
      return open(fd, config);
    } catch (LastErrorException e) {
      if (fd != null) {
        fd.close();
      }
      throw new IOException(
          "cannot open a packet socket on "
              + config.interfaceName()
              + ": "
              + e.getMessage()
              + "; see ip link, and run as root",
          e);
    }
  }

  /**
   * The protocol is bound last, so that nothing arrives before the ring and the filter are there.
   */
  private static PacketSocket open(FileDescriptor fd, Config config) throws LastErrorException {
    Memory request = interfaceRequest(config.interfaceName());
    PacketCalls.ioctl(fd.intValue(), SIOCGIFHWADDR, request);
    long macBits = 0;
    for (int i = 0; i < 6; i++) {
      macBits = (macBits << 8) | (request.getByte(INTERFACE_NAME_BYTES + 2 + i) & 0xff);
    }
    setOption(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
    setOption(fd, SOL_SOCKET, SO_SNDBUFFORCE, SEND_BUFFER_BYTES);
    if (config.udpPort() != 0) {
      attachFilter(fd, config);
    }
    PacketRing ring = PacketRing.map(fd.intValue(), config.frameBytesMax(), config.ringFrames());
    bind(fd, config);
    return new PacketSocket(fd, ring, macBits);
  }

  private static void bind(FileDescriptor fd, Config config) {
    Memory request = interfaceRequest(config.interfaceName());
    PacketCalls.ioctl(fd.intValue(), SIOCGIFINDEX, request);
    Memory address = new Memory(LINK_ADDRESS_BYTES);
    address.clear();
    address.setShort(0, (short) AF_PACKET);
    address.setShort(2, Short.reverseBytes((short) config.etherType()));
    address.setInt(4, request.getInt(INTERFACE_NAME_BYTES));
    PacketCalls.bind(fd.intValue(), address, LINK_ADDRESS_BYTES);
  }

  /**
   * A classic filter (socket(7)): protocol UDP and the destination port of a header without
   * options.
   */
  private static void attachFilter(FileDescriptor fd, Config config) {
    if (config.etherType() != ETHERTYPE_IPV4) {
      throw new IllegalArgumentException("a UDP port can only be filtered in IPv4 frames");
    }
    int[] program = {
      0x30, 0, 23, // load the byte at 23, the protocol
      0x15, 3, 17, // not UDP: skip 3
      0x28, 0, 36, // load the half-word at 36, the port
      0x15, 1, config.udpPort(), // not the port: skip 1
      0x06, 0, 0x40000, // keep
      0x06, 0, 0 // drop
    };
    int instructions = program.length / 3;
    Memory filter = new Memory(FILTER_HEADER_BYTES + instructions * 8L);
    filter.setLong(0, instructions);
    filter.setPointer(8, filter.share(FILTER_HEADER_BYTES));
    for (int i = 0; i < instructions; i++) {
      long at = FILTER_HEADER_BYTES + i * 8L;
      filter.setShort(at, (short) program[3 * i]);
      filter.setByte(at + 2, (byte) 0);
      filter.setByte(at + 3, (byte) program[3 * i + 1]);
      filter.setInt(at + 4, program[3 * i + 2]);
    }
    PacketCalls.setsockopt(
        fd.intValue(), SOL_SOCKET, SO_ATTACH_FILTER, filter, FILTER_HEADER_BYTES);
  }

  private static Memory interfaceRequest(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length >= INTERFACE_NAME_BYTES) {
      throw new IllegalArgumentException("interface name too long: " + name);
    }
    Memory request = new Memory(INTERFACE_REQUEST_BYTES);
    request.clear();
    request.write(0, bytes, 0, bytes.length);
    return request;
  }

  private static void setOption(FileDescriptor fd, int level, int name, int value) {
    Memory memory = new Memory(Integer.BYTES);
    memory.setInt(0, value);
    PacketCalls.setsockopt(fd.intValue(), level, name, memory, Integer.BYTES);
  }

  /** The interface's MAC address, in the low 48 bits. */
  public long macBits() {
    return macBits;
  }

  /**
   * Sends one frame and leaves the buffer as it is.
   *
   * @param frame direct memory that begins with the Ethernet header
   * @return whether the interface took it; false if a queue is full or the interface down
   * @throws IOException if the interface is gone, or if the frame is larger than its MTU
   */
  public boolean send(ByteBuf frame) throws IOException {
    long address = frame.memoryAddress();
    try {
      return fd.writeAddress(address, frame.readerIndex(), frame.writerIndex()) > 0;
    } catch (Errors.NativeIoException e) {
      if (-e.expectedErr() == ENOBUFS || -e.expectedErr() == ENETDOWN) {
        return false;
      }
      throw e;
    }
  }

  /** What has arrived. */
  public PacketRing ring() {
    return ring;
  }

  /** Frames that arrived while the ring was full, since it was opened. */
  public long ringDrops() {
    Memory statistics = new Memory(8);
    Memory bytes = new Memory(Integer.BYTES);
    bytes.setInt(0, 8);
    PacketCalls.getsockopt(fd.intValue(), SOL_PACKET, PACKET_STATISTICS, statistics, bytes);
    ringDrops += Integer.toUnsignedLong(statistics.getInt(4));
    return ringDrops;
  }

  @Override
  public void close() throws IOException {
    ring.unmap();
    fd.close();
  }
}
