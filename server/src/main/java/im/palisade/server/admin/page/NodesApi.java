package im.palisade.server.admin.page;

import im.palisade.server.admin.door.AdminCall;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.door.Meaning;
import im.palisade.server.admin.door.Nothing;
import im.palisade.server.admin.identity.Permission;
import im.palisade.server.rest.Readiness;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Nodes, their health, and what is stored where. */
public final class NodesApi {
  private static final String TAG = "nodes";

  private final String version;
  private final Readiness readiness;
  private final Path dataDirectory;
  private final Regions regions;
  private final TableSizeStore sizes = new TableSizeStore();

  NodesApi(String version, Readiness readiness, Path dataDirectory, Regions regions) {
    this.version = version;
    this.readiness = readiness;
    this.dataDirectory = dataDirectory;
    this.regions = regions;
  }

  List<AdminEndpoint<?, ?>> endpoints() {
    return List.of(
        AdminEndpoint.get("/nodes", TAG, "Nodes of the installation with their health")
            .needs(Permission.NODES_READ)
            .passive()
            .recordsNone("tells of machines, and of no user")
            .handledBy(Nothing.class, NodeList.class, this::nodes),
        AdminEndpoint.get("/nodes/storage", TAG, "Space on disk, and the database by table")
            .needs(Permission.NODES_READ)
            .recordsNone("tells of machines, and of no user")
            .handledBy(Nothing.class, Storage.class, this::storage));
  }

  /** Nodes. */
  @Meaning("Nodes of the installation; for now the one that answers.")
  public record NodeList(@Meaning("nodes") List<Node> nodes) {}

  /** A node. */
  @Meaning("A node with its health.")
  public record Node(
      @Meaning("its name") String name,
      @Meaning("version of Palisade") String version,
      @Meaning("version of Java") String java,
      @Meaning("processors") int processors,
      @Meaning("heap in use, in bytes") long heapUsed,
      @Meaning("most heap, in bytes") long heapMost,
      @Meaning("since when it runs") Instant startedAt,
      @Meaning("whether every check passes") boolean ready,
      @Meaning("what was checked") List<HealthCheck> checks) {}

  /** A check. */
  @Meaning("A check of a node's health.")
  public record HealthCheck(
      @Meaning("what") String name,
      @Meaning("what is wrong; absent when fine") Optional<String> problem) {}

  /** Storage. */
  @Meaning("What is stored where.")
  public record Storage(
      @Meaning("size of the file system of the data directory, in bytes") long diskTotal,
      @Meaning("what is free of it, in bytes") long diskFree,
      @Meaning("databases by region") List<DatabaseSize> databases) {}

  /** A database. */
  @Meaning("A region's database.")
  public record DatabaseSize(
      @Meaning("region") String region,
      @Meaning("product and version") String product,
      @Meaning("size in bytes, as the database estimates it") long bytes,
      @Meaning("tables, the largest first") List<TableSize> tables) {}

  /** A table. */
  @Meaning("A table, as the database estimates it.")
  public record TableSize(
      @Meaning("name") String table,
      @Meaning("rows") long rows,
      @Meaning("size with indexes, in bytes") long bytes) {}

  private NodeList nodes(AdminCall call, Nothing in) {
    List<HealthCheck> checks =
        readiness.checks().stream()
            .map(each -> new HealthCheck(each.name(), each.problem()))
            .toList();
    Runtime runtime = Runtime.getRuntime();
    return new NodeList(
        List.of(
            new Node(
                "node-1",
                version,
                Runtime.version().toString(),
                runtime.availableProcessors(),
                runtime.totalMemory() - runtime.freeMemory(),
                runtime.maxMemory(),
                Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()),
                checks.stream().allMatch(check -> check.problem().isEmpty()),
                checks)));
  }

  private Storage storage(AdminCall call, Nothing in) {
    try {
      FileStore disk = Files.getFileStore(dataDirectory);
      List<DatabaseSize> databases = new ArrayList<>();
      for (Region region : regions.all()) {
        databases.add(region.read(connection -> sizes.read(connection, region.name())));
      }
      return new Storage(disk.getTotalSpace(), disk.getUsableSpace(), databases);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
