package io.quicmesh.node;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules that keep protocol logic testable and modules apart. */
final class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.quicmesh");
  private static final SourceTree SOURCES = new SourceTree();

  /** Libraries with effects, by the beginnings of their names. */
  private static final List<String> EFFECTS =
      List.of(
          "java.net.",
          "java.nio.channels.",
          "java.nio.file.",
          "java.io.File",
          "java.io.RandomAccessFile",
          "java.util.concurrent.",
          "java.util.Timer",
          "java.lang.Thread",
          "java.lang.Process",
          "java.time.Clock",
          "java.security.SecureRandom",
          "java.util.logging.",
          "org.slf4j.",
          "ch.qos.",
          "com.sun.jna.",
          "io.netty.");

  /** What of them only holds values. */
  private static final List<String> VALUES =
      List.of(
          "java.net.InetAddress",
          "java.net.Inet4Address",
          "java.net.Inet6Address",
          "java.net.InetSocketAddress",
          "java.net.SocketAddress",
          "java.net.UnknownHostException",
          "java.util.concurrent.TimeUnit",
          "io.netty.buffer.",
          "io.netty.util.NetUtil",
          "io.netty.util.ReferenceCount");

  /** Calls that read a clock or draw a number. */
  private static final Set<String> CLOCKS_AND_CHANCE =
      Set.of(
          "java.lang.System.nanoTime",
          "java.lang.System.currentTimeMillis",
          "java.lang.Math.random",
          "java.time.Instant.now",
          "java.time.LocalDateTime.now",
          "java.time.ZonedDateTime.now",
          "java.util.UUID.randomUUID",
          "java.util.Random.<init>");

  /** The same rules for modules whose classes are not on this module's class path. */
  private static final Pattern EFFECTS_IN_TEXT =
      Pattern.compile(
          "^import (static )?(java\\.nio\\.(channels|file)|java\\.util\\.concurrent\\.(?!TimeUnit)"
              + "|java\\.net\\.(?!Inet)|io\\.netty\\.(?!buffer)|org\\.slf4j|com\\.sun\\.jna"
              + "|java\\.security\\.SecureRandom|java\\.time\\.Clock)"
              + "|System\\.(nanoTime|currentTimeMillis)|Instant\\.now|Math\\.random"
              + "|new (Random|Thread|SecureRandom)\\(",
          Pattern.MULTILINE);

  @Test
  void everyPackageSaysWhetherItIsPureOrShell() {
    assertThat(SOURCES.kinds().keySet()).isEqualTo(SOURCES.packages());
  }

  @Test
  void purePackagesHaveNoEffects() {
    noClasses()
        .that(arePure())
        .should()
        .dependOnClassesThat(named("have effects", ArchitectureTest::hasEffects))
        .check(CLASSES);
  }

  private static boolean hasEffects(JavaClass type) {
    String name = type.getBaseComponentType().getName();
    return EFFECTS.stream().anyMatch(name::startsWith)
        && VALUES.stream().noneMatch(name::startsWith);
  }

  @Test
  void purePackagesAreToldTheTimeAndDrawNoNumbers() {
    noClasses()
        .that(arePure())
        .should()
        .accessTargetWhere(
            new DescribedPredicate<JavaAccess<?>>("it reads a clock or draws a number") {
              @Override
              public boolean test(JavaAccess<?> access) {
                String owner = access.getTargetOwner().getName();
                return CLOCKS_AND_CHANCE.contains(owner + "." + access.getTarget().getName());
              }
            })
        .check(CLASSES);
  }

  @Test
  void purePackagesKnowNoShell() {
    Set<String> shells = packagesOfKind("shell");

    noClasses()
        .that(arePure())
        .should()
        .dependOnClassesThat(named("are shell", type -> shells.contains(type.getPackageName())))
        .check(CLASSES);
  }

  @Test
  void purePackagesOfTheLabsHaveNoEffects() {
    Set<String> pure = packagesOfKind("pure");

    List<String> effects =
        SOURCES.sources().stream()
            .filter(source -> source.module().equals("test-scripts"))
            .filter(source -> pure.contains(source.packageName()))
            .filter(source -> EFFECTS_IN_TEXT.matcher(source.text()).find())
            .map(source -> source.packageName() + "/" + source.fileName())
            .toList();

    assertThat(effects).isEmpty();
  }

  /** A module, and the packages of this project that it may use beside its own. */
  @ParameterizedTest
  @CsvSource({
    "tap, ",
    "migration, monitor",
    "monitor, migration",
    "transport, migration monitor",
    "relay, transport migration monitor",
    "node, tap transport migration monitor relay",
  })
  void modulesUseOnlyThoseBelowThem(String module, String below) {
    Set<String> allowed = below == null ? Set.of() : Set.of(below.split(" "));

    noClasses()
        .that(resideInAPackage("io.quicmesh." + module + ".."))
        .should()
        .dependOnClassesThat(
            named(
                "are of another module than " + allowed,
                type -> isForeign(type, module) && !allowed.contains(top(type))))
        .check(CLASSES);
  }

  private static boolean isForeign(JavaClass type, String module) {
    return type.getPackageName().startsWith("io.quicmesh.") && !top(type).equals(module);
  }

  private static String top(JavaClass type) {
    return type.getPackageName().split("\\.", -1)[2];
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.quicmesh.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void onlyTapCallsTheSystemNatively() {
    List<String> users =
        SOURCES.sources().stream()
            .filter(source -> !source.module().equals("tap"))
            .filter(source -> source.text().contains("com.sun.jna"))
            .map(source -> source.packageName() + "/" + source.fileName())
            .toList();

    assertThat(users).isEmpty();
  }

  private static DescribedPredicate<JavaClass> arePure() {
    Set<String> pure = packagesOfKind("pure");
    return named("are in a pure package", type -> pure.contains(type.getPackageName()));
  }

  private static Set<String> packagesOfKind(String kind) {
    Map<String, String> kinds = SOURCES.kinds();
    return kinds.keySet().stream()
        .filter(name -> kind.equals(kinds.get(name)))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static DescribedPredicate<JavaClass> named(String text, Predicate<JavaClass> predicate) {
    return DescribedPredicate.describe(text, predicate);
  }
}
