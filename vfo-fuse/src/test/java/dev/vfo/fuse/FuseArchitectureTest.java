package dev.vfo.fuse;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Holds the arrows between the packages of the mount, and to the engine. */
class FuseArchitectureTest {
  private static final JavaClasses PRODUCTION =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test-classes/"))
          .importPackages("dev.vfo.fuse");

  @Test
  void arrowsGoOneWay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("mount")
        .definedBy("dev.vfo.fuse")
        .layer("requests")
        .definedBy("dev.vfo.fuse.requests")
        .layer("session")
        .definedBy("dev.vfo.fuse.session")
        .layer("protocol")
        .definedBy("dev.vfo.fuse.protocol")
        .whereLayer("mount")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("requests")
        .mayOnlyBeAccessedByLayers("mount")
        .whereLayer("session")
        .mayOnlyBeAccessedByLayers("mount", "requests")
        .whereLayer("protocol")
        .mayOnlyBeAccessedByLayers("mount", "requests", "session")
        .check(PRODUCTION);
  }

  @Test
  void ofTheEngineOnlyTheApiIsKnown() {
    Set<String> known = Set.of("dev.vfo", "dev.vfo.storage", "dev.vfo.storage.linux");
    noClasses()
        .should()
        .dependOnClassesThat(
            describe(
                "are in the engine's own packages",
                type ->
                    type.getPackageName().startsWith("dev.vfo")
                        && !type.getPackageName().startsWith("dev.vfo.fuse")
                        && !known.contains(type.getPackageName())))
        .check(PRODUCTION);
  }

  @Test
  void theSystemIsReachedFromTheMountOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.vfo.fuse")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.vfo.storage.linux")
        .check(PRODUCTION);
    noClasses()
        .should()
        .dependOnClassesThat(
            describe(
                "make foreign calls or reach files past the seam",
                type ->
                    Set.of(
                            "java.lang.foreign.Linker",
                            "java.lang.foreign.SymbolLookup",
                            "java.nio.file.Files",
                            "java.nio.channels.FileChannel",
                            "java.io.File")
                        .contains(type.getName())))
        .check(PRODUCTION);
  }
}
