package im.palisade.server.gateway;

import im.palisade.server.config.Setting;
import im.palisade.server.config.SettingException;
import im.palisade.server.config.Settings;
import im.palisade.server.security.AddressBlock;
import im.palisade.server.security.ProxyProtocol;
import java.time.Duration;
import java.util.List;

/**
 * Settings of the access gateway.
 *
 * @param port 0 for any free one
 * @param eventLoops 0 for one per core
 * @param framesPerSecond 0 for no limit
 * @param outboundHighWater bytes
 * @param balancers blocks that open their connections with the PROXY protocol's header
 */
public record GatewaySettings(
    String host,
    int port,
    int eventLoops,
    Duration heartbeat,
    Duration loginTimeout,
    int framesPerSecond,
    int frameBurst,
    long outboundHighWater,
    Duration slowReaderTimeout,
    int maxConnections,
    List<AddressBlock> balancers) {

  private static final Setting<String> HOST =
      Setting.text("im.host", "127.0.0.1", "Address the access gateway (WebSocket) listens on.");
  private static final Setting<Integer> PORT =
      Setting.integer("im.port", 7081, 0, 65535, "Its port; 0 takes any free one.");
  private static final Setting<Integer> EVENT_LOOPS =
      Setting.integer(
          "im.event-loops", 0, 0, 256, "Threads that read and write; 0 is one per core.");
  private static final Setting<Duration> HEARTBEAT =
      Setting.duration(
          "im.heartbeat",
          "30s",
          "A client that sent nothing for so long is pinged; after two unanswered pings its"
              + " connection is closed.");
  private static final Setting<Duration> LOGIN_TIMEOUT =
      Setting.duration(
          "im.login-timeout", "10s", "From accepting a connection to its login at the latest.");
  private static final Setting<Integer> FRAMES_PER_SECOND =
      Setting.integer(
          "im.frames-per-second",
          100,
          0,
          1_000_000,
          "Frames a connection may send on average, else it is closed with 4009; 0 lifts the"
              + " limit.");
  private static final Setting<Integer> FRAME_BURST =
      Setting.integer("im.frame-burst", 200, 1, 1_000_000, "Frames it may send at once.");
  private static final Setting<Long> OUTBOUND_HIGH_WATER =
      Setting.size(
          "im.outbound-high-water",
          "1MiB",
          "Bytes that may wait for one connection; above twice this it is closed at once.");
  private static final Setting<Duration> SLOW_READER_TIMEOUT =
      Setting.duration(
          "im.slow-reader-timeout",
          "10s",
          "A connection above im.outbound-high-water for so long is closed with 4008.");
  private static final Setting<Integer> MAX_CONNECTIONS =
      Setting.integer(
          "im.max-connections",
          100_000,
          1,
          10_000_000,
          "Connections at once; those beyond are closed as they come.");
  private static final Setting<List<AddressBlock>> BALANCERS =
      ProxyProtocol.setting("im", "the access gateway");

  /** Every setting of the gateway. */
  public static final List<Setting<?>> SETTINGS =
      List.of(
          HOST,
          PORT,
          EVENT_LOOPS,
          HEARTBEAT,
          LOGIN_TIMEOUT,
          FRAMES_PER_SECOND,
          FRAME_BURST,
          OUTBOUND_HIGH_WATER,
          SLOW_READER_TIMEOUT,
          MAX_CONNECTIONS,
          BALANCERS);

  public GatewaySettings {
    balancers = List.copyOf(balancers);
    positive(HEARTBEAT, heartbeat);
    positive(LOGIN_TIMEOUT, loginTimeout);
    positive(SLOW_READER_TIMEOUT, slowReaderTimeout);
  }

  /** The values of these settings. */
  public static GatewaySettings from(Settings settings) {
    return new GatewaySettings(
        settings.get(HOST),
        settings.get(PORT),
        settings.get(EVENT_LOOPS),
        settings.get(HEARTBEAT),
        settings.get(LOGIN_TIMEOUT),
        settings.get(FRAMES_PER_SECOND),
        settings.get(FRAME_BURST),
        settings.get(OUTBOUND_HIGH_WATER),
        settings.get(SLOW_READER_TIMEOUT),
        settings.get(MAX_CONNECTIONS),
        settings.get(BALANCERS));
  }

  /** Event loops to run, resolved. */
  int loops() {
    return eventLoops == 0 ? Runtime.getRuntime().availableProcessors() : eventLoops;
  }

  /** How often the loops look at deadlines: every second, oftener for short test values. */
  Duration sweep() {
    long shortest =
        Math.min(
            heartbeat.toMillis(), Math.min(loginTimeout.toMillis(), slowReaderTimeout.toMillis()));
    return Duration.ofMillis(Math.clamp(shortest / 4, 10, 1000));
  }

  private static void positive(Setting<Duration> setting, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new SettingException(setting.key(), "must be longer than nothing");
    }
  }
}
