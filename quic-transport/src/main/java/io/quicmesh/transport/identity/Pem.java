package io.quicmesh.transport.identity;

import io.quicmesh.transport.wire.Opaque;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Textual encoding of keys and certificates (RFC 7468): labelled blocks of base64.
 *
 * @param label what the block is, as between BEGIN or END and the dashes
 * @param der the bytes of the block
 */
record Pem(String label, Opaque der) {

  static final String PRIVATE_KEY = "PRIVATE KEY";
  static final String CERTIFICATE = "CERTIFICATE";

  private static final Pattern BLOCK =
      Pattern.compile(
          "-----BEGIN ([A-Z0-9 ]+)-----\\R([A-Za-z0-9+/=\\r\\n]*)-----END \\1-----\\R?");
  private static final Base64.Encoder BASE64 =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  /** A block of these bytes. */
  static Pem of(String label, byte[] der) {
    return new Pem(label, Opaque.of(der));
  }

  /** The text of this block. */
  String text() {
    return "-----BEGIN "
        + label
        + "-----\n"
        + BASE64.encodeToString(der.toBytes())
        + "\n-----END "
        + label
        + "-----\n";
  }

  /**
   * All blocks of a text that has nothing else in it.
   *
   * @throws IllegalArgumentException if anything else is there, so that a torn file is noticed
   */
  static List<Pem> parse(String text) {
    List<Pem> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    int position = 0;
    while (position < text.length()) {
      if (!matcher.find(position) || matcher.start() != position) {
        throw new IllegalArgumentException("not a PEM text");
      }
      byte[] der = Base64.getMimeDecoder().decode(matcher.group(2));
      blocks.add(of(matcher.group(1), der));
      position = matcher.end();
    }
    return blocks;
  }
}
