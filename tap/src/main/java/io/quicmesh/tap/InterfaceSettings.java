package io.quicmesh.tap;

import com.sun.jna.LastErrorException;
import io.netty.channel.unix.FileDescriptor;
import io.quicmesh.tap.frame.MacAddress;
import java.io.IOException;

/**
 * The settings of one network interface, read and changed by ioctl (netdevice(7)). Used by the
 * thread that opens the device, and closed by it.
 */
final class InterfaceSettings implements AutoCloseable {
  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;

  private static final long SIOCGIFFLAGS = 0x8913;
  private static final long SIOCSIFFLAGS = 0x8914;
  private static final long SIOCSIFMTU = 0x8922;
  private static final long SIOCSIFHWADDR = 0x8924;
  private static final long SIOCGIFHWADDR = 0x8927;
  private static final long SIOCGIFINDEX = 0x8933;
  private static final long SIOCSIFTXQLEN = 0x8943;

  private static final short ARPHRD_ETHER = 1;
  private static final short IFF_UP = 1;
  private static final int MAC_BYTES = 6;

  private final String name;
  private final FileDescriptor socket;

  InterfaceSettings(String name) throws TapException {
    this.name = name;
    try {
      socket = new FileDescriptor(LinuxCalls.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    } catch (LastErrorException e) {
      throw new TapException(
          "cannot configure " + name, Errno.text(e.getErrorCode()), "raise the open files limit");
    }
  }

  int index() throws TapException {
    InterfaceRequest request = new InterfaceRequest(name);
    call(SIOCGIFINDEX, request, "read the index of " + name, "see \"ip link\"");
    return request.getInt();
  }

  MacAddress mac() throws TapException {
    InterfaceRequest request = new InterfaceRequest(name);
    call(SIOCGIFHWADDR, request, "read the MAC address of " + name, "see \"ip link\"");
    long bits = 0;
    for (byte octet : request.getAddress(MAC_BYTES)) {
      bits = bits << Byte.SIZE | (octet & 0xff);
    }
    return new MacAddress(bits);
  }

  void setMac(MacAddress mac) throws TapException {
    InterfaceRequest request = new InterfaceRequest(name).putAddress(ARPHRD_ETHER, mac.toBytes());
    String what = "set the MAC address of " + name + " to " + mac;
    call(SIOCSIFHWADDR, request, what, "choose a unicast address");
  }

  void setMtu(int mtuBytes) throws TapException {
    InterfaceRequest request = new InterfaceRequest(name).putInt(mtuBytes);
    String what = "set the MTU of " + name + " to " + mtuBytes;
    call(SIOCSIFMTU, request, what, "choose 68 to 65521, with IPv6 at least 1280");
  }

  void setQueueFrames(int frames) throws TapException {
    InterfaceRequest request = new InterfaceRequest(name).putInt(frames);
    call(SIOCSIFTXQLEN, request, "set txqueuelen of " + name + " to " + frames, "choose less");
  }

  void setUp() throws TapException {
    InterfaceRequest request = new InterfaceRequest(name);
    call(SIOCGIFFLAGS, request, "read the flags of " + name, "see \"ip link\"");
    request.putShort((short) (request.getShort() | IFF_UP));
    call(SIOCSIFFLAGS, request, "bring up " + name, "see \"ip link\" and \"dmesg\"");
  }

  @Override
  public void close() throws TapException {
    try {
      socket.close();
    } catch (IOException e) {
      throw new TapException(
          "cannot finish configuring " + name, e.toString(), "see the kernel's log with \"dmesg\"");
    }
  }

  private void call(long ioctl, InterfaceRequest request, String what, String mend)
      throws TapException {
    try {
      LinuxCalls.ioctl(socket.intValue(), ioctl, request.memory());
    } catch (LastErrorException e) {
      throw new TapException("cannot " + what, Errno.text(e.getErrorCode()), mend);
    }
  }
}
