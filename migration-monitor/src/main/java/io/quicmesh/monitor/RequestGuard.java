package io.quicmesh.monitor;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may ask what over TCP. A browser is made to send requests by any page it shows, so
 * the Host must be a loopback name (against DNS rebinding), the Origin the page's own, and a change
 * needs the token, as a header that no foreign page can add.
 */
final class RequestGuard {
  private static final String BEARER = "Bearer ";

  private final Set<String> hosts;
  private final byte[] token;

  RequestGuard(int port, String token) {
    this.hosts = Set.of("127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port);
    this.token = token.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * A refusal.
   *
   * @param reason a short key for the counters
   */
  record Refusal(int httpStatus, String reason, String line) {}

  /** Why the request is refused, or {@code null} when it is admitted. */
  @Nullable Refusal check(HttpRequest request) {
    HttpHeaders headers = request.headers();
    List<String> host = headers.getAll(HttpHeaderNames.HOST);
    if (host.size() != 1 || !hosts.contains(host.get(0).toLowerCase(Locale.ROOT))) {
      return new Refusal(403, "host", "this host name is not served here: use 127.0.0.1");
    }
    if (!isSameOrigin(headers, host.get(0)) || !isOwnFetch(request)) {
      return new Refusal(403, "origin", "requests from other pages are refused");
    }
    if (request.method().equals(HttpMethod.POST)) {
      return checkChange(headers);
    }
    return null;
  }

  private @Nullable Refusal checkChange(HttpHeaders headers) {
    String type = headers.get(HttpHeaderNames.CONTENT_TYPE, "");
    if (!type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
      return new Refusal(415, "content_type", "a change is sent as application/json");
    }
    String sent = headers.get(HttpHeaderNames.AUTHORIZATION, "");
    byte[] given =
        sent.startsWith(BEARER)
            ? sent.substring(BEARER.length()).getBytes(StandardCharsets.UTF_8)
            : new byte[0];
    if (!MessageDigest.isEqual(token, given)) {
      return new Refusal(
          401, "token", "changes need the token from admin.token in the state directory");
    }
    return null;
  }

  private static boolean isSameOrigin(HttpHeaders headers, String host) {
    List<String> origin = headers.getAll(HttpHeaderNames.ORIGIN);
    return origin.isEmpty()
        || (origin.size() == 1 && origin.get(0).equalsIgnoreCase("http://" + host));
  }

  /** A foreign page may lead a user here by a link; it may not embed, fetch or post. */
  private static boolean isOwnFetch(HttpRequest request) {
    String site = request.headers().get("Sec-Fetch-Site", "none");
    if (site.equals("same-origin") || site.equals("none")) {
      return true;
    }
    return request.method().equals(HttpMethod.GET)
        && request.uri().equals("/")
        && request.headers().get("Sec-Fetch-Mode", "").equals("navigate")
        && request.headers().get("Sec-Fetch-Dest", "").equals("document");
  }
}
