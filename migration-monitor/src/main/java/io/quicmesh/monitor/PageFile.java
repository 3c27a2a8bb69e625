package io.quicmesh.monitor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A file of the live page, as it is served. Immutable. */
final class PageFile {
  private static final String FOLDER = "page/";
  private static final String CHARTS = "vendored/uplot-1.6.32/";

  private static final List<String> NAMES =
      List.of(
          "icon.svg",
          "style.css",
          "theme.js",
          "app.js",
          "attempts.js",
          "charts.js",
          "dom.js",
          "format.js",
          "handovers.js",
          "live.js",
          "mesh.js",
          "tables.js",
          "timeline.js",
          CHARTS + "uPlot.iife.min.js",
          CHARTS + "uPlot.min.css",
          CHARTS + "LICENSE.txt");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml",
          "txt", "text/plain; charset=utf-8",
          "yaml", "application/yaml");

  private final String contentType;
  private final byte[] bytes;

  private PageFile(String contentType, byte[] bytes) {
    this.contentType = contentType;
    this.bytes = bytes;
  }

  String contentType() {
    return contentType;
  }

  byte[] bytes() {
    return bytes;
  }

  /** All files of the page by the path that they are served at. Nothing else is ever read. */
  static Map<String, PageFile> all() {
    Map<String, PageFile> files = new LinkedHashMap<>();
    files.put("/", read(FOLDER + "index.html"));
    for (String name : NAMES) {
      files.put("/" + name, read(FOLDER + name));
    }
    files.put("/openapi.yaml", read("openapi.yaml"));
    return files;
  }

  private static PageFile read(String name) {
    try (InputStream in = PageFile.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("missing from the jar: " + name);
      }
      String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
      if (type == null) {
        throw new IllegalStateException("no content type is known for " + name);
      }
      return new PageFile(type, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
