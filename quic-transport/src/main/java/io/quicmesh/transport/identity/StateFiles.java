package io.quicmesh.transport.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Files of a state directory: mode 0600 in directories of mode 0700, and replaced as a whole, so
 * that a crash or a full disk leaves the old content or the new, never a part. Every failure is an
 * {@link IOException} with one line that says what, why and the mend. Blocking: never used on an
 * event loop.
 */
public final class StateFiles {

  private static final FileAttribute<Set<PosixFilePermission>> FILE_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");
  private static final int FILE_BYTES_MAX = 16 << 20;

  private final WriteSteps steps;

  /** State files as they are used outside of tests. */
  public StateFiles() {
    this(step -> {});
  }

  /** State files that report every step of a write before it is taken; for tests of crashes. */
  public StateFiles(WriteSteps steps) {
    this.steps = steps;
  }

  /**
   * Makes the directory, with mode 0700 for what is new, or checks the mode of the existing one.
   */
  public void ensureDirectory(Path directory) throws IOException {
    try {
      Files.createDirectories(parentOf(directory));
      if (!Files.isDirectory(directory)) {
        makeDirectory(directory);
      }
    } catch (IOException e) {
      throw failed("cannot make the directory " + directory, e);
    }
    checkMode(directory, "directory", "700");
  }

  /** Another process may make it at the same moment. */
  private static void makeDirectory(Path directory) throws IOException {
    try {
      Files.createDirectory(directory, DIRECTORY_MODE);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
    syncDirectory(parentOf(directory));
  }

  /** Makes an empty file of mode 0600, or checks the mode of the existing one. */
  public void ensureFile(Path file) throws IOException {
    append(file, new byte[0]);
    checkMode(file, "file", "600");
  }

  /** Reads a file of mode 0600 in a directory of mode 0700; wider modes are refused. */
  public byte[] read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString(), null, "there is no such file");
    }
    checkMode(parentOf(file), "directory", "700");
    checkMode(file, "file", "600");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() > FILE_BYTES_MAX) {
        throw new IOException(file + " has " + channel.size() + " bytes and cannot be of quicmesh");
      }
      ByteBuffer content = ByteBuffer.allocate((int) channel.size());
      while (content.hasRemaining() && channel.read(content) >= 0) {
        // A read may return less than is asked for.
      }
      return content.array();
    } catch (FileSystemException e) {
      throw failed("cannot read " + file, e);
    }
  }

  /**
   * Puts new content in the place of a file: temporary file, fsync, rename, fsync of the directory.
   * When this returns, the new content is durable; when it throws, the file is still whole.
   */
  public void replace(Path file, byte[] content) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    try {
      steps.before(new WriteSteps.Step("create", file));
      Files.deleteIfExists(temporary);
      write(temporary, file, content);
      steps.before(new WriteSteps.Step("rename", file));
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      steps.before(new WriteSteps.Step("sync directory", file));
      syncDirectory(parentOf(file));
    } catch (IOException e) {
      removeQuietly(temporary, e);
      throw failed("cannot write " + file, e);
    }
  }

  /** Removes a file durably; one that is not there is no error. */
  public void remove(Path file) throws IOException {
    try {
      steps.before(new WriteSteps.Step("remove", file));
      if (Files.deleteIfExists(file)) {
        syncDirectory(parentOf(file));
      }
    } catch (IOException e) {
      throw failed("cannot remove " + file, e);
    }
  }

  /** Adds to the end of a file of mode 0600, which is made if it is missing, durably. */
  public void append(Path file, byte[] content) throws IOException {
    steps.before(new WriteSteps.Step("append", file));
    Set<OpenOption> options =
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    try (FileChannel channel = FileChannel.open(file, options, FILE_MODE)) {
      writeFully(channel, content);
      channel.force(false);
    } catch (IOException e) {
      throw failed("cannot write " + file, e);
    }
  }

  private void write(Path temporary, Path file, byte[] content) throws IOException {
    Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(temporary, options, FILE_MODE)) {
      steps.before(new WriteSteps.Step("write", file));
      writeFully(channel, content);
      steps.before(new WriteSteps.Step("sync", file));
      channel.force(true);
    }
  }

  private static void writeFully(FileChannel channel, byte[] content) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(content);
    while (rest.hasRemaining()) {
      channel.write(rest);
    }
  }

  private static Path parentOf(Path path) {
    Path parent = path.toAbsolutePath().getParent();
    return parent == null ? path.toAbsolutePath() : parent;
  }

  private static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void removeQuietly(Path temporary, IOException cause) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private static void checkMode(Path path, String what, String mode) throws IOException {
    Set<PosixFilePermission> permissions;
    try {
      permissions = Files.getPosixFilePermissions(path);
    } catch (IOException e) {
      throw failed("cannot look at the " + what + " " + path, e);
    }
    if (permissions.stream().anyMatch(OTHERS::contains)) {
      throw new IOException(
          "the %s %s has mode %s, so others than its owner may use the keys: chmod %s %s"
              .formatted(what, path, PosixFilePermissions.toString(permissions), mode, path));
    }
  }

  private static IOException failed(String what, IOException cause) {
    return new IOException(what + ": " + StorageFault.describe(cause), cause);
  }
}
