package io.quicmesh.transport.quic;

import io.netty.handler.codec.quic.BoringSSLKeylog;
import io.quicmesh.transport.identity.StateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file to which the TLS secrets of connections are appended, one a line, in the NSS key log
 * format (what SSLKEYLOGFILE means), so that a capture can be decrypted. Lines are taken on the
 * event loop and written by the workers.
 */
final class KeyLog implements BoringSSLKeylog {

  private static final Logger LOG = LoggerFactory.getLogger(KeyLog.class);

  private final StateFiles files;
  private final Path file;
  private final Executor workers;
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean writing = new AtomicBoolean();
  private final AtomicBoolean failed = new AtomicBoolean();

  private KeyLog(StateFiles files, Path file, Executor workers) {
    this.files = files;
    this.file = file;
    this.workers = workers;
  }

  /**
   * Makes the file, for its owner only, or checks that nobody else may use the existing one.
   *
   * @throws IOException with one line that says what, why and the mend
   */
  static KeyLog open(Path file, Executor workers) throws IOException {
    StateFiles files = new StateFiles();
    try {
      files.ensureFile(file);
    } catch (IOException e) {
      throw new IOException("no key log: " + e.getMessage() + "; mend that, or quic.key-log", e);
    }
    LOG.warn(
        "TLS secrets are written to {}: whoever reads that file can decrypt this host's underlay"
            + " traffic (direct connections; circuits stay sealed end to end)",
        file);
    return new KeyLog(files, file, workers);
  }

  @Override
  public void logKey(SSLEngine engine, String line) {
    lines.add(line + "\n");
    if (writing.compareAndSet(false, true)) {
      workers.execute(this::write);
    }
  }

  private void write() {
    // Before the lines are taken, so that one that comes meanwhile has a task of its own.
    writing.set(false);
    StringBuilder taken = new StringBuilder();
    for (String line = lines.poll(); line != null; line = lines.poll()) {
      taken.append(line);
    }
    try {
      files.append(file, taken.toString().getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      if (!failed.getAndSet(true)) {
        LOG.warn("TLS secrets are missing in the key log: {}", e.getMessage());
      }
    }
  }
}
