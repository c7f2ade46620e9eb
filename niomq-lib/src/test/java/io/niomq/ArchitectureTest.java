package io.niomq;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The packages and who may use whom: docs/ARCHITECTURE.md. */
class ArchitectureTest {
  private static final String INTERNAL = "io.niomq.internal";

  /** In reading order. An import points down this list, never up. */
  private static final List<String> LAYERS =
      List.of(
          "socket",
          "pattern",
          "endpoint",
          "zmtp",
          "pipe",
          "security",
          "transport",
          "loop",
          "option",
          "advice",
          "flight");

  /** What the public API and the internals both speak of. */
  private static final String VOCABULARY =
      "(\\[L)?io\\.niomq\\.(SocketType|Errno|ProtocolError|Zmq\\w*|SocketOptions?|(Socket|Subscription)Event"
          + "|Drop(Reason|Event)|CloseReport|Message|PeerProperties)(\\$.*)?;?";

  private static JavaClasses library;

  @BeforeAll
  static void read() {
    library =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.niomq");
    assertThat(library).hasSizeGreaterThan(20);
  }

  private static String layer(String name) {
    return INTERNAL + "." + name + "..";
  }

  @Test
  void eachInternalPackageIsALayer() {
    String[] layers = LAYERS.stream().map(ArchitectureTest::layer).toArray(String[]::new);
    classes()
        .that()
        .resideInAPackage(INTERNAL + "..")
        .should()
        .resideInAnyPackage(layers)
        .check(library);
    for (String layer : LAYERS) {
      assertThat(library.that(resideInAPackage(layer(layer)))).as(layer).isNotEmpty();
    }
  }

  @Test
  void importsPointDown() {
    for (int lower = 1; lower < LAYERS.size(); lower++) {
      String[] above =
          LAYERS.subList(0, lower).stream().map(ArchitectureTest::layer).toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(layer(LAYERS.get(lower)))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(above)
          .check(library);
    }
  }

  @Test
  void internalsUseOnlyTheVocabularyOfTheApi() {
    noClasses()
        .that()
        .resideInAPackage(INTERNAL + "..")
        .should()
        .dependOnClassesThat(resideInAPackage("io.niomq").and(not(nameMatching(VOCABULARY))))
        .check(library);
  }

  @Test
  void thereAreNoCycles() {
    slices().matching(INTERNAL + ".(*)..").should().beFreeOfCycles().check(library);
  }

  @Test
  void nothingButTheJdkIsNeeded() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideOutsideOfPackages(
                "java..", "jdk.net..", "jdk.jfr..", "javax.management..", "io.niomq.."))
        .check(library);
  }
}
