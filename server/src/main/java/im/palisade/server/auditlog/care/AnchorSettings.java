package im.palisade.server.auditlog.care;

import im.palisade.compliance.anchor.FolderAnchor;
import im.palisade.compliance.anchor.ObjectLockAnchor;
import im.palisade.compliance.anchor.PageAnchor;
import im.palisade.compliance.anchor.SigV4;
import im.palisade.compliance.anchor.TimestampAnchor;
import im.palisade.compliance.anchor.WitnessAnchor;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.server.config.Setting;
import im.palisade.server.config.SettingException;
import im.palisade.server.config.Settings;
import im.palisade.server.security.OutgoingTls;
import im.palisade.server.security.OutgoingTls.Verification;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Which places outside the audit logs are anchored at; none unless an operator names some.
 *
 * @param every pause between two anchorings at a place that has no pause of its own
 */
public record AnchorSettings(
    Duration every,
    Optional<Path> folder,
    Optional<TimeStamps> timeStamps,
    Optional<Bucket> bucket,
    Optional<WitnessAt> witness,
    Optional<Path> pages,
    Duration pagesEvery) {

  /** A time stamp authority and whose stamps are taken for its own. */
  public record TimeStamps(URI authority, List<X509Certificate> trusted) {}

  /** A bucket with object lock. */
  public record Bucket(
      URI address, String region, String key, String secret, Duration lockFor, SSLContext tls) {}

  /** A witness. */
  public record WitnessAt(URI address, VerifierKey key, Duration every) {}

  private static final Setting<Duration> EVERY =
      Setting.duration(
          "audit.anchor.every",
          "1h",
          "How often a checkpoint of the audit log is given to the time stamp authority, the"
              + " folder and the bucket below, as far as there is anything new.");
  private static final Setting<Optional<Path>> FOLDER =
      Setting.path(
          "audit.anchor.folder",
          "Folder on a write-once medium or on another machine that gets a copy of checkpoints; a"
              + " server whose log is older than what stands there does not start.");
  private static final Setting<Optional<String>> TSA =
      Setting.webAddress(
          "audit.anchor.tsa", "Time stamp authority (RFC 3161) that stamps checkpoints.");
  private static final Setting<Optional<Path>> TSA_CERTIFICATES =
      Setting.path(
          "audit.anchor.tsa-certificates",
          "PEM file with the certificate of the authority or of its issuer; others' stamps are"
              + " refused.");
  private static final Setting<Optional<String>> BUCKET =
      Setting.webAddress(
          "audit.anchor.s3.bucket",
          "Address of an S3 bucket with object lock that gets a copy of checkpoints.");
  private static final Setting<String> BUCKET_REGION =
      Setting.text("audit.anchor.s3.region", "us-east-1", "Region that the bucket is in.");
  private static final Setting<Optional<String>> BUCKET_KEY =
      Setting.optionalText("audit.anchor.s3.access-key", "Id of the access key for the bucket.");
  private static final Setting<Optional<Path>> BUCKET_SECRET =
      Setting.path("audit.anchor.s3.secret-file", "File with the secret of that access key.");
  private static final Setting<Optional<Path>> BUCKET_AUTHORITIES =
      Setting.path(
          "audit.anchor.s3.authorities",
          "PEM file of the only authorities whose certificates the bucket's host may show. Empty:"
              + " those of the Java runtime.");
  private static final Setting<Duration> BUCKET_LOCK =
      Setting.duration(
          "audit.anchor.s3.lock-for", "400d", "How long nobody can change or remove a copy there.");
  private static final Setting<Optional<String>> WITNESS =
      Setting.webAddress(
          "audit.anchor.witness",
          "Address of a witness (palisade-witness) that cosigns checkpoints which continue those"
              + " before.");
  private static final Setting<Optional<VerifierKey>> WITNESS_KEY =
      new Setting<>(
          "audit.anchor.witness-key",
          "the key line that the witness prints",
          "",
          "Key of the witness; others' cosignatures are refused.",
          text -> text.isBlank() ? Optional.empty() : Optional.of(VerifierKey.parse(text.strip())));
  private static final Setting<Duration> WITNESS_EVERY =
      Setting.duration(
          "audit.anchor.witness-every", "1m", "How often the witness is asked, as before.");
  private static final Setting<Optional<Path>> PAGES =
      Setting.path(
          "audit.anchor.pages",
          "Folder that gets pages to print, with the checkpoint as text and as a QR code, for two"
              + " persons to sign.");
  private static final Setting<Duration> PAGES_EVERY =
      Setting.duration("audit.anchor.pages-every", "30d", "How often a page is laid out.");

  /** Every setting of anchors, in the order of the reference. */
  public static final List<Setting<?>> SETTINGS =
      List.of(
          EVERY,
          FOLDER,
          TSA,
          TSA_CERTIFICATES,
          BUCKET,
          BUCKET_REGION,
          BUCKET_KEY,
          BUCKET_SECRET,
          BUCKET_AUTHORITIES,
          BUCKET_LOCK,
          WITNESS,
          WITNESS_KEY,
          WITNESS_EVERY,
          PAGES,
          PAGES_EVERY);

  /**
   * Takes these values out of the settings.
   *
   * @throws SettingException when one needs another that is missing, or a file cannot be read
   */
  public static AnchorSettings from(Settings settings) {
    return new AnchorSettings(
        positive(EVERY, settings),
        settings.get(FOLDER),
        settings
            .get(TSA)
            .map(url -> new TimeStamps(URI.create(url), certificates(settings, TSA_CERTIFICATES))),
        settings.get(BUCKET).map(url -> bucket(URI.create(url), settings)),
        settings
            .get(WITNESS)
            .map(
                url ->
                    new WitnessAt(
                        URI.create(url),
                        needed(settings, WITNESS_KEY, WITNESS),
                        positive(WITNESS_EVERY, settings))),
        settings.get(PAGES),
        positive(PAGES_EVERY, settings));
  }

  /** The folder alone, for who restores; nothing else of it is read. */
  public static Optional<Path> folderOf(Settings settings) {
    return settings.get(FOLDER);
  }

  /** The places, each with what it is asked by. */
  List<AnchorPlace> places(Clock clock) {
    List<AnchorPlace> places = new ArrayList<>();
    witness.ifPresent(
        at ->
            places.add(
                new AnchorPlace(
                    at.address().toString(),
                    at.every(),
                    new WitnessAnchor("witness", at.address(), at.key()))));
    timeStamps.ifPresent(
        by ->
            places.add(
                new AnchorPlace(
                    by.authority().toString(),
                    every,
                    new TimestampAnchor("rfc3161", by.authority(), by.trusted()))));
    folder.ifPresent(
        at ->
            places.add(
                new AnchorPlace(at.toString(), every, new FolderAnchor("folder", at, clock))));
    bucket.ifPresent(
        in ->
            places.add(
                new AnchorPlace(
                    in.address().toString(),
                    every,
                    new ObjectLockAnchor(
                        "object-lock",
                        in.address(),
                        in.lockFor(),
                        new SigV4(in.key(), in.secret(), in.region()),
                        in.tls(),
                        clock))));
    pages.ifPresent(
        at ->
            places.add(
                new AnchorPlace(at.toString(), pagesEvery, new PageAnchor("paper", at, clock))));
    return places;
  }

  private static Bucket bucket(URI address, Settings settings) {
    Path secret = needed(settings, BUCKET_SECRET, BUCKET);
    try {
      return new Bucket(
          address,
          settings.get(BUCKET_REGION),
          needed(settings, BUCKET_KEY, BUCKET),
          Files.readString(secret).strip(),
          positive(BUCKET_LOCK, settings),
          tls(settings.get(BUCKET_AUTHORITIES)));
    } catch (IOException e) {
      throw new SettingException(BUCKET_SECRET.key(), secret + " cannot be read", e);
    }
  }

  private static SSLContext tls(Optional<Path> authorities) {
    try {
      Optional<String> trusted = Optional.empty();
      if (authorities.isPresent()) {
        trusted = Optional.of(Files.readString(authorities.get()));
      }
      return OutgoingTls.context(
          trusted,
          Optional.empty(),
          trusted.isPresent() ? Verification.GIVEN_ONLY : Verification.ON);
    } catch (IOException | IllegalArgumentException e) {
      throw new SettingException(
          BUCKET_AUTHORITIES.key(), "cannot be read as certificates: " + e.getMessage(), e);
    }
  }

  private static List<X509Certificate> certificates(
      Settings settings, Setting<Optional<Path>> setting) {
    Path file = needed(settings, setting, TSA);
    List<X509Certificate> certificates = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      CertificateFactory.getInstance("X.509")
          .generateCertificates(in)
          .forEach(each -> certificates.add((X509Certificate) each));
    } catch (IOException | CertificateException e) {
      throw new SettingException(setting.key(), file + " cannot be read as certificates", e);
    }
    if (certificates.isEmpty()) {
      throw new SettingException(setting.key(), file + " holds no certificate");
    }
    return certificates;
  }

  private static <T> T needed(Settings settings, Setting<Optional<T>> setting, Setting<?> because) {
    return settings
        .get(setting)
        .orElseThrow(
            () -> new SettingException(setting.key(), "must be set with " + because.key()));
  }

  private static Duration positive(Setting<Duration> setting, Settings settings) {
    Duration value = settings.get(setting);
    if (value.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new SettingException(setting.key(), "must be one second or more");
    }
    return value;
  }
}
