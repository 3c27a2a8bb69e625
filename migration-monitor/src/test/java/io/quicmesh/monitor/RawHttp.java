package io.quicmesh.monitor;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Requests byte by byte over TCP, as a browser or an attacker would send them. */
final class RawHttp implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket;
  private final int port;

  RawHttp(InetSocketAddress address) throws IOException {
    this.socket = new Socket(address.getAddress(), address.getPort());
    this.port = address.getPort();
    socket.setSoTimeout(PATIENCE_MILLIS);
  }

  /** Sends a request with the right Host, closes, and returns the whole answer. */
  static String ask(InetSocketAddress address, String line, String... headers) throws IOException {
    try (RawHttp http = new RawHttp(address)) {
      http.send(line + " HTTP/1.1\r\nHost: 127.0.0.1:" + http.port + "\r\n" + lines(headers));
      return http.readAll();
    }
  }

  /** Sends a POST of a JSON body. */
  static String post(InetSocketAddress address, String path, String body, String... headers)
      throws IOException {
    try (RawHttp http = new RawHttp(address)) {
      http.send(
          "POST "
              + path
              + " HTTP/1.1\r\nHost: 127.0.0.1:"
              + http.port
              + "\r\nContent-Length: "
              + body.length()
              + "\r\n"
              + lines(headers)
              + body);
      return http.readAll();
    }
  }

  int port() {
    return port;
  }

  Socket socket() {
    return socket;
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** Everything until the server closes the connection. */
  String readAll() throws IOException {
    InputStream in = socket.getInputStream();
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private static String lines(String... headers) {
    StringBuilder all = new StringBuilder("Connection: close\r\n");
    for (String header : headers) {
      all.append(header).append("\r\n");
    }
    return all.append("\r\n").toString();
  }
}
