package dev.vfo.run;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Holds the arrows between the packages of jobs, and to the mount and the engine. */
class RunArchitectureTest {
  private static final JavaClasses PRODUCTION =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test-classes/"))
          .importPackages("dev.vfo.run");

  @Test
  void onlyTheJobKnowsWhatItIsMadeOf() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("job")
        .definedBy("dev.vfo.run.job")
        .layer("space")
        .definedBy("dev.vfo.run.space")
        .layer("stop")
        .definedBy("dev.vfo.run.stop")
        .whereLayer("job")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("space")
        .mayOnlyBeAccessedByLayers("job")
        .whereLayer("stop")
        .mayOnlyBeAccessedByLayers("job")
        .check(PRODUCTION);
  }

  @Test
  void belowOnlyTheApisAreKnown() {
    Set<String> known = Set.of("dev.vfo", "dev.vfo.steps", "dev.vfo.fuse", "dev.vfo.storage.linux");
    noClasses()
        .should()
        .dependOnClassesThat(
            describe(
                "are no API",
                type ->
                    type.getPackageName().startsWith("dev.vfo")
                        && !type.getPackageName().startsWith("dev.vfo.run")
                        && !known.contains(type.getPackageName())))
        .check(PRODUCTION);
  }

  @Test
  void foreignCallsAreMadeInStorage() {
    noClasses()
        .should()
        .dependOnClassesThat(
            describe(
                "make foreign calls",
                type ->
                    Set.of("java.lang.foreign.Linker", "java.lang.foreign.SymbolLookup")
                        .contains(type.getName())))
        .check(PRODUCTION);
  }
}
