package io.quicmesh.lab.emulator;

import io.quicmesh.tap.UrgentThread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The emulator on the command line. */
@Command(
    name = "emulator",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Joins pairs of TAP devices, which it makes, by links with the faults of real networks.",
      "Prints 'emulator: ready' when they are there, and runs until SIGTERM; the devices end with it.",
      "Commands are lines on standard input, or on the --control socket, answered by one line each:",
      "  set a-b rate=25mbit delay=20ms jitter=5ms queue=256k loss=1%%   one direction",
      "  set a+b good-wifi loss=0                                       both; a name, then changes",
      "  pause|resume|cut|mend a-b, carrier a on|off, link A=..,B=.. [MTU], show, stats, stop",
      "Settings: rate, delay, jitter=5ms[/reorder], queue, mtu, loss, burst=ENTER/EXIT[/LOSS],",
      "  reorder=CHANCE/HELD, duplicate, flip. Names: wire data-centre lab good-wifi congested-wifi",
      "  weak-4g 3g moving-car satellite."
    })
public final class EmulatorCommand implements Callable<Integer> {

  private static final int EXIT_FAILED = 1;
  private static final int EXIT_USAGE = 2;
  private static final int PRIORITY = 20;
  private static final long CLOSE_SECONDS = 5;

  @Option(
      names = "--link",
      paramLabel = "A=[NS:]IF,B=[NS:]IF",
      description = "a link between two new TAP devices, in the named network namespaces")
  private List<String> links = List.of();

  @Option(
      names = "--set",
      paramLabel = "'WHICH WORD...'",
      description = "settings to begin with, as in the command set")
  private List<String> settings = List.of();

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "seed of all chances (default ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--mtu",
      defaultValue = "1500",
      description = "MTU of the TAP devices (default ${DEFAULT-VALUE})")
  private int mtuBytes;

  @Option(names = "--control", paramLabel = "PATH", description = "a socket for commands")
  private @Nullable Path control;

  @Option(names = "--until-eof", description = "end when standard input ends")
  private boolean untilEof;

  private final CountDownLatch closed = new CountDownLatch(1);

  @Override
  public Integer call() {
    try (Emulator emulator = new Emulator(seed)) {
      return run(emulator);
    } catch (IllegalArgumentException e) {
      System.err.println("emulator: " + e.getMessage());
      return EXIT_USAGE;
    } catch (IOException e) {
      System.err.println("emulator: " + e.getMessage());
      return EXIT_FAILED;
    } finally {
      closed.countDown();
    }
  }

  private int run(Emulator emulator) throws IOException {
    for (String link : links) {
      emulator.join(LinkRef.parse(link), mtuBytes);
    }
    CommandInterpreter interpreter = new CommandInterpreter(emulator);
    for (String setting : settings) {
      String answer = interpreter.execute("set " + setting);
      if (!answer.equals("ok")) {
        throw new IllegalArgumentException("--set '" + setting + "': " + answer);
      }
    }
    ControlLines lines = new ControlLines(emulator, interpreter);
    if (control != null) {
      lines.serveSocket(control);
    }
    lines.serveStandardInput(untilEof);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(emulator)));
    if (!UrgentThread.makeCurrent(PRIORITY)) {
      System.err.println("emulator: without CAP_SYS_NICE delays depend on the machine's load");
    }
    System.out.println("emulator: ready");
    emulator.run();
    if (emulator.ends().values().stream().anyMatch(LinkEnd::isGone)) {
      System.err.println("emulator: a TAP device was removed");
      return EXIT_FAILED;
    }
    return 0;
  }

  private void stop(Emulator emulator) {
    emulator.stop();
    try {
      if (!closed.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("emulator: did not close in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
