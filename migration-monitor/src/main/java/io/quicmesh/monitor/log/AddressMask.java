package io.quicmesh.monitor.log;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces IP and MAC addresses in a text by names such as {@code addr-3fa91c}: the same for the
 * same address while the process runs, so that lines can still be put together, and of no use after
 * it. Ports stay, and so do loopback and wildcard addresses, which tell nothing.
 */
final class AddressMask {

  private static final String V4 = "(?:[0-9]{1,3}\\.){3}[0-9]{1,3}";
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?<![0-9A-Za-z.:])(?:"
              + V4
              + "(?![0-9A-Za-z]|\\.[0-9])|(?:[0-9A-Fa-f]{0,4}:){2,7}(?:"
              + V4
              + "|[0-9A-Fa-f]{0,4})(?![0-9A-Za-z:]))");
  private static final Pattern TELLS_NOTHING =
      Pattern.compile("127\\..*|0\\.0\\.0\\.0|::1?|(?:0:){7}[01]");
  private static final int SHOWN_BYTES = 3;

  private final byte[] salt;

  /**
   * @param salt random bytes of this process
   */
  AddressMask(byte[] salt) {
    this.salt = salt.clone();
  }

  String masked(String text) {
    Matcher matcher = ADDRESS.matcher(text);
    return matcher.replaceAll(match -> name(match.group()));
  }

  private String name(String address) {
    if (TELLS_NOTHING.matcher(address).matches()) {
      return address;
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(salt);
      byte[] hash = digest.digest(address.getBytes(StandardCharsets.US_ASCII));
      return "addr-" + HexFormat.of().formatHex(hash, 0, SHOWN_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
