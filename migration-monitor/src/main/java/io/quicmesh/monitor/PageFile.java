package io.quicmesh.monitor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** A file of the live page, as it is served. Immutable. */
final class PageFile {
  private static final String FOLDER = "page/";

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
    files.put("/", read("index.html", "text/html; charset=utf-8"));
    return files;
  }

  private static PageFile read(String name, String contentType) {
    try (InputStream in = PageFile.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException("missing from the jar: " + FOLDER + name);
      }
      return new PageFile(contentType, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
