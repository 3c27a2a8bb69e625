package io.quicmesh.lab.prober;

import io.quicmesh.lab.probe.ProbeKind;
import io.quicmesh.tap.NetworkNamespace;
import io.quicmesh.tap.PacketSocket;
import java.io.IOException;

/** One of the two ends of a probe: a packet socket on the end's interface. */
final class ProbeEnd implements AutoCloseable {

  private static final int RING_BYTES_MAX = 64 << 20;
  private static final int RING_FRAMES_MAX = 1 << 16;
  private static final int RING_FRAMES_MIN = 1 << 12;

  private final PacketSocket socket;

  private ProbeEnd(PacketSocket socket) {
    this.socket = socket;
  }

  static ProbeEnd open(InterfaceRef ref, ProbeKind kind, int frameBytes) throws IOException {
    int ringFrames = RING_FRAMES_MAX;
    while (ringFrames > RING_FRAMES_MIN && (long) ringFrames * 2 * frameBytes > RING_BYTES_MAX) {
      ringFrames /= 2;
    }
    int port = kind == ProbeKind.UDP ? ProbeKind.UDP_PORT : 0;
    PacketSocket.Config config =
        new PacketSocket.Config(ref.name(), kind.etherType(), port, frameBytes, ringFrames);
    String namespace = ref.namespace();
    return new ProbeEnd(
        namespace == null
            ? PacketSocket.open(config)
            : NetworkNamespace.call(namespace, () -> PacketSocket.open(config)));
  }

  PacketSocket socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
