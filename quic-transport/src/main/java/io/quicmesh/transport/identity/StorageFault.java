package io.quicmesh.transport.identity;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Objects;

/** Says why the file system refused, and the mend, in words for an operator. */
final class StorageFault {

  private StorageFault() {}

  static String describe(IOException cause) {
    if (cause instanceof AccessDeniedException) {
      return "permission denied: run it as the owner of the state directory, or as root";
    }
    String reason = reasonOf(cause);
    if (reason.toLowerCase(Locale.ROOT).contains("no space left")) {
      return "the disk is full: make room and run it again";
    }
    if (reason.toLowerCase(Locale.ROOT).contains("read-only")) {
      return "the file system is read-only: mount it writable";
    }
    if (cause instanceof NoSuchFileException) {
      return "its directory does not exist";
    }
    return reason;
  }

  private static String reasonOf(IOException cause) {
    if (cause instanceof FileSystemException known && known.getReason() != null) {
      return known.getReason();
    }
    return Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
  }
}
