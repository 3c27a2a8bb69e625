package io.quicmesh.lab.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * Reads commands, one a line, from standard input and from a socket in the file system, has them
 * carried out on the emulator's thread, and writes the answers back in order. Each source has a
 * daemon thread of its own.
 */
final class ControlLines {

  private final Emulator emulator;
  private final CommandInterpreter interpreter;

  ControlLines(Emulator emulator, CommandInterpreter interpreter) {
    this.emulator = emulator;
    this.interpreter = interpreter;
  }

  /** Answers on standard output. The end of standard input ends the emulator if asked to. */
  void serveStandardInput(boolean stopAtEnd) {
    daemon(
        "emulator-stdin",
        () -> {
          serve(System.in, System.out);
          if (stopAtEnd) {
            emulator.stop();
          }
        });
  }

  /** Listens on a socket; one client at a time. Whoever may write the file may command. */
  void serveSocket(Path path) throws IOException {
    Files.deleteIfExists(path);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    path.toFile().deleteOnExit();
    daemon("emulator-socket", () -> acceptFrom(server));
  }

  private void acceptFrom(ServerSocketChannel server) throws IOException {
    while (true) {
      try (SocketChannel client = server.accept()) {
        serve(Channels.newInputStream(client), Channels.newOutputStream(client));
      } catch (IOException e) {
        if (!server.isOpen()) {
          throw e;
        }
        System.err.println("emulator: a client went away: " + e.getMessage());
      }
    }
  }

  private void serve(InputStream in, OutputStream out) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8));
    PrintStream answers = new PrintStream(out, true, UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (!line.isBlank() && !line.startsWith("#")) {
        answers.println(ask(line));
      }
    }
  }

  private String ask(String line) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    emulator.execute(() -> answer.complete(interpreter.execute(line)));
    return answer.join();
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void daemon(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                System.err.println(name + ": " + e.getMessage());
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }
}
