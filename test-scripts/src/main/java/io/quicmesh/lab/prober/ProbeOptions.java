package io.quicmesh.lab.prober;

import io.quicmesh.lab.probe.ProbeKind;

/**
 * What to send.
 *
 * @param kind what frames look like
 * @param framesPerSecond frames a second in each direction, all flows together
 * @param frameBytes bytes of a frame, Ethernet header included
 * @param flows flows in each direction, which take turns
 * @param bothWays whether the second end sends too
 */
record ProbeOptions(
    ProbeKind kind, double framesPerSecond, int frameBytes, int flows, boolean bothWays) {

  ProbeOptions {
    if (framesPerSecond <= 0) {
      throw new IllegalArgumentException("--rate must be more than 0");
    }
    if (frameBytes < kind.frameBytesMin() || frameBytes > 9_014) {
      throw new IllegalArgumentException(
          "--size must be from " + kind.frameBytesMin() + " to 9014 for this kind of frame");
    }
    if (flows < 1 || flows > kind.flowsMax()) {
      throw new IllegalArgumentException(
          "--flows must be from 1 to " + kind.flowsMax() + " for this kind of frame");
    }
  }

  int directions() {
    return bothWays ? 2 : 1;
  }
}
