package io.quicmesh.lab.emulator;

/** A link as it is asked for: its two ends, written with a comma between them. */
record LinkRef(EndRef first, EndRef second) {

  static LinkRef parse(String text) {
    String[] ends = text.split(",", -1);
    if (ends.length != 2) {
      throw new IllegalArgumentException(
          "not a link, which is A=[NAMESPACE:]INTERFACE,B=[NAMESPACE:]INTERFACE: " + text);
    }
    return new LinkRef(EndRef.parse(ends[0]), EndRef.parse(ends[1]));
  }
}
