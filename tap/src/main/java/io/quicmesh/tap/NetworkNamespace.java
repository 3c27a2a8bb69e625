package io.quicmesh.tap;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A network namespace of this host, as {@code ip netns} names it (network_namespaces(7)). What is
 * opened inside it, a socket or a TAP device, stays there whatever thread uses it later, so one
 * process can hold ends in several namespaces.
 */
public final class NetworkNamespace {

  private static final Path NAMES = Path.of("/run/netns");
  private static final int O_CLOEXEC = 0x80000;
  private static final int CLONE_NEWNET = 0x4000_0000;

  private NetworkNamespace() {}

  /**
   * Runs a piece of work in the named namespace, on a thread that ends with it.
   *
   * @throws IOException if there is no such namespace, or if the work fails
   */
  public static <T> T call(String name, Callable<T> work) throws IOException {
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              enter(name);
              return work.call();
            });
    Thread thread = new Thread(task, "netns-" + name);
    thread.start();
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IOException("failed in network namespace " + name, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while entering network namespace " + name, e);
    }
  }

  private static void enter(String name) throws IOException {
    String path = NAMES.resolve(name).toString();
    try {
      int fd = PacketCalls.open(path, O_CLOEXEC);
      try {
        PacketCalls.setns(fd, CLONE_NEWNET);
      } finally {
        PacketCalls.close(fd);
      }
    } catch (LastErrorException e) {
      throw new IOException(
          "cannot enter network namespace " + name + ": " + e.getMessage() + "; see ip netns", e);
    }
  }
}
