package im.palisade.server.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.io.StringWriter;

/**
 * Where this server's collectors register: one registry per server, so that several in one JVM do
 * not meet. A feature makes its collectors beside the code they measure and hands them over here;
 * labels must come from a closed set.
 */
public final class Metrics {
  /** Content type of {@link #text()}. */
  public static final String CONTENT_TYPE = TextFormat.CONTENT_TYPE_004;

  private final CollectorRegistry registry = new CollectorRegistry(true);

  /** Registers the JVM's own metrics. */
  public Metrics() {
    DefaultExports.register(registry);
  }

  /**
   * Adds a collector.
   *
   * @throws IllegalArgumentException when one of its names is taken
   */
  public <C extends Collector> C register(C collector) {
    registry.register(collector);
    return collector;
  }

  /** The registry itself, for collectors that register while they are built. */
  public CollectorRegistry registry() {
    return registry;
  }

  /** Everything in the Prometheus text format. */
  public String text() {
    StringWriter text = new StringWriter(16 << 10);
    try {
      TextFormat.write004(text, registry.metricFamilySamples());
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail", e);
    }
    return text.toString();
  }
}
