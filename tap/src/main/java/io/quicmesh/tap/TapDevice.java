package io.quicmesh.tap;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.quicmesh.tap.frame.HeaderVerdict;
import io.quicmesh.tap.frame.MacAddress;
import io.quicmesh.tap.frame.Offloads;
import io.quicmesh.tap.frame.SegmentSink;
import io.quicmesh.tap.frame.Segmenter;
import io.quicmesh.tap.frame.VirtioNetHeader;
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
public final class TapDevice implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TapDevice.class);

  /** A batch ends after so many frames, or when its buffer is full, so that others get the loop. */
  private static final int BATCH_FRAMES_MAX = 64;

  private final FileDescriptor fd;
  private final String name;
  private final int index;
  private final MacAddress mac;
  private final TapConfig config;
  private final Offloads offloads;
  private final ReadBuffer reads;
  private final Segmenter segmenter;
  private final TapTally tally = new TapTally();
  private final SegmentSink segmentSink = this::writeComplete;

  private volatile @Nullable IoEventLoop loop;
  private @Nullable IoRegistration registration;
  private boolean paused;
  private boolean closed;
  private long listenerFailures;

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
    this.reads = new ReadBuffer(alloc, config.headroomBytes());
    this.segmenter = new Segmenter(alloc);
  }

  /**
   * Makes the interface, configures it and brings it up. Blocks shortly; call it on any thread.
   *
   * @throws TapException if the host refuses; nothing is left behind then
   */
  public static TapDevice open(TapConfig config, ByteBufAllocator allocator) throws TapException {
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
    Promise<Void> started = eventLoop.newPromise();
    Future<IoRegistration> registered = eventLoop.register(new Handle(listener));
    registered.addListener(
        done -> {
          if (!done.isSuccess()) {
            started.setFailure(done.cause());
            return;
          }
          registration = registered.getNow();
          submitInterest();
          started.setSuccess(null);
        });
    return started;
  }

  /** Reads nothing until {@link #resumeReading}; the kernel queues, and then drops, meanwhile. */
  public void pauseReading() {
    if (!paused) {
      paused = true;
      submitInterest();
    }
  }

  /** Goes on reading. */
  public void resumeReading() {
    if (paused) {
      paused = false;
      submitInterest();
    }
  }

  /** Whether reading is paused. */
  public boolean isReadingPaused() {
    return paused;
  }

  /**
   * Hands a frame to the host. The virtio-net header is checked and masked in place; what this
   * device's kernel side lacks is done in software. The buffer stays the caller's.
   *
   * @param buf contiguous direct memory
   * @param offset where the virtio-net header begins
   * @param lengthBytes the length of header and frame
   * @return whether the kernel took all of it; if not, it is counted by reason
   */
  public boolean write(ByteBuf buf, int offset, int lengthBytes) {
    HeaderVerdict verdict = VirtioNetHeader.sanitize(buf, offset, lengthBytes);
    if (!verdict.accepted()) {
      tally.countDropped(TapDropReason.WRITE_MALFORMED);
      return false;
    }
    if (VirtioNetHeader.fits(buf, offset, offloads)) {
      return writeComplete(buf, offset, lengthBytes);
    }
    long before = tally.framesDropped();
    segmenter.segment(buf, offset, lengthBytes, segmentSink);
    return tally.framesDropped() == before;
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

  /**
   * Interest NONE would take the descriptor out of epoll for good; errors cannot be masked anyway.
   */
  private void submitInterest() {
    IoRegistration current = registration;
    if (current != null && current.isValid()) {
      current.submit(paused ? EpollIoOps.EPOLLERR : EpollIoOps.EPOLLIN);
    }
  }

  private boolean writeComplete(ByteBuf buf, int offset, int lengthBytes) {
    int skipped = config.offloads() ? 0 : VirtioNetHeader.BYTES;
    try {
      int written = fd.writeAddress(buf.memoryAddress(), offset + skipped, offset + lengthBytes);
      if (written > 0) {
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

  private void readBatch(TapListener listener) throws IOException {
    int frames = 0;
    while (frames < BATCH_FRAMES_MAX && !paused && !closed && reads.hasRoom()) {
      if (!readFrame(listener)) {
        break;
      }
      frames++;
    }
    if (frames > 0) {
      listener.batchComplete();
    }
    if (!closed) {
      reads.recycle();
    }
  }

  private boolean readFrame(TapListener listener) throws IOException {
    ByteBuf buf = reads.buffer();
    int header = reads.cursor() + config.headroomBytes();
    int from = config.offloads() ? header : header + VirtioNetHeader.BYTES;
    int limit = reads.limit();
    int got = fd.readAddress(buf.memoryAddress(), from, limit);
    if (got <= 0) {
      return false;
    }
    int end = from + got;
    if (end == limit) {
      tally.countDropped(TapDropReason.READ_TOO_LONG);
      return true;
    }
    if (!config.offloads()) {
      VirtioNetHeader.writeEmpty(buf, header);
    }
    reads.advanceTo(end);
    tally.countIn(end - header - VirtioNetHeader.BYTES);
    listener.frame(buf, header, end - header);
    return true;
  }

  /** A defect of ours must not stop the loop, nor fill the disk: it is logged ever more rarely. */
  private void logListenerFailure(RuntimeException failure) {
    if (Long.bitCount(++listenerFailures) == 1) {
      log.error("taking frames of {} failed, {} times so far", name, listenerFailures, failure);
    }
  }

  private void vanish(TapListener listener, IOException cause) {
    if (closed) {
      return;
    }
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
    if (closed) {
      return;
    }
    closed = true;
    IoEventLoop owner = loop;
    IoRegistration current = registration;
    if (current != null && owner != null && owner.inEventLoop()) {
      current.cancel();
    }
    try {
      fd.close();
    } catch (IOException e) {
      log.warn("closing {} failed", name, e);
    }
    reads.release();
    segmenter.close();
  }

  /** The device's place on the event loop. */
  private final class Handle implements EpollIoHandle {
    private final TapListener listener;

    Handle(TapListener listener) {
      this.listener = listener;
    }

    @Override
    public FileDescriptor fd() {
      return fd;
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
      boolean readable = ((EpollIoEvent) event).ops().contains(EpollIoOps.EPOLLIN);
      try {
        if (readable) {
          readBatch(listener);
        } else if (!closed) {
          vanish(listener, new IOException("the kernel reports an error"));
        }
      } catch (IOException e) {
        vanish(listener, e);
      } catch (RuntimeException e) {
        logListenerFailure(e);
      }
    }

    @Override
    public void close() {
      closeNow();
    }
  }
}
