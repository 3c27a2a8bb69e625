package io.quicmesh.tap;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** A network namespace of a test, removed with everything in it when closed. */
final class Namespace implements AutoCloseable {
  private static final int CLONE_NEWNET = 0x4000_0000;

  static {
    Native.register(Namespace.class, "c");
  }

  private final String name;

  Namespace(String suffix) throws IOException {
    name = "qtap-" + ProcessHandle.current().pid() + "-" + suffix;
    run("ip", "netns", "add", name);
    run("ip", "-n", name, "link", "set", "lo", "up");
  }

  String name() {
    return name;
  }

  /** Runs a command inside, and returns what it printed; a failing one fails the test. */
  String exec(String command) throws IOException {
    return run(("ip netns exec " + name + " " + command).split(" ", -1));
  }

  /** Runs {@code ip} inside. */
  String ip(String arguments) throws IOException {
    return run(("ip -n " + name + " " + arguments).split(" ", -1));
  }

  /** Runs many {@code ip} commands inside, one a line, in one process. */
  void batch(String lines) throws IOException {
    Path file = Files.createTempFile("ip-batch", ".txt");
    try {
      Files.writeString(file, lines);
      run("ip", "-n", name, "-batch", file.toString());
    } finally {
      Files.delete(file);
    }
  }

  /** Starts a command inside that goes on while the test does something else. */
  Process start(String command) throws IOException {
    return new ProcessBuilder(("ip netns exec " + name + " " + command).split(" ", -1))
        .redirectErrorStream(true)
        .start();
  }

  /** Calls from a thread that is inside: sockets and devices that it opens stay inside. */
  <T> T call(Callable<T> body) throws Exception {
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              int fd = open("/run/netns/" + name, 0);
              setns(fd, CLONE_NEWNET);
              close(fd);
              return body.call();
            });
    Thread thread = new Thread(task, "in-" + name);
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception failure) {
        throw failure;
      }
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    run("ip", "netns", "del", name);
  }

  static String output(Process process) throws IOException {
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a command ran");
    }
    return printed;
  }

  private static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = output(process);
    if (process.exitValue() != 0) {
      throw new IOException(String.join(" ", command) + ": " + printed);
    }
    return printed;
  }

  private static native int open(String path, int flags) throws LastErrorException;

  private static native int setns(int fd, int kind) throws LastErrorException;

  private static native int close(int fd) throws LastErrorException;
}
