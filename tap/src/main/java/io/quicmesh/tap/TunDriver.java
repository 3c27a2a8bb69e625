package io.quicmesh.tap;

import com.sun.jna.LastErrorException;
import io.netty.channel.unix.FileDescriptor;
import io.quicmesh.tap.frame.Offloads;
import io.quicmesh.tap.frame.VirtioNetHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Opens TAP devices at the kernel's {@code /dev/net/tun} (linux/if_tun.h). */
final class TunDriver {
  private static final String PATH = "/dev/net/tun";

  private static final int O_RDWR = 0x2;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;

  private static final long TUNSETIFF = 0x4004_54caL;
  private static final long TUNSETOFFLOAD = 0x4004_54d0L;
  private static final long TUNSETVNETHDRSZ = 0x4004_54d8L;
  private static final long TUNSETVNETLE = 0x4004_54dcL;
  private static final long TUNSETCARRIER = 0x4004_54e2L;

  private static final int IFF_TAP = 0x0002;
  private static final int IFF_NO_PI = 0x1000;
  private static final int IFF_VNET_HDR = 0x4000;

  private static final int TUN_F_CSUM = 0x01;
  private static final int TUN_F_TSO4 = 0x02;
  private static final int TUN_F_TSO6 = 0x04;
  private static final int TUN_F_TSO_ECN = 0x08;
  private static final int TUN_F_USO4 = 0x20;
  private static final int TUN_F_USO6 = 0x40;

  private static final List<Offloads> STEPS =
      List.of(Offloads.ALL, Offloads.TCP, Offloads.CHECKSUM);

  private TunDriver() {}

  /**
   * A device as the driver made it.
   *
   * @param offloads what the kernel leaves open in the frames that it hands over
   */
  record Opened(FileDescriptor fd, String name, Offloads offloads) {}

  static Opened open(TapConfig config) throws TapException {
    Host.require("cannot make a TAP device");
    FileDescriptor fd = new FileDescriptor(openDriver());
    try {
      String name = create(fd.intValue(), config);
      Offloads offloads = config.offloads() ? negotiate(fd.intValue()) : Offloads.NONE;
      return new Opened(fd, name, offloads);
    } catch (TapException e) {
      closeQuietly(fd, e);
      throw e;
    }
  }

  static void setCarrier(int fd, String name, boolean on) throws TapException {
    try {
      LinuxCalls.ioctl(fd, TUNSETCARRIER, number(on ? 1 : 0));
    } catch (LastErrorException e) {
      throw new TapException(
          "cannot set the carrier of " + name,
          Errno.text(e.getErrorCode()),
          "use Linux 5.0 or newer");
    }
  }

  static void closeQuietly(FileDescriptor fd, Exception cause) {
    try {
      fd.close();
    } catch (java.io.IOException e) {
      cause.addSuppressed(e);
    }
  }

  private static int openDriver() throws TapException {
    try {
      return LinuxCalls.open(PATH, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    } catch (LastErrorException e) {
      String what = "cannot open " + PATH;
      int errno = e.getErrorCode();
      if (errno == Errno.ENOENT || errno == Errno.ENODEV || errno == Errno.ENXIO) {
        throw new TapException(
            what, "the kernel's tun driver is not there", "load it with \"modprobe tun\"");
      }
      if (Errno.isPermission(errno)) {
        throw new TapException(
            what, "no permission", "run as root or with CAP_NET_ADMIN and access to the file");
      }
      throw new TapException(what, Errno.text(errno), "see \"ls -l " + PATH + "\"");
    }
  }

  private static String create(int fd, TapConfig config) throws TapException {
    int flags = IFF_TAP | IFF_NO_PI | (config.offloads() ? IFF_VNET_HDR : 0);
    InterfaceRequest request = new InterfaceRequest(config.namePattern()).putShort((short) flags);
    try {
      LinuxCalls.ioctl(fd, TUNSETIFF, request.memory());
    } catch (LastErrorException e) {
      throw refused(config, e.getErrorCode());
    }
    return request.name();
  }

  private static TapException refused(TapConfig config, int errno) {
    String what = "cannot make the TAP device " + config.namePattern();
    if (Errno.isPermission(errno)) {
      return new TapException(what, "no permission", "run as root or with CAP_NET_ADMIN");
    }
    if (errno == Errno.EBUSY || errno == Errno.EINVAL || errno == Errno.EEXIST) {
      return new TapException(
          what,
          "an interface of that name exists",
          "choose another name or remove it with \"ip link del " + config.namePattern() + "\"");
    }
    return new TapException(what, Errno.text(errno), "see the kernel's log with \"dmesg\"");
  }

  /** A flag that the kernel lacks fails the whole request, so ask for less and less. */
  private static Offloads negotiate(int fd) throws TapException {
    try {
      LinuxCalls.ioctl(fd, TUNSETVNETHDRSZ, number(VirtioNetHeader.BYTES));
      LinuxCalls.ioctl(fd, TUNSETVNETLE, number(1));
    } catch (LastErrorException e) {
      throw new TapException(
          "cannot set the virtio-net header",
          Errno.text(e.getErrorCode()),
          "switch offloads off for this TAP device");
    }
    for (Offloads step : STEPS) {
      if (grants(fd, flags(step))) {
        return step;
      }
    }
    return Offloads.NONE;
  }

  private static boolean grants(int fd, int flags) {
    try {
      LinuxCalls.ioctl(fd, TUNSETOFFLOAD, (long) flags);
      return true;
    } catch (LastErrorException e) {
      return false;
    }
  }

  private static int flags(Offloads offloads) {
    return (offloads.checksum() ? TUN_F_CSUM : 0)
        | (offloads.tso4() ? TUN_F_TSO4 | TUN_F_TSO_ECN : 0)
        | (offloads.tso6() ? TUN_F_TSO6 : 0)
        | (offloads.uso() ? TUN_F_USO4 | TUN_F_USO6 : 0);
  }

  private static ByteBuffer number(int value) {
    return ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(0, value);
  }
}
