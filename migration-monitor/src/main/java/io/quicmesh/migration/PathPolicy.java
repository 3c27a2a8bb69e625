package io.quicmesh.migration;

import java.net.InetAddress;
import java.util.List;

/**
 * An operator's order of underlay prefixes: an address in an earlier one is preferred; an address
 * in none comes last.
 */
public record PathPolicy(List<Prefix> preferred) {

  /** No preference: every address has the same rank. */
  public static final PathPolicy NONE = new PathPolicy(List.of());

  public PathPolicy {
    preferred = List.copyOf(preferred);
  }

  /** The address's place in the order, 0 the most preferred. */
  public int rank(InetAddress address) {
    for (int i = 0; i < preferred.size(); i++) {
      if (preferred.get(i).contains(address)) {
        return i;
      }
    }
    return preferred.size();
  }

  /** The addresses whose first {@code bits} bits equal those of {@code network}. */
  public record Prefix(InetAddress network, int bits) {

    public Prefix {
      if (bits < 0 || bits > network.getAddress().length * Byte.SIZE) {
        throw new IllegalArgumentException("prefix length out of range: " + bits);
      }
    }

    boolean contains(InetAddress address) {
      byte[] mine = network.getAddress();
      byte[] other = address.getAddress();
      if (mine.length != other.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit += Byte.SIZE) {
        int mask = bits - bit >= Byte.SIZE ? 0xff : 0xff << (Byte.SIZE - (bits - bit)) & 0xff;
        if (((mine[bit / Byte.SIZE] ^ other[bit / Byte.SIZE]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }
}
