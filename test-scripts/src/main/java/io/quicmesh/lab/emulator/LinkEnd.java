package io.quicmesh.lab.emulator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Future;
import io.quicmesh.lab.link.LinkDirection;
import io.quicmesh.tap.NetworkNamespace;
import io.quicmesh.tap.TapConfig;
import io.quicmesh.tap.TapCounters;
import io.quicmesh.tap.TapDevice;
import io.quicmesh.tap.TapException;
import io.quicmesh.tap.TapListener;
import io.quicmesh.tap.frame.VirtioNetHeader;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * One end of an emulated link: a TAP device in plain mode, so that the link sees the packets that a
 * cable would see. What the host sends goes into the direction away from here. Owned by the loop.
 */
final class LinkEnd implements TapListener, AutoCloseable {

  private final EndRef ref;
  private final TapDevice device;
  private @Nullable LinkDirection away;
  private boolean gone;

  private LinkEnd(EndRef ref, TapDevice device) {
    this.ref = ref;
    this.device = device;
  }

  static LinkEnd open(EndRef ref, int mtuBytes, ByteBufAllocator allocator) throws IOException {
    TapConfig config =
        TapConfig.named(ref.interfaceName()).withMtuBytes(mtuBytes).withoutOffloads();
    return new LinkEnd(ref, in(ref, () -> TapDevice.open(config, allocator)));
  }

  Future<Void> start(IoEventLoop loop, LinkDirection direction) {
    away = direction;
    return device.start(loop, this);
  }

  String name() {
    return ref.name();
  }

  /** Whether the interface was removed from outside. */
  boolean isGone() {
    return gone;
  }

  /** The slice keeps the virtio-net header in front of what it shows, for the write at the end. */
  @Override
  public void frame(ByteBuf batch, int offset, int lengthBytes) {
    LinkDirection direction = away;
    if (direction != null) {
      ByteBuf frame = batch.retainedSlice(offset, lengthBytes).skipBytes(VirtioNetHeader.BYTES);
      direction.handleFrame(frame, System.nanoTime());
    }
  }

  @Override
  public void batchComplete() {}

  @Override
  public void vanished(TapException cause) {
    gone = true;
  }

  /** Hands an arrived frame to the host, and takes the reference. */
  void deliver(ByteBuf frame) {
    int header = frame.readerIndex() - VirtioNetHeader.BYTES;
    device.write(frame, header, frame.readableBytes() + VirtioNetHeader.BYTES);
    frame.release();
  }

  /** Plugs the cable of this end in or out, as the host sees it. */
  void setCarrier(boolean on) throws TapException {
    device.setCarrier(on);
  }

  TapCounters counters() {
    return device.counters();
  }

  /** Frames that the kernel dropped because they were not read in time. */
  long ringDrops() throws IOException {
    return in(ref, device::ringDrops);
  }

  @Override
  public void close() {
    device.close();
  }

  private static <T> T in(EndRef ref, Callable<T> work) throws IOException {
    String namespace = ref.namespace();
    if (namespace != null) {
      return NetworkNamespace.call(namespace, work);
    }
    try {
      return work.call();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
