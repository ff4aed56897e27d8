package im.palisade.server.auditlog.search;

import im.palisade.server.auditlog.AuditLogFeature;
import im.palisade.server.auditlog.LogEntries;
import im.palisade.server.metrics.Metrics;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The query indexes of all regions' audit logs. Each stays in its region. */
public final class AuditSearchFeature implements AutoCloseable {
  private final Map<String, Indexer> indexers = new LinkedHashMap<>();
  private final Map<String, AuditSearch> searches = new LinkedHashMap<>();

  /** Begins to follow the logs. */
  public AuditSearchFeature(Regions regions, AuditLogFeature logs, Path folder, Metrics metrics) {
    for (Region region : regions.all()) {
      LogEntries entries = new LogEntries(logs.of(region));
      Indexer indexer = new Indexer(region.name(), folder.resolve(region.name()), entries);
      indexers.put(region.name(), indexer);
      searches.put(region.name(), new AuditSearch(region, logs.of(region), entries, indexer));
      indexer.start();
    }
    metrics.register(new IndexMetrics());
  }

  /** Where the index of a region is in the data directory. */
  public static Path folder(Path dataDirectory) {
    return dataDirectory.resolve("audit-index");
  }

  /** The file that asks a server of that data directory to make a region's index anew. */
  public static Path reindexRequest(Path dataDirectory, String region) {
    return Indexer.request(folder(dataDirectory).resolve(region));
  }

  /** The search in a region's log. */
  public AuditSearch of(Region region) {
    return searches.get(region.name());
  }

  /** Keeps what was indexed and ends. */
  @Override
  public void close() {
    indexers.values().forEach(Indexer::close);
  }

  /** What monitoring sees. */
  private final class IndexMetrics extends Collector {
    @Override
    public List<MetricFamilySamples> collect() {
      return List.of(
          gauge(
              "palisade_audit_index_up",
              "Whether the audit log's query index works.",
              search -> search.problem().isEmpty() ? 1 : 0),
          gauge(
              "palisade_audit_index_entries",
              "Entries of the newest epoch that can be found.",
              search -> search.indexed().map(next -> (double) next.index()).orElse(0.0)),
          gauge(
              "palisade_audit_index_behind",
              "Entries of the newest epoch that cannot be found yet.",
              AuditSearch::behind));
    }

    private GaugeMetricFamily gauge(String name, String help, ToDoubleFunction<AuditSearch> value) {
      GaugeMetricFamily family = new GaugeMetricFamily(name, help, List.of("region"));
      searches.forEach(
          (region, search) -> family.addMetric(List.of(region), value.applyAsDouble(search)));
      return family;
    }
  }
}
