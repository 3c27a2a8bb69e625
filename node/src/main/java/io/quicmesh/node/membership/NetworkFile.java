package io.quicmesh.node.membership;

import io.quicmesh.transport.identity.StateFiles;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.OverlayAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A {@link Network} as JSON: in a file of the state directory, and inside join documents. */
final class NetworkFile {

  private final StateFiles files;
  private final Path path;

  /** The JSON form. */
  record Document(String name, String id, String subnet, List<String> relays) {

    static Document of(Network network) {
      return new Document(
          network.name(),
          network.id().toString(),
          network.subnet().toString(),
          network.relays().stream().map(RelayAddress::toString).toList());
    }

    /**
     * The network of it.
     *
     * @throws IllegalArgumentException if a part is missing or malformed
     */
    Network toNetwork() {
      if (name == null || id == null || subnet == null || relays == null) {
        throw new IllegalArgumentException("a network with parts missing");
      }
      return new Network(
          name,
          Fingerprint.parse(id),
          OverlayAddress.parse(subnet),
          relays.stream().map(RelayAddress::parse).toList());
    }
  }

  NetworkFile(StateDirectory directory) {
    this.files = directory.files();
    this.path = directory.networkPath();
  }

  Network read() throws MembershipException {
    try {
      byte[] bytes = files.read(path);
      return parse(bytes);
    } catch (IOException e) {
      throw MembershipException.of(e);
    }
  }

  void write(Network network) throws MembershipException {
    try {
      files.replace(path, Json.write(Document.of(network)));
    } catch (IOException e) {
      throw MembershipException.of(e);
    }
  }

  private Network parse(byte[] bytes) throws IOException {
    try {
      return Json.read(bytes, Document.class).toNetwork();
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(
          path + " is damaged: " + e.getMessage() + ": restore it from a backup, or join again");
    }
  }
}
