package io.quicmesh.tap;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.nio.ByteBuffer;

/**
 * The system calls that neither the JDK nor Netty offers. They open and configure; nothing on a
 * frame's way goes through them. Every failure is an exception with the error number.
 */
final class LinuxCalls {
  static {
    // By the name that the system's loader knows: JNA need not search for it.
    Native.register(LinuxCalls.class, "libc.so.6");
  }

  private LinuxCalls() {}

  static native int open(String path, int flags) throws LastErrorException;

  /** The argument is memory that the call reads or fills. */
  static native int ioctl(int fd, long request, ByteBuffer argument) throws LastErrorException;

  /** The argument is a number. */
  static native int ioctl(int fd, long request, long argument) throws LastErrorException;

  static native int socket(int domain, int type, int protocol) throws LastErrorException;

  static native int bind(int fd, ByteBuffer address, int addressBytes) throws LastErrorException;

  static native int setsockopt(int fd, int level, int name, ByteBuffer value, int valueBytes)
      throws LastErrorException;
}
