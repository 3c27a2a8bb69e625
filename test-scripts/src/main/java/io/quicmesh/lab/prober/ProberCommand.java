package io.quicmesh.lab.prober;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quicmesh.lab.probe.ProbeKind;
import io.quicmesh.tap.UrgentThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The prober on the command line. */
@Command(
    name = "prober",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Sends numbered Ethernet frames from one interface to another and reports what became of them:",
      "one line on standard output, or JSON. Ends after --seconds or at SIGTERM or SIGINT, in both",
      "cases with its report.",
      "Exit code 0: measured; 1: frames went wrong and --strict was given, or the prober failed;",
      "2: usage; 5: the way did not open."
    })
public final class ProberCommand implements Callable<Integer> {

  private static final double NANOS_PER_SECOND = 1e9;
  private static final int PRIORITY = 10;
  private static final int EXIT_FAILED = 1;
  private static final int EXIT_USAGE = 2;
  private static final int EXIT_NOT_OPEN = 5;

  @Option(
      names = "--a",
      required = true,
      paramLabel = "[NS:]IF",
      description = "the first end: an interface, in the named network namespace")
  private String a = "";

  @Option(names = "--b", required = true, paramLabel = "[NS:]IF", description = "the second end")
  private String b = "";

  @Option(
      names = "--rate",
      defaultValue = "1000",
      description = "frames a second in each direction (default ${DEFAULT-VALUE})")
  private double rate;

  @Option(
      names = "--size",
      defaultValue = "200",
      description = "bytes of a frame, Ethernet header included (default ${DEFAULT-VALUE})")
  private int size;

  @Option(
      names = "--flows",
      defaultValue = "1",
      description = "flows in each direction, which take turns (default ${DEFAULT-VALUE})")
  private int flows;

  @Option(names = "--udp", description = "UDP over IPv4 instead of ethertype 0x88b5")
  private boolean udp;

  @Option(names = "--both-ways", description = "the second end sends too")
  private boolean bothWays;

  @Option(
      names = "--seconds",
      defaultValue = "86400",
      description = "how long to send (default: until a signal)")
  private double seconds;

  @Option(
      names = "--wait",
      defaultValue = "10",
      description = "seconds for the way to open (default ${DEFAULT-VALUE})")
  private double waitSeconds;

  @Option(
      names = "--drain",
      defaultValue = "2",
      description = "seconds of silence before what is missing is lost (default ${DEFAULT-VALUE})")
  private double drainSeconds;

  @Option(
      names = "--live-gaps",
      defaultValue = "0",
      paramLabel = "MS",
      description = "print gaps of at least MS on standard error as they happen")
  private double liveGapMillis;

  @Option(names = "--strict", description = "exit 1 if any frame went wrong")
  private boolean strict;

  @Option(
      names = "--json",
      arity = "0..1",
      fallbackValue = "-",
      paramLabel = "FILE",
      description = "the report as JSON: instead of the line, or beside it into FILE")
  private @Nullable String json;

  private final CountDownLatch reported = new CountDownLatch(1);
  private volatile int exitCode = EXIT_FAILED;

  @Override
  public Integer call() throws Exception {
    ProbeKind kind = udp ? ProbeKind.UDP : ProbeKind.ETHERNET;
    ProbeOptions options;
    InterfaceRef[] refs;
    try {
      options = new ProbeOptions(kind, rate, size, flows, bothWays);
      refs = new InterfaceRef[] {InterfaceRef.parse(a), InterfaceRef.parse(b)};
    } catch (IllegalArgumentException e) {
      System.err.println("prober: " + e.getMessage());
      return EXIT_USAGE;
    }
    try {
      exitCode = run(options, refs);
    } catch (IOException e) {
      System.err.println("prober: " + e.getMessage());
    } finally {
      reported.countDown();
    }
    return exitCode;
  }

  private int run(ProbeOptions options, InterfaceRef[] refs)
      throws IOException, InterruptedException {
    ProbeEnd first = ProbeEnd.open(refs[0], options.kind(), options.frameBytes());
    ProbeEnd second = ProbeEnd.open(refs[1], options.kind(), options.frameBytes());
    GapPrinter gapPrinter = new GapPrinter(System.err, Math.round(liveGapMillis * 1e6));
    int run = ThreadLocalRandom.current().nextInt();
    try (Prober prober = new Prober(run, options, new ProbeEnd[] {first, second}, gapPrinter)) {
      stopAtSignal(prober);
      if (!prober.awaitOpen(nanos(waitSeconds))) {
        System.err.printf(
            "prober: no frame from %s to %s and back in %s s; see that both are up%n",
            refs[0], refs[1], waitSeconds);
        return EXIT_NOT_OPEN;
      }
      UrgentThread.makeCurrent(PRIORITY);
      System.err.println("prober: sending");
      ProbeReport report = prober.send(nanos(seconds), nanos(drainSeconds));
      print(report);
      boolean wrong = report.total().errors() > 0 || report.ringDrops() > 0;
      return strict && wrong ? EXIT_FAILED : 0;
    }
  }

  /** A signal ends the sending; the JVM must not end before the report is out. */
  private void stopAtSignal(Prober prober) {
    Thread hook =
        new Thread(
            () -> {
              if (reported.getCount() > 0) {
                prober.stop();
                awaitReport();
                Runtime.getRuntime().halt(exitCode);
              }
            });
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void awaitReport() {
    try {
      if (!reported.await(1, TimeUnit.MINUTES)) {
        System.err.println("prober: stopped without a report");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void print(ProbeReport report) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    if ("-".equals(json)) {
      System.out.println(mapper.writeValueAsString(report));
    } else {
      System.out.println(report.line());
      if (json != null) {
        Files.writeString(Path.of(json), mapper.writeValueAsString(report) + "\n");
      }
    }
    System.out.flush();
  }

  private static long nanos(double seconds) {
    return Math.round(seconds * NANOS_PER_SECOND);
  }
}
