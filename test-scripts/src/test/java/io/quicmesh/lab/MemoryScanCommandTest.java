package io.quicmesh.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class MemoryScanCommandTest {

  private static final long PID = ProcessHandle.current().pid();

  @Test
  void findsWhatTheProcessHolds() {
    String text = UUID.randomUUID().toString();
    ByteBuffer held = ByteBuffer.allocateDirect(1000).put(500, text.getBytes(US_ASCII));

    assertThat(found(text)).isPositive();
    assertThat(held.get(500)).isEqualTo((byte) text.charAt(0));
  }

  @Test
  void refusesTextsThatAreFoundByChance() {
    assertThat(new CommandLine(new MemoryScanCommand()).execute("1", "short")).isEqualTo(2);
  }

  private static long found(String text) {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, US_ASCII));
    try {
      assertThat(new CommandLine(new MemoryScanCommand()).execute(Long.toString(PID), text))
          .isZero();
    } finally {
      System.setOut(before);
    }
    return Long.parseLong(printed.toString(US_ASCII).split("\t", 2)[0]);
  }
}
