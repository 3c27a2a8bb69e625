package io.quicmesh.node.membership;

import io.quicmesh.node.membership.MembershipException.Kind;
import io.quicmesh.transport.identity.IdentityFile;
import io.quicmesh.transport.identity.StateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The files of one node, mode 0600 in a directory of mode 0700:
 *
 * <pre>
 *   node.pem         the node's key, transport certificate chain and membership record
 *   network.json     name, id, subnet and relays of the network; there when the node is a member
 *   revocations.bin  the newest signed revocation list
 *   joining.pem      the key of a join that is under way
 *   rotating.pem     the next key of a rotation that is under way
 *   ca.pem           registrar: key and certificate of the network's CA
 *   registrar.json   registrar: members, invitations, revoked keys
 *   audit.log        a line for every join, renewal, refusal and revocation
 *   lock             held while one process changes the registrar's state
 * </pre>
 */
public final class StateDirectory {

  private static final String VARIABLE = "QUICMESH_HOME";
  private static final Path DEFAULT = Path.of("/var/lib/quicmesh");
  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(10);
  private static final long LOCK_RETRY_MILLIS = 10;

  private final Path path;
  private final StateFiles files;
  private final ReentrantLock mutex = new ReentrantLock();

  /** The directory at this path; nothing is made or read yet. */
  public StateDirectory(Path path) {
    this(path, new StateFiles());
  }

  StateDirectory(Path path, StateFiles files) {
    this.path = path;
    this.files = files;
  }

  /** Where the state is: the option if given, else {@code QUICMESH_HOME}, else the default. */
  public static Path locate(@Nullable Path option, Map<String, String> environment) {
    if (option != null) {
      return option;
    }
    String home = environment.get(VARIABLE);
    return home == null || home.isBlank() ? DEFAULT : Path.of(home);
  }

  /** The directory itself. */
  public Path path() {
    return path;
  }

  StateFiles files() {
    return files;
  }

  IdentityFile node() {
    return new IdentityFile(files, path.resolve("node.pem"));
  }

  IdentityFile joining() {
    return new IdentityFile(files, joiningPath());
  }

  Path joiningPath() {
    return path.resolve("joining.pem");
  }

  IdentityFile rotating() {
    return new IdentityFile(files, rotatingPath());
  }

  Path rotatingPath() {
    return path.resolve("rotating.pem");
  }

  IdentityFile authority() {
    return new IdentityFile(files, path.resolve("ca.pem"));
  }

  Path networkPath() {
    return path.resolve("network.json");
  }

  Path registrarPath() {
    return path.resolve("registrar.json");
  }

  Path revocationsPath() {
    return path.resolve("revocations.bin");
  }

  Path auditPath() {
    return path.resolve("audit.log");
  }

  boolean isRotating() {
    return Files.exists(rotatingPath());
  }

  boolean hasNetwork() {
    return Files.exists(networkPath());
  }

  boolean hasAuthority() {
    return Files.exists(path.resolve("ca.pem")) && Files.exists(registrarPath());
  }

  /** What is done while no other process changes the same state. */
  interface Exclusive<T> {
    T run() throws IOException, MembershipException;
  }

  /** Runs this while no other process, and no other thread, changes the same state. */
  <T> T exclusively(Exclusive<T> action) throws MembershipException {
    boolean outermost = !mutex.isHeldByCurrentThread();
    mutex.lock();
    try {
      return outermost ? runLocked(action) : action.run();
    } catch (IOException e) {
      throw MembershipException.of(e);
    } finally {
      mutex.unlock();
    }
  }

  private <T> T runLocked(Exclusive<T> action) throws IOException, MembershipException {
    files.ensureDirectory(path);
    try (FileChannel channel = openLock();
        FileLock lock = acquire(channel)) {
      if (!lock.isValid()) {
        throw new IOException("the lock of " + path + " was lost: run it again");
      }
      return action.run();
    }
  }

  private FileChannel openLock() throws IOException {
    return FileChannel.open(
        path.resolve("lock"),
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private FileLock acquire(FileChannel channel) throws IOException, MembershipException {
    long attempts = LOCK_PATIENCE.toMillis() / LOCK_RETRY_MILLIS;
    for (long attempt = 0; attempt < attempts; attempt++) {
      FileLock lock = tryLock(channel);
      if (lock != null) {
        return lock;
      }
      try {
        Thread.sleep(LOCK_RETRY_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new MembershipException(Kind.FAILED, "interrupted while waiting for " + path);
      }
    }
    throw new MembershipException(
        Kind.NOT_THERE, "another process holds the lock of " + path + ": end it, or wait for it");
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // Another thread of this process has it.
    }
  }
}
