package io.quicmesh.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The main sources of every module, as text: what class files do not keep. */
final class SourceTree {

  private static final Pattern KIND = Pattern.compile("Package kind: (pure|shell)\\.");
  private static final Path MAIN = Path.of("src", "main", "java");

  /** Modules that have sources, as directories. */
  private final List<Path> modules;

  SourceTree() {
    Path root = Path.of("").toAbsolutePath().getParent();
    if (root == null || !Files.exists(root.resolve("tap"))) {
      throw new IllegalStateException("not run in a module's directory");
    }
    modules = list(root).filter(path -> Files.isDirectory(path.resolve(MAIN))).toList();
  }

  /** A source file with its package. */
  record Source(String module, String packageName, String fileName, String text) {}

  /** All main sources, package-info files included. */
  List<Source> sources() {
    return modules.stream().flatMap(this::sources).toList();
  }

  private Stream<Source> sources(Path module) {
    Path base = module.resolve(MAIN);
    try (Stream<Path> files = Files.walk(base)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(file -> read(module, base, file))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Source read(Path module, Path base, Path file) {
    try {
      String packageName = base.relativize(file.getParent()).toString().replace('/', '.');
      String name = file.getFileName().toString();
      return new Source(module.getFileName().toString(), packageName, name, Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every package that has sources. */
  Set<String> packages() {
    Set<String> packages = new TreeSet<>();
    sources().forEach(source -> packages.add(source.packageName()));
    return packages;
  }

  /** The kind that each package's documentation gives it. */
  Map<String, String> kinds() {
    Map<String, String> kinds = new TreeMap<>();
    for (Source source : sources()) {
      Matcher kind = KIND.matcher(source.text());
      if (source.fileName().equals("package-info.java") && kind.find()) {
        kinds.put(source.packageName(), kind.group(1));
      }
    }
    return kinds;
  }

  private static Stream<Path> list(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
