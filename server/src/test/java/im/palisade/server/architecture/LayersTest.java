package im.palisade.server.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.sql.Statement;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The package boundaries of docs/architecture.md. */
class LayersTest {
  private static final String SERVER = "im.palisade.server.";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("im.palisade");

  @Test
  void nothingBelowCallsUp() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("language")
        .definedBy(
            SERVER + "protocol..", SERVER + "config..", SERVER + "audit..", SERVER + "metrics..")
        .layer("jobs")
        .definedBy(SERVER + "jobs..")
        .layer("security")
        .definedBy(SERVER + "security..")
        .layer("store")
        .definedBy(SERVER + "store..")
        .layer("app")
        .definedBy(SERVER + "app..")
        .layer("doors")
        .definedBy(SERVER + "rest..", SERVER + "gateway..")
        .layer("features")
        .definedBy(Features.packages())
        .layer("main")
        .definedBy("im.palisade.server")
        .layer("tools")
        .definedBy("im.palisade.cli..", "im.palisade.bench..", "im.palisade.client..")
        .whereLayer("tools")
        .mayOnlyBeAccessedByLayers("main")
        .whereLayer("main")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("features")
        .mayOnlyBeAccessedByLayers("main")
        .whereLayer("doors")
        .mayOnlyBeAccessedByLayers("features", "main")
        .whereLayer("app")
        .mayOnlyBeAccessedByLayers("doors", "features", "main")
        .whereLayer("store")
        .mayOnlyBeAccessedByLayers("app", "doors", "features", "main")
        .whereLayer("security")
        .mayOnlyBeAccessedByLayers("store", "app", "doors", "features", "main", "tools")
        .whereLayer("jobs")
        .mayOnlyBeAccessedByLayers("store", "app", "doors", "features", "main")
        .check(CLASSES);
  }

  @Test
  void theDoorsDoNotKnowEachOther() {
    noClasses()
        .that()
        .resideInAPackage(SERVER + "rest..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(SERVER + "gateway..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage(SERVER + "gateway..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(SERVER + "rest..")
        .check(CLASSES);
  }

  @Test
  void complianceKnowsNothingOfTheServer() {
    noClasses()
        .that()
        .resideInAPackage("im.palisade.compliance..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("im.palisade.server..", "im.palisade.cli..", "im.palisade.bench..")
        .check(CLASSES);
  }

  @Test
  void sqlStandsOnlyInStoresAndTheWriter() {
    noClasses()
        .that()
        .resideInAPackage("im.palisade.server..")
        .and()
        .resideOutsideOfPackage(SERVER + "store..")
        .and()
        .haveNameNotMatching(".*(Store|ConversationHeads|CommitFeed)(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(Statement.class)
        .check(CLASSES);
  }

  @Test
  void eventLoopsAreKnownToTheGatewayOnly() {
    noClasses()
        .that()
        .resideInAPackage("im.palisade.server..")
        .and()
        .resideOutsideOfPackages(SERVER + "gateway..", SERVER + "security..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .check(CLASSES);
  }

  /** Every package that is neither ground floor nor main is a feature. */
  private static final class Features {
    static String[] packages() {
      return CLASSES.stream()
          .map(JavaClass::getPackageName)
          .filter(name -> name.startsWith(SERVER))
          .map(name -> SERVER + name.substring(SERVER.length()).split("\\.", -1)[0])
          .distinct()
          .filter(
              name ->
                  !Set.of(
                          "protocol",
                          "config",
                          "audit",
                          "metrics",
                          "jobs",
                          "security",
                          "store",
                          "app",
                          "rest",
                          "gateway")
                      .contains(name.substring(SERVER.length())))
          .map(name -> name + "..")
          .toArray(String[]::new);
    }
  }
}
