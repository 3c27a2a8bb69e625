package io.quicmesh.lab.vlan;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.IoEventLoop;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.Future;
import io.quicmesh.tap.NetworkNamespace;
import io.quicmesh.tap.TapConfig;
import io.quicmesh.tap.TapDevice;
import io.quicmesh.tap.TapException;
import io.quicmesh.tap.TapListener;
import io.quicmesh.tap.frame.VirtioNetHeader;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Two TAP devices of one host, a trunk and an access port: what the host sends into the access port
 * comes out of the trunk with a VLAN tag, and tagged frames on the trunk come out of the access
 * port without. With the trunk in a bridge the access port is what the kernel's VLAN interface
 * would be.
 */
@Command(
    name = "vlan",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Makes two TAP devices in a network namespace: frames of --access are tagged frames of --trunk.",
      "Prints 'vlan: ready' when they are there, and runs until SIGTERM."
    })
public final class VlanCommand implements Callable<Integer> {

  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int FRAME_BYTES_MAX = 64 * 1024;

  @Option(names = "--namespace", required = true, description = "where the devices are made")
  private String namespace = "";

  @Option(names = "--trunk", required = true, description = "name of the tagged side")
  private String trunkName = "";

  @Option(names = "--access", required = true, description = "name of the untagged side")
  private String accessName = "";

  @Option(names = "--id", required = true, description = "the VLAN, 1 to 4094")
  private int id;

  private volatile boolean stopped;

  @Override
  public Integer call() throws Exception {
    VlanTag tag = new VlanTag(id);
    ManualIoEventLoop loop =
        new ManualIoEventLoop(Thread.currentThread(), EpollIoHandler.newFactory());
    try (TapDevice trunk = open(trunkName);
        TapDevice access = open(accessName)) {
      Side toTrunk = new Side(trunk, tag, true);
      Side toAccess = new Side(access, tag, false);
      read(access, loop, toTrunk);
      read(trunk, loop, toAccess);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stopped = true));
      System.out.println("vlan: ready");
      while (!stopped && !toTrunk.gone && !toAccess.gone) {
        loop.run(WAIT_NANOS, WAIT_NANOS);
      }
      return toTrunk.gone || toAccess.gone ? 1 : 0;
    }
  }

  /** The loop registers at once what its own thread hands it. */
  private static void read(TapDevice from, IoEventLoop loop, Side side) throws IOException {
    Future<Void> started = from.start(loop, side);
    if (!started.isSuccess()) {
      throw new IOException("cannot read " + from.name(), started.cause());
    }
  }

  private TapDevice open(String name) throws IOException {
    TapConfig config = TapConfig.named(name).withoutOffloads();
    return NetworkNamespace.call(
        namespace, () -> TapDevice.open(config, PooledByteBufAllocator.DEFAULT));
  }

  /** One direction. Owned by the loop. */
  private static final class Side implements TapListener {
    private final TapDevice target;
    private final VlanTag tag;
    private final boolean pushes;
    private final ByteBuf out;
    private boolean gone;

    Side(TapDevice target, VlanTag tag, boolean pushes) {
      this.target = target;
      this.tag = tag;
      this.pushes = pushes;
      out = PooledByteBufAllocator.DEFAULT.directBuffer(FRAME_BYTES_MAX, FRAME_BYTES_MAX);
    }

    @Override
    public void frame(ByteBuf batch, int offset, int lengthBytes) {
      int frame = offset + VirtioNetHeader.BYTES;
      int frameBytes = lengthBytes - VirtioNetHeader.BYTES;
      out.clear().writeZero(VirtioNetHeader.BYTES);
      if (pushes) {
        tag.push(batch, frame, frameBytes, out);
      } else if (tag.isOn(batch, frame, frameBytes)) {
        tag.pop(batch, frame, frameBytes, out);
      } else {
        return;
      }
      target.write(out, 0, out.readableBytes());
    }

    @Override
    public void batchComplete() {}

    @Override
    public void vanished(TapException cause) {
      gone = true;
    }
  }
}
