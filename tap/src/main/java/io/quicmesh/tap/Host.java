package io.quicmesh.tap;

import io.netty.channel.epoll.Epoll;

/** What this host must be before anything here is tried on it. */
final class Host {
  private Host() {}

  /** Refuses anything but Linux, and loads the native library that file descriptors need. */
  static void require(String what) throws TapException {
    String system = System.getProperty("os.name", "");
    if (!system.equals("Linux")) {
      throw new TapException(
          what,
          "this is " + system + ", and only Linux is supported",
          "run the node on Linux 4.19 or newer");
    }
    if (!Epoll.isAvailable()) {
      throw new TapException(
          what,
          "the native library for " + System.getProperty("os.arch") + " cannot be loaded",
          "use x86_64 or aarch64, with a temporary directory that allows execution");
    }
  }
}
