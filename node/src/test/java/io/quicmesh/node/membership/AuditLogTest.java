package io.quicmesh.node.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.transport.identity.StateFiles;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {

  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

  @TempDir(factory = MemoryFileSystem.class)
  Path temporary;

  @Test
  void writesALineForEachEvent() throws Exception {
    AuditLog audit = new AuditLog(new StateFiles(), temporary.resolve("audit.log"));

    audit.record(NOW, "joined", "name=alice");
    audit.refused(NOW.plusSeconds(1), "node=x reason=TOKEN_USED");

    assertThat(lines())
        .containsExactly(
            "2026-11-20T12:00:00Z joined name=alice",
            "2026-11-20T12:00:01Z refused node=x reason=TOKEN_USED");
  }

  @Test
  void strangersCannotFillIt() throws Exception {
    AuditLog audit = new AuditLog(new StateFiles(), temporary.resolve("audit.log"));

    for (int i = 0; i < 1_000; i++) {
      audit.refused(NOW, "reason=TOKEN_UNKNOWN");
    }
    assertThat(lines()).hasSize(AuditLog.REFUSALS_PER_MINUTE);

    audit.refused(NOW.plusSeconds(60), "reason=TOKEN_UNKNOWN");
    assertThat(lines()).last().asString().endsWith("left-out=970");
  }

  @Test
  void aFullDiskDoesNotStopTheRegistrar() throws Exception {
    AuditLog audit =
        new AuditLog(
            new StateFiles(
                step -> {
                  throw new FileSystemException(null, null, "No space left on device");
                }),
            temporary.resolve("audit.log"));

    audit.record(NOW, "joined", "name=alice");

    assertThat(temporary.resolve("audit.log")).doesNotExist();
  }

  private List<String> lines() throws Exception {
    return Files.readAllLines(temporary.resolve("audit.log"));
  }
}
