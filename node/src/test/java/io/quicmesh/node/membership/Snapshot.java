package io.quicmesh.node.membership;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The files of state directories at one moment. */
final class Snapshot {

  private final List<Path> directories;
  private final Map<Path, byte[]> files = new HashMap<>();

  private Snapshot(List<Path> directories) {
    this.directories = directories;
  }

  static Snapshot of(Path... directories) throws IOException {
    Snapshot snapshot = new Snapshot(List.of(directories));
    for (Path file : snapshot.present()) {
      snapshot.files.put(file, Files.readAllBytes(file));
    }
    return snapshot;
  }

  /** Makes the directories as they were, and the modes of their files. */
  void restore() throws IOException {
    for (Path file : present()) {
      if (!files.containsKey(file)) {
        Files.delete(file);
      }
    }
    for (Map.Entry<Path, byte[]> file : files.entrySet()) {
      Files.write(file.getKey(), file.getValue());
      Files.setPosixFilePermissions(file.getKey(), PosixFilePermissions.fromString("rw-------"));
    }
  }

  private List<Path> present() throws IOException {
    List<Path> all = new ArrayList<>();
    for (Path directory : directories) {
      if (Files.isDirectory(directory)) {
        try (Stream<Path> list = Files.list(directory)) {
          list.forEach(all::add);
        }
      }
    }
    return all;
  }
}
