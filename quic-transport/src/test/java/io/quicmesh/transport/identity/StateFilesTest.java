package io.quicmesh.transport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateFilesTest {

  @TempDir Path temporary;
  private Path directory;
  private Path file;
  private final StateFiles files = new StateFiles();

  @BeforeEach
  void makeDirectory() throws IOException {
    directory = temporary.resolve("state");
    file = directory.resolve("node.pem");
    files.ensureDirectory(directory);
  }

  @Test
  void makesDirectoryAndFilesForTheOwnerOnly() throws IOException {
    files.replace(file, bytes("secret"));

    assertThat(mode(directory)).isEqualTo("rwx------");
    assertThat(mode(file)).isEqualTo("rw-------");
    assertThat(text(files.read(file))).isEqualTo("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw-r-----", "rw----r--", "rw--w----"})
  void refusesAFileThatOthersMayUse(String mode) throws IOException {
    files.replace(file, bytes("secret"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

    assertThatThrownBy(() -> files.read(file))
        .hasMessage(
            "the file %s has mode %s, so others than its owner may use the keys: chmod 600 %s"
                .formatted(file, mode, file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxr-xr-x", "rwxr-x---", "rwx-----x"})
  void refusesADirectoryThatOthersMayEnter(String mode) throws IOException {
    files.replace(file, bytes("secret"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));

    String refusal =
        "the directory %s has mode %s, so others than its owner may use the keys: chmod 700 %s"
            .formatted(directory, mode, directory);
    assertThatThrownBy(() -> files.read(file)).hasMessage(refusal);
    assertThatThrownBy(() -> files.ensureDirectory(directory)).hasMessage(refusal);
  }

  @Test
  void tellsAMissingFileFromABrokenOne() {
    assertThatThrownBy(() -> files.read(file)).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void keepsTheOldContentWhereverTheDiskIsFull() throws IOException {
    files.replace(file, bytes("old"));
    List<String> steps = stepsOfAReplacement();

    for (String full : steps.subList(0, steps.indexOf("rename") + 1)) {
      StateFiles failing =
          new StateFiles(
              step -> {
                if (step.name().equals(full)) {
                  throw new FileSystemException(null, null, "No space left on device");
                }
              });

      assertThatThrownBy(() -> failing.replace(file, bytes("new")))
          .isInstanceOf(IOException.class)
          .hasMessage("cannot write " + file + ": the disk is full: make room and run it again");
      assertThat(text(files.read(file))).isEqualTo("old");
      assertThat(directory.toFile().list()).containsExactly("node.pem");
    }
  }

  @Test
  void leavesOldOrNewContentWhereverTheProcessDies() throws IOException {
    for (String last : stepsOfAReplacement()) {
      files.replace(file, bytes("old"));
      StateFiles dying =
          new StateFiles(
              step -> {
                if (step.name().equals(last)) {
                  throw new IllegalStateException("killed");
                }
              });

      assertThatThrownBy(() -> dying.replace(file, bytes("new"))).hasMessage("killed");

      assertThat(text(files.read(file))).isIn("old", "new");
      files.replace(file, bytes("newer"));
      assertThat(text(files.read(file))).isEqualTo("newer");
    }
  }

  @Test
  void appendsToAFileForTheOwnerOnly() throws IOException {
    files.append(file, bytes("one\n"));
    files.append(file, bytes("two\n"));

    assertThat(text(files.read(file))).isEqualTo("one\ntwo\n");
    assertThat(mode(file)).isEqualTo("rw-------");
  }

  private List<String> stepsOfAReplacement() throws IOException {
    List<String> steps = new ArrayList<>();
    new StateFiles(step -> steps.add(step.name())).replace(file, bytes("old"));
    assertThat(steps).containsExactly("create", "write", "sync", "rename", "sync directory");
    return steps;
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
