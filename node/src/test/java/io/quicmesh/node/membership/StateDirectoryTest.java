package io.quicmesh.node.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {

  @TempDir(factory = MemoryFileSystem.class)
  Path temporary;

  @Test
  void isWhereTheOptionSaysElseTheVariableElseTheDefault() {
    Map<String, String> environment = Map.of("QUICMESH_HOME", "/srv/mesh");

    assertThat(StateDirectory.locate(Path.of("/tmp/x"), environment)).hasToString("/tmp/x");
    assertThat(StateDirectory.locate(null, environment)).hasToString("/srv/mesh");
    assertThat(StateDirectory.locate(null, Map.of("QUICMESH_HOME", " ")))
        .hasToString("/var/lib/quicmesh");
    assertThat(StateDirectory.locate(null, Map.of())).hasToString("/var/lib/quicmesh");
  }

  @Test
  void onlyOneOfSeveralWorksOnItAtATime() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger counter = new AtomicInteger();
    try {
      Future<?>[] all = new Future<?>[4];
      for (int i = 0; i < all.length; i++) {
        StateDirectory own = new StateDirectory(temporary.resolve("state"));
        all[i] =
            threads.submit(
                () -> {
                  for (int round = 0; round < 10; round++) {
                    own.exclusively(
                        () -> {
                          assertThat(inside.incrementAndGet()).isEqualTo(1);
                          counter.incrementAndGet();
                          return inside.decrementAndGet();
                        });
                  }
                  return null;
                });
      }
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      threads.shutdown();
    }
    assertThat(counter).hasValue(40);
  }

  @Test
  void whoeverIsInsideMayEnterAgain() throws Exception {
    StateDirectory directory = new StateDirectory(temporary.resolve("state"));

    assertThat(directory.exclusively(() -> directory.exclusively(() -> "inside")))
        .isEqualTo("inside");
  }

  @Test
  void saysWhyItCannotBeMade() {
    StateDirectory directory = new StateDirectory(Path.of("/proc/quicmesh"));

    assertThatThrownBy(() -> directory.exclusively(() -> "never"))
        .isInstanceOf(MembershipException.class)
        .hasMessageStartingWith("cannot make the directory /proc/quicmesh");
  }
}
