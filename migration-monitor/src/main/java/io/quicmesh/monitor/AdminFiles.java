package io.quicmesh.monitor;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files of the admin interface in the state directory: socket and token, for the owner only.
 */
final class AdminFiles {
  private static final Set<PosixFilePermission> OWNER_DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OWNER_FILE =
      PosixFilePermissions.fromString("rw-------");

  /** What {@code sockaddr_un.sun_path} holds, without its terminating zero. */
  private static final int SOCKET_PATH_BYTES_MAX = 107;

  private static final int TOKEN_BYTES = 32;
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{43}");

  private AdminFiles() {}

  /** Creates the directory with mode 0700, or refuses one that others can look into. */
  static void prepareDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNER_DIRECTORY));
      return;
    }
    if (!OWNER_DIRECTORY.containsAll(Files.getPosixFilePermissions(directory))) {
      throw new AdminStartException(
          "state directory " + directory + " is open to others: chmod 700 " + directory);
    }
  }

  /** Removes the socket that a killed process left, or refuses when a living one answers there. */
  static void clearSocket(Path socket) throws IOException {
    int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > SOCKET_PATH_BYTES_MAX) {
      throw new AdminStartException(
          "path of the admin socket is "
              + length
              + " bytes long, the kernel takes "
              + SOCKET_PATH_BYTES_MAX
              + ": choose a shorter state directory than "
              + socket.getParent());
    }
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (answers(socket)) {
      throw new AdminStartException(
          "state directory "
              + socket.getParent()
              + " is in use by a running daemon: stop it, or choose another directory");
    }
    Files.deleteIfExists(socket);
  }

  static void protect(Path file) throws IOException {
    Files.setPosixFilePermissions(file, OWNER_FILE);
  }

  /** The token of this state directory: the one in the file, or a new one. */
  static String token(Path file, SecureRandom random) throws IOException {
    String kept = keptToken(file);
    if (kept != null) {
      return kept;
    }
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(fresh, PosixFilePermissions.asFileAttribute(OWNER_FILE));
    Files.writeString(fresh, token + "\n", StandardOpenOption.WRITE);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return token;
  }

  private static @Nullable String keptToken(Path file) throws IOException {
    try {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          || !OWNER_FILE.containsAll(Files.getPosixFilePermissions(file))) {
        return null;
      }
      String text = Files.readString(file).strip();
      return TOKEN.matcher(text).matches() ? text : null;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static boolean answers(Path socket) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      return false;
    }
  }
}
