package im.palisade.server.admin.door;

import im.palisade.server.config.Setting;
import im.palisade.server.config.Settings;
import im.palisade.server.rest.RestSettings;
import im.palisade.server.security.AddressBlock;
import im.palisade.server.security.ProxyProtocol;
import java.time.Duration;
import java.util.List;

/**
 * How the console is reached and how long its sessions last.
 *
 * @param host address or name to bind to
 * @param port 0 for any free one
 * @param idleTimeout after which a session that does nothing ends
 * @param sessionLifetime after which every session ends
 * @param confirmFor how long after password and code destructive acts need no others
 * @param secondFactor whether everybody must have one
 * @param trustedProxies blocks whose {@code X-Forwarded-For} and {@code -Proto} are believed
 * @param balancers blocks that open their connections with the PROXY protocol's header
 */
public record ConsoleSettings(
    String host,
    int port,
    Duration idleTimeout,
    Duration sessionLifetime,
    Duration confirmFor,
    SecondFactor secondFactor,
    List<AddressBlock> trustedProxies,
    List<AddressBlock> balancers) {

  /** Whether administrators need a second factor. */
  public enum SecondFactor {
    REQUIRED,
    OPTIONAL
  }

  private static final Setting<String> HOST =
      Setting.text("console.host", "127.0.0.1", "Address the management console listens on.");
  private static final Setting<Integer> PORT =
      Setting.integer(
          "console.port",
          7082,
          0,
          65_535,
          "Port of the management console; 0 takes any free one. It is apart from the REST API's,"
              + " so that a firewall can let administrators through here and back ends there.");
  private static final Setting<Duration> IDLE_TIMEOUT =
      Setting.duration(
          "console.idle-timeout", "15m", "An administrator who does nothing is signed out.");
  private static final Setting<Duration> SESSION_LIFETIME =
      Setting.duration(
          "console.session-lifetime", "12h", "Every administrator is signed out after this.");
  private static final Setting<Duration> CONFIRM_FOR =
      Setting.duration(
          "console.confirm-for",
          "5m",
          "How long after password and code destructive acts do not ask for them again.");
  private static final Setting<SecondFactor> SECOND_FACTOR =
      Setting.choice(
          "console.second-factor",
          SecondFactor.class,
          SecondFactor.REQUIRED,
          "Whether every administrator must set up one-time codes before anything else.");
  private static final Setting<List<AddressBlock>> BALANCERS =
      ProxyProtocol.setting("console", "the console");

  /** Every setting this record is made from, beside the REST API's proxies. */
  public static final List<Setting<?>> SETTINGS =
      List.of(HOST, PORT, IDLE_TIMEOUT, SESSION_LIFETIME, CONFIRM_FOR, SECOND_FACTOR, BALANCERS);

  public ConsoleSettings {
    trustedProxies = List.copyOf(trustedProxies);
    balancers = List.copyOf(balancers);
  }

  /** Takes the values an operator gave. */
  public static ConsoleSettings from(Settings settings) {
    return new ConsoleSettings(
        settings.get(HOST),
        settings.get(PORT),
        settings.get(IDLE_TIMEOUT),
        settings.get(SESSION_LIFETIME),
        settings.get(CONFIRM_FOR),
        settings.get(SECOND_FACTOR),
        RestSettings.from(settings).trustedProxies(),
        settings.get(BALANCERS));
  }
}
