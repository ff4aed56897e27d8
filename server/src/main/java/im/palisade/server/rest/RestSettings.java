package im.palisade.server.rest;

import im.palisade.server.config.Setting;
import im.palisade.server.config.Settings;
import im.palisade.server.security.AddressBlock;
import im.palisade.server.security.ProxyProtocol;
import java.time.Duration;
import java.util.List;

/**
 * How the REST listener runs.
 *
 * @param host address or name to bind to
 * @param port 0 for any free one
 * @param maxInFlight calls served at once; more are answered 60018
 * @param maxConnections open at once; more wait to be accepted
 * @param idleTimeout after which a connection without traffic is closed, also amid a request
 * @param trustedProxies blocks whose {@code X-Forwarded-For} is believed
 * @param metricsAllowed blocks that may read {@code /metrics}
 * @param callRates whether the limits on calls per second hold
 * @param balancers blocks that open their connections with the PROXY protocol's header
 */
public record RestSettings(
    String host,
    int port,
    int maxInFlight,
    int maxConnections,
    Duration idleTimeout,
    List<AddressBlock> trustedProxies,
    List<AddressBlock> metricsAllowed,
    boolean callRates,
    List<AddressBlock> balancers) {

  /** Largest request body in bytes (rest-conventions §5.2). */
  public static final int MAX_BODY_BYTES = 1 << 20;

  private static final Setting<String> HOST =
      Setting.text("rest.host", "127.0.0.1", "Address the REST API listens on.");
  private static final Setting<Integer> PORT =
      Setting.integer("rest.port", 7080, 0, 65_535, "Port of the REST API; 0 takes any free one.");
  private static final Setting<Integer> MAX_IN_FLIGHT =
      Setting.integer(
          "rest.max-in-flight",
          1024,
          1,
          1_000_000,
          "REST calls served at once; more are answered 60018 (retry later).");
  private static final Setting<Integer> MAX_CONNECTIONS =
      Setting.integer(
          "rest.max-connections", 8192, 1, 1_000_000, "REST connections open at the same time.");
  private static final Setting<Duration> IDLE_TIMEOUT =
      Setting.duration(
          "rest.idle-timeout", "75s", "A REST connection without traffic is closed after this.");
  private static final Setting<List<AddressBlock>> TRUSTED_PROXIES =
      AddressBlock.setting(
          "rest.trusted-proxies",
          "",
          "Reverse proxies whose X-Forwarded-For is believed for a caller's address.");
  private static final Setting<List<AddressBlock>> METRICS_ALLOWED =
      AddressBlock.setting(
          "metrics.allowed-addresses", "127.0.0.0/8,::1", "Addresses that may read /metrics.");
  private static final Setting<Boolean> CALL_RATES =
      Setting.flag(
          "limits.call-rates",
          true,
          "Whether the limits on REST calls per second hold; false is meant for benchmarks.");
  private static final Setting<List<AddressBlock>> BALANCERS =
      ProxyProtocol.setting("rest", "the REST API");

  /** Every setting this record is made from. */
  public static final List<Setting<?>> SETTINGS =
      List.of(
          HOST,
          PORT,
          MAX_IN_FLIGHT,
          MAX_CONNECTIONS,
          IDLE_TIMEOUT,
          TRUSTED_PROXIES,
          METRICS_ALLOWED,
          CALL_RATES,
          BALANCERS);

  public RestSettings {
    trustedProxies = List.copyOf(trustedProxies);
    metricsAllowed = List.copyOf(metricsAllowed);
    balancers = List.copyOf(balancers);
  }

  /** Takes the values an operator gave. */
  public static RestSettings from(Settings settings) {
    return new RestSettings(
        settings.get(HOST),
        settings.get(PORT),
        settings.get(MAX_IN_FLIGHT),
        settings.get(MAX_CONNECTIONS),
        settings.get(IDLE_TIMEOUT),
        settings.get(TRUSTED_PROXIES),
        settings.get(METRICS_ALLOWED),
        settings.get(CALL_RATES),
        settings.get(BALANCERS));
  }
}
