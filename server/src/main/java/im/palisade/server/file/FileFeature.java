package im.palisade.server.file;

import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.ActorKind;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.server.app.App;
import im.palisade.server.app.AppService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.audit.Cause;
import im.palisade.server.gateway.Command;
import im.palisade.server.jobs.Job;
import im.palisade.server.message.Bundles;
import im.palisade.server.message.SentListener;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.FileRoute;
import im.palisade.server.security.SignedLinks;
import im.palisade.server.store.Regions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of this feature, put together. */
public final class FileFeature implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FileFeature.class);

  private final AppService apps;
  private final Clock clock;
  private final FileService files;
  private final FileLinks links;
  private final FileReferences references;

  /**
   * The feature.
   *
   * @param directory where files are kept
   * @param linkSecret 64 hexadecimal digits
   * @param ownUrl of the REST listener, asked for once it listens
   */
  public FileFeature(
      Regions regions,
      AppService apps,
      Path directory,
      String linkSecret,
      BooleanSupplier storageLow,
      FileSettings settings,
      Supplier<String> ownUrl,
      Clock clock) {
    this.apps = apps;
    this.clock = clock;
    files = new FileService(regions, directory, storageLow, clock);
    links =
        new FileLinks(
            new SignedLinks(linkSecret, clock),
            () -> settings.publicUrl().orElseGet(ownUrl),
            clock);
    references = new FileReferences(apps, files);
  }

  /** REST endpoints. */
  public List<Endpoint> endpoints() {
    return new FileRestApi(files, links).endpoints();
  }

  /** Client commands. */
  public List<Command> commands() {
    return new FileCommands(links).commands();
  }

  /** Takes and serves the files themselves. */
  public FileRoute route() {
    return new FileTransfers(apps, files, links).route();
  }

  /** Which bundles of merged messages an app keeps: they are files like others. */
  public Bundles bundles() {
    return files::keepsAll;
  }

  /** To be told of every message. */
  public SentListener sentListener() {
    return references;
  }

  /** Writes which files are in use. */
  public Job writing() {
    return new Job(
        "file-uses",
        Duration.ofSeconds(10),
        AuditDeclaration.none("notes what messages name; they are their own record"),
        references::write);
  }

  /** Deletes files that outlived the messages that named them. */
  public Job retention() {
    return new Job(
        "file-retention",
        Duration.ofHours(1),
        AuditDeclaration.records("retention.run"),
        () -> apps.all().forEach(this::deleteUnused));
  }

  /** Deletes every file of an app that is being removed. */
  public void deleteAll(App app) {
    files.deleteAll(app);
  }

  /** Writes what was noted. */
  @Override
  public void close() {
    references.write();
  }

  private void deleteUnused(App app) {
    int deleted =
        files.deleteUnused(
            app,
            new Cause(
                new Actor(ActorKind.JOB, "file-retention"),
                new Source(Channel.JOB, "local"),
                Long.toString(app.appId()),
                "retention",
                clock.instant()));
    if (deleted > 0) {
      log.info(
          "app {}: {} media files deleted, no message names them any more", app.appId(), deleted);
    }
  }
}
