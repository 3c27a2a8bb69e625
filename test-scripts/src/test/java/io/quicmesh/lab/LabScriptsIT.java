package io.quicmesh.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The labs' scripts, as a user would run them; they need root. */
@Timeout(300)
class LabScriptsIT {
  private static final Path SCRIPTS = Path.of("").toAbsolutePath();

  @Test
  void labsHoldWhatTheirLibraryPromises() throws Exception {
    run(SCRIPTS.resolve("selftest.sh").toString(), "--quick");
  }

  @Test
  void shellcheckFindsNothing() throws Exception {
    List<String> command = new ArrayList<>(List.of("shellcheck"));
    scripts().map(Path::toString).forEach(command::add);
    run(command.toArray(String[]::new));
  }

  @Test
  void everyScriptExplainsItself() throws Exception {
    for (Path script : scripts().filter(Files::isExecutable).toList()) {
      String printed = run(script.toString(), "--help");
      assertThat(printed).as(script.toString()).startsWith("usage: ").contains("exit: 0 ");
    }
  }

  private static Stream<Path> scripts() throws IOException {
    try (Stream<Path> files = Files.walk(SCRIPTS, 2)) {
      return files.filter(file -> file.toString().endsWith(".sh")).sorted().toList().stream();
    }
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Path printed = Files.createTempFile("quicmesh-script", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(printed.toFile())
              .start();
      try {
        boolean ended = process.waitFor(240, TimeUnit.SECONDS);
        String text = Files.readString(printed, UTF_8);
        System.out.println(text);
        assertThat(ended).as("%s ended; it printed:%n%s", command[0], text).isTrue();
        assertThat(process.exitValue()).as("%s printed:%n%s", command[0], text).isZero();
        return text;
      } finally {
        process.destroy();
      }
    } finally {
      Files.delete(printed);
    }
  }
}
