package io.quicmesh.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Looks for a text in all memory that a process can write, as {@code /proc} shows it (proc(5)). */
@Command(
    name = "memory-scan",
    mixinStandardHelpOptions = true,
    description = {
      "Prints how often TEXT stands in the writable memory of process PID, and how many MB were read.",
      "What the process is doing meanwhile goes on, so stop it first for an exact count."
    })
final class MemoryScanCommand implements Callable<Integer> {

  private static final int CHUNK_BYTES = 1 << 20;

  @Parameters(index = "0", paramLabel = "PID", description = "the process")
  private long pid;

  @Parameters(index = "1", paramLabel = "TEXT", description = "ASCII, at least 8 characters")
  private String text = "";

  private long scannedBytes;

  @Override
  public Integer call() throws IOException {
    byte[] wanted = text.getBytes(US_ASCII);
    if (wanted.length < 8) {
      System.err.println("memory-scan: a text of under 8 characters is found by chance");
      return 2;
    }
    long found = 0;
    List<String> regions = Files.readAllLines(Path.of("/proc/" + pid + "/maps"));
    try (RandomAccessFile memory = new RandomAccessFile("/proc/" + pid + "/mem", "r")) {
      for (String region : regions) {
        String[] words = region.split("\\s+", 3);
        if (words[1].startsWith("rw")) {
          found += scan(memory, words[0].split("-", 2), wanted);
        }
      }
    }
    System.out.println(found + "\t" + (scannedBytes >> 20));
    return 0;
  }

  /** Chunks overlap by one byte less than the text, so that it is found wherever it lies. */
  private long scan(RandomAccessFile memory, String[] range, byte[] wanted) throws IOException {
    long from = Long.parseUnsignedLong(range[0], 16);
    long to = Long.parseUnsignedLong(range[1], 16);
    byte[] chunk = new byte[CHUNK_BYTES];
    long found = 0;
    long at = from;
    while (at < to) {
      int length = (int) Math.min(CHUNK_BYTES, to - at);
      memory.seek(at);
      try {
        memory.readFully(chunk, 0, length);
      } catch (IOException e) {
        return found; // guard pages and device memory cannot be read
      }
      found += count(chunk, length, wanted);
      scannedBytes += length;
      at += length == to - at ? length : length - wanted.length + 1;
    }
    return found;
  }

  private static long count(byte[] chunk, int length, byte[] wanted) {
    long found = 0;
    for (int i = 0; i + wanted.length <= length; i++) {
      int same = 0;
      while (same < wanted.length && chunk[i + same] == wanted[same]) {
        same++;
      }
      if (same == wanted.length) {
        found++;
      }
    }
    return found;
  }
}
