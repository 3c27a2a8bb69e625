package io.quicmesh.tap;

import com.sun.jna.LastErrorException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.unix.FileDescriptor;
import io.quicmesh.tap.link.IpPrefix;
import io.quicmesh.tap.link.NetlinkRequests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A socket to the kernel's rtnetlink (rtnetlink(7)), owned by the thread that opened it. */
final class NetlinkSocket implements AutoCloseable {
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_NONBLOCK = 0x800;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int NETLINK_ROUTE = 0;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int ADDRESS_BYTES = 12;

  /** RTMGRP_LINK and those of addresses, routes and rules, as bits (linux/rtnetlink.h). */
  private static final int WATCHED_GROUPS = 0x1 | 0x10 | 0x40 | 0x80 | 0x100 | 0x400;

  private static final int ANSWER_BYTES_MAX = 8192;
  private static final int ANSWER_SECONDS_MAX = 2;

  private final FileDescriptor fd;
  private int sequence;

  private NetlinkSocket(FileDescriptor fd) {
    this.fd = fd;
  }

  /** A blocking socket for requests that are acknowledged. */
  static NetlinkSocket forRequests() throws TapException {
    NetlinkSocket socket = new NetlinkSocket(new FileDescriptor(open(0, 0)));
    ByteBuffer timeout = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
    timeout.putLong(0, ANSWER_SECONDS_MAX);
    try {
      LinuxCalls.setsockopt(
          socket.fd.intValue(), SOL_SOCKET, SO_RCVTIMEO, timeout, timeout.capacity());
      return socket;
    } catch (LastErrorException e) {
      TapException failure = cannotOpen(e.getErrorCode());
      TunDriver.closeQuietly(socket.fd, failure);
      throw failure;
    }
  }

  /** A socket that does not block and hears of links, addresses, routes and rules. */
  static NetlinkSocket forNotifications() throws TapException {
    return new NetlinkSocket(new FileDescriptor(open(SOCK_NONBLOCK, WATCHED_GROUPS)));
  }

  FileDescriptor fd() {
    return fd;
  }

  void assignAddress(int linkIndex, String linkName, IpPrefix prefix) throws TapException {
    ByteBuf message = Unpooled.directBuffer(ANSWER_BYTES_MAX);
    try {
      NetlinkRequests.assignAddress(message, ++sequence, linkIndex, prefix);
      fd.writeAddress(message.memoryAddress(), 0, message.writerIndex());
      message.clear();
      int got = fd.readAddress(message.memoryAddress(), 0, ANSWER_BYTES_MAX);
      message.writerIndex(Math.max(got, 0));
      int result = NetlinkRequests.acknowledged(message);
      if (result != 0) {
        throw refused(linkName, prefix, result > 0 ? "no answer" : Errno.text(-result));
      }
    } catch (TapException e) {
      throw e;
    } catch (IOException e) {
      throw refused(linkName, prefix, String.valueOf(e.getMessage()));
    } finally {
      message.release();
    }
  }

  @Override
  public void close() throws TapException {
    try {
      fd.close();
    } catch (IOException e) {
      throw new TapException("cannot close netlink", e.toString(), "see \"dmesg\"");
    }
  }

  private static int open(int typeFlags, int groups) throws TapException {
    int fd = -1;
    try {
      fd = LinuxCalls.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | typeFlags, NETLINK_ROUTE);
      ByteBuffer address = ByteBuffer.allocateDirect(ADDRESS_BYTES).order(ByteOrder.nativeOrder());
      address.putShort(0, (short) AF_NETLINK).putInt(8, groups);
      LinuxCalls.bind(fd, address, ADDRESS_BYTES);
      return fd;
    } catch (LastErrorException e) {
      TapException failure = cannotOpen(e.getErrorCode());
      if (fd >= 0) {
        TunDriver.closeQuietly(new FileDescriptor(fd), failure);
      }
      throw failure;
    }
  }

  private static TapException cannotOpen(int errno) {
    return new TapException(
        "cannot open a netlink socket", Errno.text(errno), "raise the open files limit");
  }

  private static TapException refused(String linkName, IpPrefix prefix, String why) {
    return new TapException(
        "cannot assign " + prefix + " to " + linkName,
        why,
        prefix.isIpv6()
            ? "check net.ipv6.conf." + linkName + ".disable_ipv6"
            : "check the address and its prefix");
  }
}
