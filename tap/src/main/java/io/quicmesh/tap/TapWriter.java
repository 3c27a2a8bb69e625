package io.quicmesh.tap;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.FileDescriptor;
import io.quicmesh.tap.frame.Offloads;
import io.quicmesh.tap.frame.SegmentSink;
import io.quicmesh.tap.frame.Segmenter;
import io.quicmesh.tap.frame.VirtioNetHeader;
import java.io.IOException;

/**
 * The way of frames to the kernel: check, segment what its side lacks, write. Owned by the loop.
 */
final class TapWriter {
  private final FileDescriptor fd;
  private final Offloads offloads;
  private final TapTally tally;
  private final Segmenter segmenter;
  private final SegmentSink segments = this::writeFrame;

  /** In plain mode the kernel takes frames alone. */
  private final int skippedBytes;

  TapWriter(TunDriver.Opened opened, TapConfig config, TapTally tally, ByteBufAllocator allocator) {
    this.fd = opened.fd();
    this.offloads = opened.offloads();
    this.tally = tally;
    this.segmenter = new Segmenter(allocator);
    this.skippedBytes = config.offloads() ? 0 : VirtioNetHeader.BYTES;
  }

  /** Whether the kernel took all of it. */
  boolean write(ByteBuf buf, int offset, int lengthBytes) {
    if (!fd.isOpen()) {
      tally.countDropped(TapDropReason.WRITE_CLOSED);
      return false;
    }
    if (!VirtioNetHeader.sanitize(buf, offset, lengthBytes).accepted()) {
      tally.countDropped(TapDropReason.WRITE_MALFORMED);
      return false;
    }
    if (VirtioNetHeader.fits(buf, offset, offloads)) {
      return writeFrame(buf, offset, lengthBytes);
    }
    long before = tally.framesDropped();
    segmenter.segment(buf, offset, lengthBytes, segments);
    return tally.framesDropped() == before;
  }

  void close() {
    segmenter.close();
  }

  private boolean writeFrame(ByteBuf buf, int offset, int lengthBytes) {
    try {
      int end = offset + lengthBytes;
      if (fd.writeAddress(buf.memoryAddress(), offset + skippedBytes, end) > 0) {
        tally.countOut(lengthBytes - VirtioNetHeader.BYTES);
        return true;
      }
      tally.countDropped(TapDropReason.WRITE_WOULD_BLOCK);
    } catch (NativeIoException e) {
      tally.countDropped(TapDropReason.ofWrite(-e.expectedErr()));
    } catch (IOException e) {
      tally.countDropped(TapDropReason.WRITE_FAILED);
    }
    return false;
  }
}
