package io.quicmesh.tap;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import io.quicmesh.tap.frame.MacAddress;
import io.quicmesh.tap.frame.Offloads;
import io.quicmesh.tap.link.IpPrefix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The network interface through which this host's kernel exchanges Ethernet frames with the node.
 * Every frame, in either direction, stands behind a virtio-net header, in plain mode an empty one.
 *
 * <p>Opened on any thread; from {@link #start} on it is owned by the event loop, and every method
 * is called there, but for those that say otherwise. The interface exists from {@link #open} to
 * {@link #close} or the end of the process, and is never made again in between.
 */
public final class TapDevice implements FramePort, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TapDevice.class);

  private final FileDescriptor fd;
  private final String name;
  private final int index;
  private final MacAddress mac;
  private final TapConfig config;
  private final Offloads offloads;
  private final TapTally tally = new TapTally();
  private final TapReader reader;
  private final TapWriter writer;

  private volatile @Nullable IoEventLoop loop;

  private TapDevice(
      TunDriver.Opened opened,
      int index,
      MacAddress mac,
      TapConfig config,
      ByteBufAllocator alloc) {
    this.fd = opened.fd();
    this.name = opened.name();
    this.offloads = opened.offloads();
    this.index = index;
    this.mac = mac;
    this.config = config;
    this.reader = new TapReader(fd, config, tally, alloc);
    this.writer = new TapWriter(opened, config, tally, alloc);
  }

  /**
   * Makes the interface, configures it and brings it up. Blocks shortly; call it on any thread.
   *
   * @throws TapException if the host refuses; nothing is left behind then
   */
  public static TapDevice open(TapConfig config, ByteBufAllocator allocator) throws TapException {
    Epoll.ensureAvailability();
    TunDriver.Opened opened = TunDriver.open(config);
    try (InterfaceSettings settings = new InterfaceSettings(opened.name())) {
      settings.setQueueFrames(config.queueFrames());
      settings.setMtu(config.mtuBytes());
      if (config.mac() != null) {
        settings.setMac(config.mac());
      }
      settings.setUp();
      int index = settings.index();
      assignAddresses(opened.name(), index, config.addresses());
      return new TapDevice(opened, index, settings.mac(), config, allocator);
    } catch (TapException e) {
      TunDriver.closeQuietly(opened.fd(), e);
      throw e;
    }
  }

  /** The interface's name. Any thread. */
  public String name() {
    return name;
  }

  /** The interface's index. Any thread. */
  public int index() {
    return index;
  }

  /** The interface's address as it was when the device was opened. Any thread. */
  public MacAddress mac() {
    return mac;
  }

  /** The MTU that was configured. Any thread. */
  public int mtuBytes() {
    return config.mtuBytes();
  }

  /** What the kernel granted. Any thread. */
  public Offloads offloads() {
    return offloads;
  }

  /** What is free before every virtio-net header in a batch. Any thread. */
  public int headroomBytes() {
    return config.headroomBytes();
  }

  /**
   * Begins to read on the loop. Call it once, on any thread; the future is done when frames can
   * come.
   */
  public Future<Void> start(IoEventLoop eventLoop, TapListener listener) {
    loop = eventLoop;
    return reader.start(
        eventLoop,
        listener,
        new TapReader.Ends() {
          @Override
          public void interfaceGone(IOException cause) {
            vanish(listener, cause);
          }

          @Override
          public void loopEnding() {
            closeNow();
          }
        });
  }

  @Override
  public void pauseReading() {
    reader.setPaused(true);
  }

  @Override
  public void resumeReading() {
    reader.setPaused(false);
  }

  @Override
  public boolean isReadingPaused() {
    return reader.isPaused();
  }

  @Override
  public boolean write(ByteBuf buf, int offset, int lengthBytes) {
    return writer.write(buf, offset, lengthBytes);
  }

  /**
   * Plugs the cable in or out, as the host sees it ({@code LOWER_UP}); plugged in after {@link
   * #open}.
   */
  public void setCarrier(boolean on) throws TapException {
    TunDriver.setCarrier(fd.intValue(), name, on);
  }

  /** The counts so far. */
  public TapCounters counters() {
    return tally.snapshot();
  }

  /**
   * The frames that the kernel dropped because they were not read in time, shown as {@code
   * tap_ring}. Reads a file: call it off the event loop.
   */
  public long ringDrops() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/thread-self/net/dev"));
    return InterfaceStatistics.transmitDrops(lines, name);
  }

  /**
   * Removes the interface. Any thread; returns when it is gone. Does nothing the second time. A
   * loop that ends does not always close what is registered with it, so close the device in any
   * case.
   */
  @Override
  public void close() {
    IoEventLoop owner = loop;
    if (owner == null) {
      closeNow();
    } else {
      LoopClosing.close(owner, this::closeNow);
    }
  }

  private static void assignAddresses(String name, int index, List<IpPrefix> addresses)
      throws TapException {
    if (addresses.isEmpty()) {
      return;
    }
    try (NetlinkSocket netlink = NetlinkSocket.forRequests()) {
      for (IpPrefix address : addresses) {
        netlink.assignAddress(index, name, address);
      }
    }
  }

  private void vanish(TapListener listener, IOException cause) {
    TapException gone =
        new TapException(
            "the interface " + name + " is gone",
            String.valueOf(cause.getMessage()),
            "it was removed from outside; start the node again");
    gone.initCause(cause);
    closeNow();
    listener.vanished(gone);
  }

  private void closeNow() {
    if (!fd.isOpen()) {
      return;
    }
    IoEventLoop owner = loop;
    reader.close(owner != null && owner.inEventLoop());
    writer.close();
    try {
      fd.close();
    } catch (IOException e) {
      log.warn("closing {} failed", name, e);
    }
  }
}
