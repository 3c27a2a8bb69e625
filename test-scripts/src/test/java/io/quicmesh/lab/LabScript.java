package io.quicmesh.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A script of this module's directory, as an integration test runs it: what it prints goes to the
 * test's report and to {@code target/labs}, where its JSON goes, too. Labs need root and tools; a
 * script that lacks them says so in one line and fails, and so does the test. Immutable.
 */
public final class LabScript {

  private static final Path SCRIPTS = Path.of("").toAbsolutePath();
  private static final Path REPORTS = SCRIPTS.resolve("target/labs");
  private static final Duration TERM_GRACE = Duration.ofSeconds(10);

  private final String name;
  private final List<String> arguments;
  private final Map<String, String> environment;
  private final Duration timeout;

  private LabScript(
      String name, List<String> arguments, Map<String, String> environment, Duration timeout) {
    this.name = name;
    this.arguments = List.copyOf(arguments);
    this.environment = Map.copyOf(environment);
    this.timeout = timeout;
  }

  /** The script {@code NAME.sh} with these arguments and two minutes of time. */
  public static LabScript of(String name, String... arguments) {
    return new LabScript(name, List.of(arguments), Map.of(), Duration.ofMinutes(2));
  }

  /** The same with one more environment variable. */
  public LabScript with(String variable, String value) {
    Map<String, String> more = new LinkedHashMap<>(environment);
    more.put(variable, value);
    return new LabScript(name, arguments, more, timeout);
  }

  /** The same with another limit of time. */
  public LabScript within(Duration limit) {
    return new LabScript(name, arguments, environment, limit);
  }

  /**
   * Runs the script.
   *
   * @return what it printed
   * @throws AssertionError if it does not end in time, or not with exit code 0
   */
  public String run() throws IOException, InterruptedException {
    return run(arguments);
  }

  /** Runs the script with {@code --json}, and reads that. Fails as {@link #run}. */
  public JsonNode runForJson() throws IOException, InterruptedException {
    Files.createDirectories(REPORTS);
    Path json = REPORTS.resolve(name + ".json");
    Files.deleteIfExists(json);
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of("--json", json.toString()));
    run(all);
    return new ObjectMapper().readTree(json.toFile());
  }

  private String run(List<String> allArguments) throws IOException, InterruptedException {
    Files.createDirectories(REPORTS);
    Path printed = REPORTS.resolve(name + ".log");
    Process process = start(allArguments, printed);
    try {
      boolean ended = process.waitFor(timeout.toSeconds(), TimeUnit.SECONDS);
      String text = Files.readString(printed, UTF_8);
      System.out.println(text);
      assertThat(ended).as("%s ended in %s; it printed:%n%s", name, timeout, text).isTrue();
      assertThat(process.exitValue()).as("%s printed:%n%s", name, text).isZero();
      return text;
    } finally {
      end(process);
    }
  }

  /** Maven runs already: the script's launchers must not start it again. */
  private Process start(List<String> allArguments, Path printed) throws IOException {
    List<String> command = new ArrayList<>(List.of(SCRIPTS.resolve(name + ".sh").toString()));
    command.addAll(allArguments);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(printed.toFile());
    builder.environment().put("QUICMESH_NO_BUILD", "1");
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** A script that is told to end cleans up after itself. */
  private static void end(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(TERM_GRACE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
