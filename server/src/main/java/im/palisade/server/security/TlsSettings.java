package im.palisade.server.security;

import im.palisade.server.config.Setting;
import im.palisade.server.config.SettingException;
import im.palisade.server.config.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How listeners are encrypted.
 *
 * @param certificate PEM chain, leaf first, or PKCS#12 with the key in it; none for plain listeners
 * @param key PEM, PKCS#8; none with PKCS#12
 * @param passwordFile holds the password of the key or of the PKCS#12 file
 * @param reloadInterval how often the files are looked at for a change
 */
public record TlsSettings(
    Optional<Path> certificate,
    Optional<Path> key,
    Optional<Path> passwordFile,
    Duration reloadInterval,
    PlainListeners plainListeners) {

  /** Where a listener may run without TLS. */
  public enum PlainListeners {
    /** Only where nobody else can listen in. */
    LOOPBACK_ONLY,
    /** Anywhere, knowing that everybody on the network can read passwords and messages. */
    ANYWHERE_UNENCRYPTED
  }

  static final Setting<Optional<String>> CERTIFICATE =
      Setting.optionalText(
          "tls.certificate",
          "Certificate of every listener: PEM with the whole chain, or PKCS#12 (.p12, .pfx) with"
              + " the key in it. Without one, listeners are not encrypted.");
  static final Setting<Optional<String>> KEY =
      Setting.optionalText("tls.key", "Private key of a PEM certificate: PEM, PKCS#8.");
  static final Setting<Optional<String>> PASSWORD_FILE =
      Setting.optionalText(
          "tls.password-file", "File with the password of the key or the PKCS#12 file.");
  static final Setting<Duration> RELOAD_INTERVAL =
      Setting.duration(
          "tls.reload-interval",
          "60s",
          "How often the files are looked at; a changed certificate is used for new connections.");
  static final Setting<PlainListeners> PLAIN_LISTENERS =
      Setting.choice(
          "tls.plain-listeners",
          PlainListeners.class,
          PlainListeners.LOOPBACK_ONLY,
          "Where listeners may run without TLS. anywhere-unencrypted sends UserSigs and messages"
              + " readable over the network: for a trusted one, or behind a proxy that encrypts.");

  /** Every setting this record is made from. */
  public static final List<Setting<?>> SETTINGS =
      List.of(CERTIFICATE, KEY, PASSWORD_FILE, RELOAD_INTERVAL, PLAIN_LISTENERS);

  /** Takes the values an operator gave. */
  public static TlsSettings from(Settings settings) {
    return new TlsSettings(
        settings.get(CERTIFICATE).map(Path::of),
        settings.get(KEY).map(Path::of),
        settings.get(PASSWORD_FILE).map(Path::of),
        settings.get(RELOAD_INTERVAL),
        settings.get(PLAIN_LISTENERS));
  }

  /** No certificate, loopback only. */
  public static TlsSettings none() {
    return new TlsSettings(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Duration.ofMinutes(1),
        PlainListeners.LOOPBACK_ONLY);
  }

  /**
   * Refuses a listener that would send in the clear without the operator having said so.
   *
   * @param hostKey the setting that names the host
   * @throws SettingException naming the settings that would help
   */
  void checkPlain(String hostKey, String host) {
    if (plainListeners == PlainListeners.LOOPBACK_ONLY && !isLoopback(hostKey, host)) {
      throw new SettingException(
          hostKey,
          host
              + " can be reached over the network, and nothing would be encrypted: set "
              + CERTIFICATE.key()
              + ", or "
              + PLAIN_LISTENERS.key()
              + ": anywhere-unencrypted");
    }
  }

  /** Whether only this machine reaches a listener on that host. */
  public static boolean isLoopback(String hostKey, String host) {
    try {
      return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
    } catch (UnknownHostException e) {
      throw new SettingException(hostKey, host + " is not an address of this machine", e);
    }
  }
}
