package io.quicmesh.monitor.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One HTTP/1.1 request and its answer over a Unix domain socket. Blocks; for one thread. */
final class HttpExchange implements AutoCloseable {
  private static final int BODY_BYTES_MAX = 64 * 1024 * 1024;
  private static final int EXIT_NOT_AUTHORISED = 4;

  private final SocketChannel channel;
  private final InputStream in;
  private @Nullable InputStream body;
  private int contentLength = -1;
  private boolean chunked;

  private HttpExchange(SocketChannel channel, Duration patience) {
    this.channel = channel;
    this.in = new BufferedInputStream(new PatientInput(channel, patience));
  }

  static HttpExchange open(Path socket, Duration patience) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      return new HttpExchange(channel, patience);
    } catch (IOException e) {
      channel.close();
      if (Files.exists(socket) && !Files.isWritable(socket)) {
        throw new AdminErrorException(
            0, EXIT_NOT_AUTHORISED, "not authorised to use " + socket + ": run as its owner");
      }
      throw new DaemonUnreachableException(socket, e);
    }
  }

  void send(String method, String target, byte @Nullable [] content) throws IOException {
    int length = content == null ? 0 : content.length;
    String head =
        method
            + " "
            + target
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + (method.equals("POST")
                ? "Content-Type: application/json\r\nContent-Length: " + length + "\r\n"
                : "")
            + "\r\n";
    byte[] headBytes = head.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer out = ByteBuffer.allocate(headBytes.length + length);
    out.put(headBytes);
    if (content != null) {
      out.put(content);
    }
    out.flip();
    while (out.hasRemaining()) {
      channel.write(out);
    }
  }

  /** Reads the status line and the headers; returns the status. */
  int readHead() throws IOException {
    String statusLine = requireLine(in);
    String[] parts = statusLine.split(" ", 3);
    if (parts.length < 2 || !parts[0].equals("HTTP/1.1")) {
      throw new IOException("answer is not HTTP/1.1");
    }
    for (String line = requireLine(in); !line.isEmpty(); line = requireLine(in)) {
      int colon = line.indexOf(':');
      String name = line.substring(0, Math.max(colon, 0)).toLowerCase(Locale.ROOT);
      String value = line.substring(colon + 1).strip();
      if (name.equals("content-length")) {
        contentLength = number(value, 10);
      } else if (name.equals("transfer-encoding")) {
        chunked = value.equalsIgnoreCase("chunked");
      }
    }
    body = chunked ? new BufferedInputStream(new ChunkedInput(in)) : in;
    return number(parts[1], 10);
  }

  byte[] readBody() throws IOException {
    InputStream from = body == null ? in : body;
    if (contentLength >= 0) {
      byte[] bytes = from.readNBytes(contentLength);
      if (bytes.length < contentLength) {
        throw new EOFException("answer ended early");
      }
      return bytes;
    }
    return from.readNBytes(BODY_BYTES_MAX);
  }

  /** A line of the body without its end, or {@code null} after the last. */
  @Nullable String readLine() throws IOException {
    return line(body == null ? in : body);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a line that must be there. */
  static String requireLine(InputStream from) throws IOException {
    String line = line(from);
    if (line == null) {
      throw new EOFException("the daemon closed the connection");
    }
    return line;
  }

  private static @Nullable String line(InputStream from) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    int next = from.read();
    if (next < 0) {
      return null;
    }
    while (next >= 0 && next != '\n') {
      if (out.size() == BODY_BYTES_MAX) {
        throw new IOException("a line of the answer is too long");
      }
      out.write(next);
      next = from.read();
    }
    String line = out.toString(StandardCharsets.UTF_8);
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  static int number(String text, int radix) throws IOException {
    try {
      return Integer.parseInt(text, radix);
    } catch (NumberFormatException e) {
      throw new IOException("answer is not HTTP/1.1", e);
    }
  }
}
