package im.palisade.server.auditlog.forward;

import im.palisade.compliance.export.ExportFormat;
import im.palisade.server.config.Setting;
import im.palisade.server.config.SettingException;
import im.palisade.server.config.Settings;
import im.palisade.server.security.OutgoingTls;
import im.palisade.server.security.OutgoingTls.Verification;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Where the audit log's events are copied to.
 *
 * @param history whether a forwarder that is new begins with the first event of the log
 */
public record ForwardSettings(
    Optional<Syslog> syslog, Optional<Web> web, Optional<Folder> folder, boolean history) {

  /** A collector that speaks syslog over TLS. */
  record Syslog(String host, int port, SSLContext tls) {}

  /** An HTTPS address. */
  record Web(URI url, ExportFormat format, Optional<String> token, SSLContext tls) {}

  /** A folder. */
  record Folder(Path path, ExportFormat format, long rollBytes) {}

  private static final int SYSLOG_PORT = 6514;

  private record Address(String host, int port) {}

  private static final Setting<Optional<Address>> SYSLOG =
      new Setting<>(
          "audit.forward.syslog.address",
          "host or host:port",
          "",
          "Collector that gets every audit event as syslog over TLS (RFC 5424, RFC 5425); port"
              + " 6514 unless given. Empty: none.",
          ForwardSettings::address);
  private static final Setting<Optional<Path>> SYSLOG_AUTHORITIES =
      Setting.path(
          "audit.forward.syslog.authorities",
          "PEM file of the only authorities whose certificates the collector may show. Empty:"
              + " those of the Java runtime.");
  private static final Setting<Optional<Path>> SYSLOG_IDENTITY =
      Setting.path(
          "audit.forward.syslog.identity",
          "PEM file with certificate, chain and unencrypted PKCS#8 key that are shown to the"
              + " collector. Empty: none.");
  private static final Setting<Optional<URI>> WEB =
      new Setting<>(
          "audit.forward.https.url",
          "an https URL",
          "",
          "Address that gets every audit event, in order, as lines of JSON by POST; 2xx confirms"
              + " them. Empty: none.",
          ForwardSettings::url);
  private static final Setting<ExportFormat> WEB_FORMAT =
      format(
          "audit.forward.https.format",
          List.of(ExportFormat.JSONL, ExportFormat.ECS, ExportFormat.OCSF),
          "In which form.");
  private static final Setting<Optional<Path>> WEB_AUTHORITIES =
      Setting.path(
          "audit.forward.https.authorities",
          "PEM file of the only authorities whose certificates that address may show. Empty:"
              + " those of the Java runtime.");
  private static final Setting<Optional<Path>> WEB_IDENTITY =
      Setting.path(
          "audit.forward.https.identity",
          "PEM file with certificate, chain and unencrypted PKCS#8 key that are shown there."
              + " Empty: none.");
  private static final Setting<Optional<Path>> WEB_TOKEN =
      Setting.path(
          "audit.forward.https.token-file",
          "File with a token that is sent as Authorization: Bearer. Empty: none.");
  private static final Setting<Optional<Path>> FOLDER =
      Setting.path(
          "audit.forward.folder.path",
          "Folder that gets files with every audit event, for another program to collect. Empty:"
              + " none.");
  private static final Setting<ExportFormat> FOLDER_FORMAT =
      format("audit.forward.folder.format", List.of(ExportFormat.values()), "In which form.");
  private static final Setting<Long> FOLDER_ROLL =
      Setting.size(
          "audit.forward.folder.file-size",
          "64MiB",
          "Size at which the next file begins; one begins each day too.");
  private static final Setting<Boolean> HISTORY =
      Setting.flag(
          "audit.forward.history",
          true,
          "Whether a new receiver gets what the log already holds, or only what comes.");

  /** Every setting of this feature. */
  public static final List<Setting<?>> SETTINGS =
      List.of(
          SYSLOG,
          SYSLOG_AUTHORITIES,
          SYSLOG_IDENTITY,
          WEB,
          WEB_FORMAT,
          WEB_AUTHORITIES,
          WEB_IDENTITY,
          WEB_TOKEN,
          FOLDER,
          FOLDER_FORMAT,
          FOLDER_ROLL,
          HISTORY);

  /** Nothing is copied anywhere. */
  public static final ForwardSettings NONE =
      new ForwardSettings(Optional.empty(), Optional.empty(), Optional.empty(), true);

  /** Takes this feature's values out of the settings. */
  public static ForwardSettings from(Settings settings) {
    return new ForwardSettings(
        settings
            .get(SYSLOG)
            .map(
                to ->
                    new Syslog(
                        to.host(), to.port(), tls(settings, SYSLOG_AUTHORITIES, SYSLOG_IDENTITY))),
        settings
            .get(WEB)
            .map(
                url ->
                    new Web(
                        url,
                        settings.get(WEB_FORMAT),
                        content(settings, WEB_TOKEN).map(String::strip),
                        tls(settings, WEB_AUTHORITIES, WEB_IDENTITY))),
        settings
            .get(FOLDER)
            .map(path -> new Folder(path, settings.get(FOLDER_FORMAT), settings.get(FOLDER_ROLL))),
        settings.get(HISTORY));
  }

  private static SSLContext tls(
      Settings settings, Setting<Optional<Path>> authorities, Setting<Optional<Path>> identity) {
    Optional<String> trusted = content(settings, authorities);
    Optional<String> own = content(settings, identity);
    try {
      return OutgoingTls.context(
          trusted, own, trusted.isPresent() ? Verification.GIVEN_ONLY : Verification.ON);
    } catch (IllegalArgumentException e) {
      String key = trusted.isPresent() ? authorities.key() : identity.key();
      throw new SettingException(
          key, "or the identity beside it cannot be used: " + e.getMessage(), e);
    }
  }

  private static Optional<String> content(Settings settings, Setting<Optional<Path>> file) {
    return settings
        .get(file)
        .map(
            path -> {
              try {
                return Files.readString(path);
              } catch (IOException e) {
                throw new SettingException(file.key(), path + " cannot be read: " + e, e);
              }
            });
  }

  private static Optional<Address> address(String text) {
    if (text.isBlank()) {
      return Optional.empty();
    }
    URI uri;
    try {
      uri = URI.create("syslog://" + text.strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "' is not a host and a port", e);
    }
    boolean isPlain =
        uri.getHost() != null
            && uri.getUserInfo() == null
            && uri.getRawPath().isEmpty()
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null;
    int port = uri.getPort() < 0 ? SYSLOG_PORT : uri.getPort();
    if (!isPlain || port < 1 || port > 65_535) {
      throw new IllegalArgumentException("'" + text + "' is not a host and a port");
    }
    return Optional.of(new Address(uri.getHost(), port));
  }

  private static Optional<URI> url(String text) {
    if (text.isBlank()) {
      return Optional.empty();
    }
    URI url;
    try {
      url = URI.create(text.strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "' is not an https URL", e);
    }
    if (!"https".equals(url.getScheme()) || url.getHost() == null || url.getUserInfo() != null) {
      throw new IllegalArgumentException("'" + text + "' is not an https URL without a name in it");
    }
    return Optional.of(url);
  }

  private static Setting<ExportFormat> format(
      String key, List<ExportFormat> allowed, String meaning) {
    List<String> words = allowed.stream().map(ExportFormat::word).toList();
    return new Setting<>(
        key,
        String.join(", ", words),
        ExportFormat.JSONL.word(),
        meaning,
        text -> {
          if (!words.contains(text.strip())) {
            throw new IllegalArgumentException(
                "'" + text + "' is none of " + String.join(", ", words));
          }
          return ExportFormat.of(text.strip());
        });
  }
}
