package io.quicmesh.tap;

import java.io.IOException;
import java.util.List;

/** Reads the kernel's counts of one interface from the lines of {@code /proc/net/dev}. */
final class InterfaceStatistics {
  /** Behind the name: eight numbers of reception, then bytes, packets, errors, drops sent. */
  private static final int TRANSMIT_DROPS_FIELD = 11;

  private InterfaceStatistics() {}

  static long transmitDrops(List<String> lines, String name) throws IOException {
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon >= 0 && line.substring(0, colon).trim().equals(name)) {
        String[] fields = line.substring(colon + 1).trim().split("\\s+", -1);
        return Long.parseLong(fields[TRANSMIT_DROPS_FIELD]);
      }
    }
    throw new IOException("there is no interface " + name);
  }
}
