package io.quicmesh.tap.link;

/** What sort of interface a link is, as far as the kernel and the name tell. */
public enum LinkKind {
  LOOPBACK,
  /** A device of the machine: Ethernet, Wi-Fi, a modem, a virtual machine's network card. */
  PHYSICAL,
  /** A TUN or TAP device. */
  TUN,
  BRIDGE,
  VETH,
  /** A bridge or veth whose name says that it belongs to a container or virtual machine engine. */
  CONTAINER,
  WIREGUARD,
  VLAN,
  BOND,
  OTHER;

  private static final String CONTAINER_NAMES =
      "docker\\d+|br-[0-9a-f]{12}|veth[0-9a-f]{7,8}|virbr\\d+|vnet\\d+|lxcbr\\d+|lxdbr\\d+"
          + "|podman\\d+|cni\\d+|cni-.*|cali[0-9a-f]+|flannel\\..*|kube-.*";

  static LinkKind of(String name, String kernelKind, boolean loopback) {
    if (loopback) {
      return LOOPBACK;
    }
    if (name.matches(CONTAINER_NAMES)) {
      return CONTAINER;
    }
    return switch (kernelKind) {
      case "" -> PHYSICAL;
      case "tun" -> TUN;
      case "bridge" -> BRIDGE;
      case "veth" -> VETH;
      case "wireguard" -> WIREGUARD;
      case "vlan" -> VLAN;
      case "bond", "team" -> BOND;
      default -> OTHER;
    };
  }
}
