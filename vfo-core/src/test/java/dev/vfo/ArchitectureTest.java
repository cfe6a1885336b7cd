package dev.vfo;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * Holds the arrows between the packages, and the calls that are banned from the engine and the test
 * kit. An arrow that is missing here is added on purpose or not at all.
 */
class ArchitectureTest {
  private static final String API = "dev.vfo";

  /** Stands on the API and its plain exceptions, as a program does. */
  private static final String ABOVE = "dev.vfo.steps";

  private static final String STORAGE = "dev.vfo.storage";
  private static final String LINUX = "dev.vfo.storage.linux";
  private static final String TESTKIT = "dev.vfo.testkit..";

  /** What each package of the engine may use of the others. */
  private static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          arrows(API, "checkpoint", "names", "overlay", "changes"),
          arrows(
              "dev.vfo.checkpoint",
              "names",
              "overlay",
              "journal",
              "apply",
              "recovery",
              "changes",
              "parts",
              "spill"),
          arrows("dev.vfo.inspect", "journal", "apply", "changes", "parts"),
          arrows("dev.vfo.recovery", "journal", "apply", "changes"),
          arrows("dev.vfo.names", "overlay", "changes"),
          arrows("dev.vfo.overlay", "changes", "spill"),
          arrows("dev.vfo.journal"),
          arrows("dev.vfo.apply", "changes", "journal", "spill"),
          arrows("dev.vfo.spill", "journal"),
          arrows("dev.vfo.parts", "journal"),
          arrows("dev.vfo.changes"),
          arrows(ABOVE));

  private static Map.Entry<String, Set<String>> arrows(String from, String... to) {
    return Map.entry(from, Set.of(to));
  }

  /** Classes of the API that are values for the packages below, though they are no records. */
  private static final Set<String> VALUES =
      Set.of("dev.vfo.Options", "dev.vfo.State", "dev.vfo.SealedStep");

  /** The one class that may name the defaults for clock, random generator and executor. */
  private static final String DEFAULTS = "dev.vfo.Options";

  private static final JavaClasses PRODUCTION =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test-classes/"))
          .importPackages("dev.vfo");

  @Test
  void everyPackageOfTheEngineHasItsArrows() {
    List<String> unknown = new ArrayList<>();
    for (JavaClass type : PRODUCTION) {
      if (isEngine(type) && !ARROWS.containsKey(type.getPackageName())) {
        unknown.add(type.getName());
      }
    }
    assertTrue(unknown.isEmpty(), () -> "add the package's arrows to ARROWS: " + unknown);
  }

  @Test
  void packagesOfTheEngineUseOnlyWhatTheirArrowsSay() {
    ARROWS.forEach((from, to) -> {
      check(
          noClasses()
              .that()
              .resideInAPackage(from)
              .should()
              .dependOnClassesThat(
                  describe(
                      "are in a package without an arrow from " + from,
                      type -> isForbiddenEngine(from, to, type))));
    });
  }

  @Test
  void belowTheApiOnlyItsPlainDataIsKnown() {
    check(
        noClasses()
            .that(describe("are below the API", type -> isBelowApi(type)))
            .should()
            .dependOnClassesThat(
                describe(
                    "have behaviour and are in the API", type -> isApi(type) && !isPlain(type))));
  }

  @Test
  void theEngineKnowsTheSeamNotTheSystemBehindIt() {
    check(
        noClasses()
            .that(describe("are in the engine", ArchitectureTest::isEngine))
            .and()
            .doNotHaveFullyQualifiedName(DEFAULTS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(LINUX));
    check(
        noClasses()
            .that()
            .resideInAPackage(STORAGE)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(LINUX));
  }

  @Test
  void storageAndTheTestKitDoNotKnowTheEngine() {
    check(
        noClasses()
            .that(resideInAnyPackage(STORAGE, LINUX))
            .should()
            .dependOnClassesThat(
                describe("are outside", type -> isEngine(type) || isTestKit(type))));
    check(
        noClasses()
            .that()
            .resideInAPackage(TESTKIT)
            .should()
            .dependOnClassesThat(describe("are in the engine", ArchitectureTest::isEngine)));
    check(
        noClasses()
            .that(describe("are in the engine", ArchitectureTest::isEngine))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(TESTKIT));
  }

  @Test
  void foreignCallsAreMadeInOnePackage() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(LINUX)
            .should()
            .dependOnClassesThat(
                describe(
                    "make foreign calls",
                    type ->
                        type.getName().equals("java.lang.foreign.Linker")
                            || type.getName().equals("java.lang.foreign.SymbolLookup"))));
  }

  @Test
  void filesAreReachedThroughStorageOnly() {
    check(noFiles());
  }

  @Test
  void timeChanceAndThreadsComeFromOutside() {
    check(nothingAmbient());
    check(noThreads());
  }

  @Test
  void namesSayWhatTheClassIs() {
    check(classes().should().haveSimpleNameNotEndingWith("Impl"));
    check(classes().should().haveSimpleNameNotEndingWith("Util"));
    check(classes().should().haveSimpleNameNotEndingWith("Utils"));
  }

  /** A rule that nothing can break would say nothing. */
  @Test
  void theBansBite() {
    JavaClasses sinner =
        new ClassFileImporter().importClasses(Sinner.class, dev.vfo.storage.Storage.class);
    assertTrue(noFiles().evaluate(sinner).getFailureReport().getDetails().size() >= 1);
    assertTrue(nothingAmbient().evaluate(sinner).getFailureReport().getDetails().size() >= 3);
    assertTrue(noThreads().evaluate(sinner).getFailureReport().getDetails().size() >= 1);
    assertTrue(PRODUCTION.contain(dev.vfo.storage.Storage.class));
  }

  /** Does what nobody in the engine may do. */
  static final class Sinner {
    long sin() throws Exception {
      Thread.sleep(1);
      new Thread(() -> {}).start();
      return System.currentTimeMillis()
          + new Random().nextInt()
          + java.nio.file.Files.size(java.nio.file.Path.of("/"));
    }
  }

  private static ArchRule noFiles() {
    Set<String> banned =
        Set.of(
            "java.nio.file.Files",
            "java.nio.file.FileSystems",
            "java.nio.channels.FileChannel",
            "java.io.File",
            "java.io.FileInputStream",
            "java.io.FileOutputStream",
            "java.io.RandomAccessFile");
    return noClasses()
        .that(describe("are in the engine or the test kit", ArchitectureTest::isDisciplined))
        .should()
        .dependOnClassesThat(
            describe("reach files past the seam", type -> banned.contains(type.getName())));
  }

  private static ArchRule nothingAmbient() {
    return noCalls(
        "are in the engine or the test kit",
        ArchitectureTest::isDisciplined,
        "take time or chance from the air",
        ArchitectureTest::isAmbient);
  }

  private static ArchRule noThreads() {
    return noCalls(
        "are in the engine",
        ArchitectureTest::isEngine,
        "start threads of their own",
        ArchitectureTest::isThread);
  }

  private static ArchRule noCalls(
      String who, Predicate<JavaClass> type, String what, Predicate<CodeUnitCallTarget> banned) {
    return noClasses()
        .that(describe(who, type))
        .and()
        .doNotHaveFullyQualifiedName(DEFAULTS)
        .should()
        .callCodeUnitWhere(
            new DescribedPredicate<JavaCall<?>>(what) {
              @Override
              public boolean test(JavaCall<?> call) {
                return banned.test(call.getTarget());
              }
            });
  }

  private static boolean isAmbient(CodeUnitCallTarget target) {
    boolean bare = target.getRawParameterTypes().isEmpty();
    boolean constructor = target.getName().equals("<init>");
    return switch (target.getOwner().getName()) {
      case "java.lang.System" -> target.getName().equals("currentTimeMillis");
      case "java.lang.Math" -> target.getName().equals("random");
      case "java.lang.Thread" -> target.getName().equals("sleep");
      case "java.time.Clock" -> target.getName().startsWith("system");
      case "java.time.Instant" -> target.getName().equals("now") && bare;
      case "java.util.Random", "java.util.SplittableRandom" -> constructor && bare;
      case "java.security.SecureRandom" -> constructor;
      case "java.util.UUID" -> target.getName().equals("randomUUID");
      case "java.util.concurrent.ThreadLocalRandom" -> target.getName().equals("current");
      default -> false;
    };
  }

  private static boolean isThread(CodeUnitCallTarget target) {
    return switch (target.getOwner().getName()) {
      case "java.lang.Thread" ->
          Set.of("<init>", "ofVirtual", "ofPlatform", "startVirtualThread")
              .contains(target.getName());
      case "java.util.concurrent.Executors" -> true;
      case "java.util.concurrent.ForkJoinPool" -> target.getName().equals("commonPool");
      default -> false;
    };
  }

  private static boolean isForbiddenEngine(String from, Set<String> to, JavaClass type) {
    String target = type.getPackageName();
    return isEngine(type)
        && !isApi(type)
        && !target.equals(from)
        && !to.contains(target.substring(API.length() + 1));
  }

  private static boolean isEngine(JavaClass type) {
    return (type.getPackageName() + ".").startsWith(API + ".")
        && !(type.getPackageName() + ".").startsWith(STORAGE + ".")
        && !isTestKit(type);
  }

  private static boolean isBelowApi(JavaClass type) {
    return isEngine(type) && !isApi(type) && !type.getPackageName().equals(ABOVE);
  }

  private static boolean isApi(JavaClass type) {
    return type.getPackageName().equals(API);
  }

  private static boolean isTestKit(JavaClass type) {
    return (type.getPackageName() + ".").startsWith("dev.vfo.testkit.");
  }

  private static boolean isDisciplined(JavaClass type) {
    return isEngine(type) || isTestKit(type);
  }

  /** Data, contracts and errors; what an engine's part may take or give without calling back. */
  private static boolean isPlain(JavaClass type) {
    return type.isRecord()
        || type.isEnum()
        || type.isInterface()
        || type.isAssignableTo(Throwable.class)
        || VALUES.contains(type.getName().replaceFirst("\\$.*", ""))
        || type.getMethods().stream()
            .allMatch(method -> method.getModifiers().contains(JavaModifier.STATIC));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(PRODUCTION);
  }
}
