package io.quicmesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The lab of {@code page-lab.sh}, as a test drives it. Used by one thread. */
final class PageLab implements AutoCloseable {

  private static final Path SCRIPT = Path.of("page-lab.sh").toAbsolutePath();
  private static final long END_SECONDS = 20;

  private final Process process;
  private final BufferedReader said;
  private final PrintWriter commands;
  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();
  private String page = "";
  private String token = "";

  private PageLab(Process process) {
    this.process = process;
    this.said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.commands = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
  }

  /** Starts it, and returns when the prober sends. */
  static PageLab start(Path log) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(SCRIPT.toString()).redirectError(log.toFile());
    builder.environment().put("QUICMESH_NO_BUILD", "1");
    PageLab lab = new PageLab(builder.start());
    try {
      String[] words = lab.await("page ").split(" ", -1);
      lab.page = words[1];
      lab.token = Files.readString(Path.of(words[3])).strip();
      return lab;
    } catch (IOException | RuntimeException e) {
      lab.close();
      throw e;
    }
  }

  String page() {
    return page;
  }

  String token() {
    return token;
  }

  /** Has the lab do something, and waits until it has. */
  void command(String line) throws IOException {
    commands.println(line);
    assertThat(await("")).as(line).startsWith("done ");
  }

  private String await(String beginning) throws IOException {
    String line = said.readLine();
    while (line != null && !line.startsWith(beginning)) {
      line = said.readLine();
    }
    assertThat(line).as("page-lab.sh ended before it said '%s'", beginning).isNotNull();
    return String.valueOf(line);
  }

  /** What the API of host1's node answers. */
  JsonNode api(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(page + path.substring(1))).build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return json.readTree(answer.body());
  }

  @Override
  public void close() {
    commands.println("end");
    process.destroy();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
