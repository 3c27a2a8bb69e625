package io.quicmesh.tap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The argument of the interface ioctls: a name and one value ({@code struct ifreq}). */
final class InterfaceRequest {
  private static final int NAME_BYTES = 16;
  private static final int REQUEST_BYTES = 40;

  private final ByteBuffer memory =
      ByteBuffer.allocateDirect(REQUEST_BYTES).order(ByteOrder.nativeOrder());

  InterfaceRequest(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length >= NAME_BYTES) {
      throw new IllegalArgumentException("interface name too long: " + name);
    }
    memory.put(0, bytes);
  }

  ByteBuffer memory() {
    return memory;
  }

  /** The name, which the kernel may have completed. */
  String name() {
    byte[] bytes = new byte[NAME_BYTES];
    memory.get(0, bytes);
    int length = 0;
    while (length < NAME_BYTES && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  InterfaceRequest putShort(short value) {
    memory.putShort(NAME_BYTES, value);
    return this;
  }

  InterfaceRequest putInt(int value) {
    memory.putInt(NAME_BYTES, value);
    return this;
  }

  /** The value is a socket address of this family with these bytes. */
  InterfaceRequest putAddress(short family, byte[] address) {
    memory.putShort(NAME_BYTES, family);
    memory.put(NAME_BYTES + Short.BYTES, address);
    return this;
  }

  short getShort() {
    return memory.getShort(NAME_BYTES);
  }

  int getInt() {
    return memory.getInt(NAME_BYTES);
  }

  /** The bytes of a socket address behind its family. */
  byte[] getAddress(int length) {
    byte[] address = new byte[length];
    memory.get(NAME_BYTES + Short.BYTES, address);
    return address;
  }
}
