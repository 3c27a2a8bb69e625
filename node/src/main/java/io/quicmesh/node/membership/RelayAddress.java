package io.quicmesh.node.membership;

import io.quicmesh.transport.wire.Fingerprint;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a relay is and the fingerprint that it must show: {@code HOST:PORT#FINGERPRINT}. Immutable.
 *
 * @param host a name or an address, IPv6 without brackets
 */
public record RelayAddress(String host, int port, Fingerprint fingerprint) {

  /** The longest host name (RFC 1035 section 2.3.4). */
  public static final int HOST_LENGTH_MAX = 253;

  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]{1,253}|[0-9a-fA-F:.]{2,45}");
  private static final Pattern TEXT =
      Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([A-Za-z0-9.-]+)):([0-9]{1,5})#([a-z2-7]+)");

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if there can be no such host or port
   */
  public RelayAddress {
    if (!HOST.matcher(host).matches() || port < 1 || port > 0xffff) {
      throw new IllegalArgumentException("no relay can be at " + host + ":" + port);
    }
  }

  /**
   * Parses the text form.
   *
   * @throws IllegalArgumentException if it is anything else; one line
   */
  public static RelayAddress parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not HOST:PORT#FINGERPRINT, as in relay.example.org:4433#b5x...");
    }
    String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    return new RelayAddress(
        host, Integer.parseInt(matcher.group(3)), Fingerprint.parse(matcher.group(4)));
  }

  /** {@code HOST:PORT}, as the relay is called in tables and logs. */
  public String label() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }

  /** The text form. */
  @Override
  public String toString() {
    return label() + "#" + fingerprint;
  }
}
