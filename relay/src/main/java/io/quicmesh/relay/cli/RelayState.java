package io.quicmesh.relay.cli;

import io.quicmesh.transport.identity.Certificates;
import io.quicmesh.transport.identity.IdentityFile;
import io.quicmesh.transport.identity.Keys;
import io.quicmesh.transport.identity.StateFiles;
import io.quicmesh.transport.identity.TransportIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** The relay's state directory, which holds its key. */
public record RelayState(Path directory) {

  private static final String KEY_FILE = "relay.pem";

  /** Whether there is a key. */
  public boolean isInitialised() {
    return Files.exists(directory.resolve(KEY_FILE));
  }

  /** Makes the key. */
  public TransportIdentity initialise() throws IOException {
    StateFiles files = new StateFiles();
    files.ensureDirectory(directory);
    TransportIdentity identity = Certificates.selfSigned(Keys.generate(), Instant.now());
    new IdentityFile(files, directory.resolve(KEY_FILE)).write(identity);
    return identity;
  }

  /** Reads the key. */
  public TransportIdentity read() throws IOException {
    return new IdentityFile(new StateFiles(), directory.resolve(KEY_FILE)).read();
  }
}
