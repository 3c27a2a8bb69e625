package io.quicmesh.tap;

import io.netty.buffer.UnpooledByteBufAllocator;

/** Opens a TAP device in a process of its own and prints what came of it. */
final class OpenDevice {
  private OpenDevice() {}

  public static void main(String[] arguments) throws Exception {
    try (TapDevice device =
        TapDevice.open(TapConfig.nextFree("qtap"), UnpooledByteBufAllocator.DEFAULT)) {
      System.out.println("opened " + device.name());
    } catch (TapException e) {
      System.out.println("refused: " + e.getMessage());
    }
  }
}
