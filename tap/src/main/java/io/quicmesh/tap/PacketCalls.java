package io.quicmesh.tap;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * The system calls that open a packet socket with its ring, and that enter a network namespace.
 * Every failure is an exception with the error number.
 */
final class PacketCalls {
  static {
    Native.register(PacketCalls.class, "c");
  }

  private PacketCalls() {}

  static native int socket(int domain, int type, int protocol) throws LastErrorException;

  static native int bind(int fd, Pointer address, int addressBytes) throws LastErrorException;

  static native int setsockopt(int fd, int level, int name, Pointer value, int valueBytes)
      throws LastErrorException;

  static native int getsockopt(int fd, int level, int name, Pointer value, Pointer valueBytes)
      throws LastErrorException;

  static native int ioctl(int fd, long request, Pointer argument) throws LastErrorException;

  static native Pointer mmap(
      Pointer address, long bytes, int protection, int flags, int fd, long offset)
      throws LastErrorException;

  static native int munmap(Pointer address, long bytes) throws LastErrorException;

  static native int open(String path, int flags) throws LastErrorException;

  static native int close(int fd) throws LastErrorException;

  static native int prctl(int option, long value) throws LastErrorException;

  static native int sched_setscheduler(int thread, int policy, Pointer parameter)
      throws LastErrorException;

  static native int setns(int fd, int kind) throws LastErrorException;
}
