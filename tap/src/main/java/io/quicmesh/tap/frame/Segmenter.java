package io.quicmesh.tap.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Does in software what a TAP device without offloads cannot leave to the kernel: completes open
 * checksums, and cuts a superframe into the frames that the sender's kernel would have put on a
 * wire (TCP: RFC 9293, UDP datagrams of equal size). Owned by one thread; release it with {@link
 * #close}.
 *
 * <p>Takes only what {@link VirtioNetHeader#sanitize} accepted.
 */
public final class Segmenter implements AutoCloseable {
  private static final int FRAME = VirtioNetHeader.BYTES;
  private static final int TCP_SEQUENCE_OFFSET = 4;
  private static final int TCP_FLAGS_OFFSET = 13;
  private static final int TCP_FIN_PSH = 0x09;
  private static final int TCP_CWR = 0x80;
  private static final int UDP_LENGTH_OFFSET = 4;

  /** Where a segment is put together: an empty virtio-net header, then the frame. */
  private final ByteBuf scratch;

  private final Superframe superframe = new Superframe();

  public Segmenter(ByteBufAllocator allocator) {
    scratch = allocator.directBuffer(FRAME + EthernetFrame.SUPERFRAME_BYTES_MAX);
    scratch.writerIndex(scratch.capacity());
    VirtioNetHeader.writeEmpty(scratch, 0);
  }

  /**
   * Hands over complete frames, one after the other, in the order of the wire.
   *
   * @param offset where the virtio-net header begins
   * @param lengthBytes the length of header and frame
   */
  public void segment(ByteBuf buf, int offset, int lengthBytes, SegmentSink sink) {
    if (!VirtioNetHeader.isSuperframe(buf, offset)) {
      scratch.setBytes(FRAME, buf, offset + FRAME, lengthBytes - FRAME);
      if (VirtioNetHeader.needsChecksum(buf, offset)) {
        completeChecksum(buf, offset, lengthBytes - FRAME);
      }
      sink.segment(scratch, 0, lengthBytes);
      return;
    }
    cut(buf, offset, lengthBytes - FRAME, sink);
  }

  @Override
  public void close() {
    scratch.release();
  }

  /** The field holds the sum over the pseudo-header already. */
  private void completeChecksum(ByteBuf buf, int offset, int frameBytes) {
    int start = VirtioNetHeader.checksumStart(buf, offset);
    long sum = Checksums.sum(scratch, FRAME + start, frameBytes - start);
    int field = FRAME + start + VirtioNetHeader.checksumOffset(buf, offset);
    scratch.setShort(field, Checksums.complementNotZero(sum));
  }

  private void cut(ByteBuf buf, int offset, int frameBytes, SegmentSink sink) {
    superframe.read(buf, offset, frameBytes);
    int payload = offset + FRAME + superframe.headerBytes;
    int left = frameBytes - superframe.headerBytes;
    scratch.setBytes(FRAME, buf, offset + FRAME, superframe.headerBytes);
    int index = 0;
    do {
      int bytes = Math.min(left, superframe.segmentBytes);
      left -= bytes;
      scratch.setBytes(FRAME + superframe.headerBytes, buf, payload, bytes);
      payload += bytes;
      writeNetworkHeader(index, bytes);
      writeTransportHeader(index, bytes, left == 0);
      sink.segment(scratch, 0, FRAME + superframe.headerBytes + bytes);
      index++;
    } while (left > 0);
  }

  private void writeNetworkHeader(int index, int payloadBytes) {
    int network = FRAME + superframe.network;
    int packetBytes = superframe.headerBytes - superframe.network + payloadBytes;
    if (superframe.ipv6) {
      scratch.setShort(
          network + IpPacket.IPV6_PAYLOAD_LENGTH_OFFSET, packetBytes - IpPacket.IPV6_HEADER_BYTES);
      return;
    }
    int headerBytes = superframe.transport - superframe.network;
    scratch.setShort(network + IpPacket.IPV4_TOTAL_LENGTH_OFFSET, packetBytes);
    scratch.setShort(network + IpPacket.IPV4_ID_OFFSET, superframe.ipv4Id + index);
    scratch.setShort(network + IpPacket.IPV4_CHECKSUM_OFFSET, 0);
    scratch.setShort(
        network + IpPacket.IPV4_CHECKSUM_OFFSET,
        Checksums.complement(Checksums.sum(scratch, network, headerBytes)));
  }

  private void writeTransportHeader(int index, int payloadBytes, boolean last) {
    int transport = FRAME + superframe.transport;
    int bytes = superframe.headerBytes - superframe.transport + payloadBytes;
    int checksum = transport + superframe.checksumOffset;
    if (superframe.udp) {
      scratch.setShort(transport + UDP_LENGTH_OFFSET, bytes);
    } else {
      int sequence = superframe.tcpSequence + index * superframe.segmentBytes;
      scratch.setInt(transport + TCP_SEQUENCE_OFFSET, sequence);
      int cleared = (last ? 0 : TCP_FIN_PSH) | (index == 0 ? 0 : TCP_CWR);
      scratch.setByte(transport + TCP_FLAGS_OFFSET, superframe.tcpFlags & ~cleared);
    }
    scratch.setShort(checksum, 0);
    long sum = superframe.pseudoSum + bytes + Checksums.sum(scratch, transport, bytes);
    scratch.setShort(
        checksum, superframe.udp ? Checksums.complementNotZero(sum) : Checksums.complement(sum));
  }

  /** What all segments of a superframe share; one object is filled again for each of them. */
  private static final class Superframe {
    int headerBytes;
    int segmentBytes;
    int network;
    int transport;
    int checksumOffset;
    boolean ipv6;
    boolean udp;
    int ipv4Id;
    int tcpSequence;
    int tcpFlags;

    /** The sum over the pseudo-header, but for the length. */
    long pseudoSum;

    void read(ByteBuf buf, int offset, int frameBytes) {
      int frame = offset + FRAME;
      headerBytes = VirtioNetHeader.headerLengthBytes(buf, offset);
      segmentBytes = VirtioNetHeader.gsoSizeBytes(buf, offset);
      network = EthernetFrame.headerBytes(buf, frame, frameBytes);
      transport = VirtioNetHeader.checksumStart(buf, offset);
      checksumOffset = VirtioNetHeader.checksumOffset(buf, offset);
      ipv6 = buf.getUnsignedByte(frame + network) >> 4 == 6;
      udp = VirtioNetHeader.gsoType(buf, offset) == VirtioNetHeader.GSO_UDP_L4;
      ipv4Id = ipv6 ? 0 : buf.getUnsignedShort(frame + network + IpPacket.IPV4_ID_OFFSET);
      tcpSequence = udp ? 0 : buf.getInt(frame + transport + TCP_SEQUENCE_OFFSET);
      tcpFlags = udp ? 0 : buf.getUnsignedByte(frame + transport + TCP_FLAGS_OFFSET);
      int withLength = buf.getUnsignedShort(frame + transport + checksumOffset);
      pseudoSum = (long) withLength + (~(frameBytes - transport) & 0xffff);
    }
  }
}
