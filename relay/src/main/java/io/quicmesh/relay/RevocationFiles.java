package io.quicmesh.relay;

import io.quicmesh.transport.identity.StateFiles;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists of revoked keys in a directory {@code revocations}, one file {@code NETWORK.bin} each, mode
 * 0600. A list is replaced as a whole, so a crash leaves the older one or the newer.
 */
public final class RevocationFiles implements RevocationStore {

  private static final Logger LOG = LoggerFactory.getLogger(RelayServer.class);
  private static final String SUFFIX = ".bin";

  private final StateFiles files;
  private final Path directory;

  /** Lists inside this state directory, which exists. */
  public RevocationFiles(StateFiles files, Path stateDirectory) {
    this.files = files;
    this.directory = stateDirectory.resolve("revocations");
  }

  @Override
  public Map<Fingerprint, Opaque> load() throws IOException {
    Map<Fingerprint, Opaque> lists = new LinkedHashMap<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
        for (Path file : found) {
          load(file, lists);
        }
      }
    }
    return lists;
  }

  private void load(Path file, Map<Fingerprint, Opaque> into) throws IOException {
    String name = file.getFileName().toString();
    byte[] content = files.read(file);
    try {
      Fingerprint network = Fingerprint.parse(name.substring(0, name.length() - SUFFIX.length()));
      Opaque signed = Opaque.of(content);
      if (SignedDocuments.open(network, signed) != null) {
        into.put(network, signed);
        return;
      }
    } catch (IllegalArgumentException e) {
      LOG.debug("a file with a name that is no network", e);
    }
    LOG.warn("{} is no revocation list and is left out: nodes bring it again", file);
  }

  @Override
  public void keep(Fingerprint network, Opaque signedList) throws IOException {
    files.ensureDirectory(directory);
    files.replace(directory.resolve(network + SUFFIX), signedList.toBytes());
  }
}
