package io.quicmesh.tap;

import io.quicmesh.tap.frame.MacAddress;
import io.quicmesh.tap.link.IpPrefix;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a TAP device is to be. Start from {@link #named} or {@link #nextFree} and change what
 * differs.
 *
 * @param namePattern the interface's name, or a prefix with {@code %d} for the next free number
 * @param mac the interface's address; null leaves the kernel's random one
 * @param mtuBytes the largest IP packet in a frame
 * @param queueFrames how many frames the kernel holds while nobody reads ({@code txqueuelen})
 * @param addresses what the interface is assigned
 * @param offloads whether to ask the kernel for superframes and open checksums; false is plain mode
 * @param headroomBytes what a read leaves free before every virtio-net header
 */
public record TapConfig(
    String namePattern,
    @Nullable MacAddress mac,
    int mtuBytes,
    int queueFrames,
    List<IpPrefix> addresses,
    boolean offloads,
    int headroomBytes) {

  /** What a name may have at most, in bytes. */
  public static final int NAME_BYTES_MAX = 15;

  private static final String NUMBER = "%d";
  private static final int DEFAULT_MTU_BYTES = 1500;
  private static final int DEFAULT_QUEUE_FRAMES = 10_000;
  private static final int DEFAULT_HEADROOM_BYTES = 4;

  public TapConfig {
    addresses = List.copyOf(addresses);
  }

  /** A device of exactly this name, which must be free. */
  public static TapConfig named(String name) throws TapException {
    checkName(name, name);
    return withDefaults(name);
  }

  /** A device with the first free name among prefix0, prefix1, ...; the kernel picks it. */
  public static TapConfig nextFree(String prefix) throws TapException {
    checkName(prefix, prefix + "999");
    return withDefaults(prefix + NUMBER);
  }

  public TapConfig withMac(MacAddress newMac) {
    return new TapConfig(
        namePattern, newMac, mtuBytes, queueFrames, addresses, offloads, headroomBytes);
  }

  public TapConfig withMtuBytes(int newMtuBytes) {
    return new TapConfig(
        namePattern, mac, newMtuBytes, queueFrames, addresses, offloads, headroomBytes);
  }

  public TapConfig withQueueFrames(int newQueueFrames) {
    return new TapConfig(
        namePattern, mac, mtuBytes, newQueueFrames, addresses, offloads, headroomBytes);
  }

  public TapConfig withAddresses(List<IpPrefix> newAddresses) {
    return new TapConfig(
        namePattern, mac, mtuBytes, queueFrames, newAddresses, offloads, headroomBytes);
  }

  /** Every frame complete and no larger than the MTU, for hosts where offloads misbehave. */
  public TapConfig withoutOffloads() {
    return new TapConfig(namePattern, mac, mtuBytes, queueFrames, addresses, false, headroomBytes);
  }

  public TapConfig withHeadroomBytes(int newHeadroomBytes) {
    return new TapConfig(
        namePattern, mac, mtuBytes, queueFrames, addresses, offloads, newHeadroomBytes);
  }

  private static TapConfig withDefaults(String namePattern) {
    return new TapConfig(
        namePattern,
        null,
        DEFAULT_MTU_BYTES,
        DEFAULT_QUEUE_FRAMES,
        List.of(),
        true,
        DEFAULT_HEADROOM_BYTES);
  }

  private static void checkName(String given, String longest) throws TapException {
    String what = "cannot name an interface \"" + given + "\"";
    if (longest.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX) {
      throw new TapException(
          what,
          "the name is too long",
          "Linux allows " + NAME_BYTES_MAX + " bytes, choose a shorter one");
    }
    boolean usable =
        !given.isEmpty()
            && !given.equals(".")
            && !given.equals("..")
            && given.chars().noneMatch(c -> c <= ' ' || c > '~' || "/:%".indexOf(c) >= 0);
    if (!usable) {
      throw new TapException(
          what,
          "the name has characters that Linux refuses",
          "use letters, digits, dot and hyphen");
    }
  }
}
