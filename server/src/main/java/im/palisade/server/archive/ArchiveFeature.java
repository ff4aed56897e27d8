package im.palisade.server.archive;

import im.palisade.server.app.App;
import im.palisade.server.app.AppService;
import im.palisade.server.archive.ArchiveHour.ChatType;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.jobs.Job;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.FileRoute;
import im.palisade.server.security.SignedLinks;
import im.palisade.server.store.Regions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The parts of this feature, put together. */
public final class ArchiveFeature implements AutoCloseable {
  private static final long MAX_FILE_BYTES = 256L << 20;

  private final MessageArchive archive;
  private final ArchiveRestApi api;

  /**
   * The feature.
   *
   * @param directory where files are kept
   * @param linkSecret 64 hexadecimal digits
   * @param ownUrl of the REST listener, asked for once it listens
   */
  public ArchiveFeature(
      Regions regions,
      AppService apps,
      Path directory,
      String linkSecret,
      BooleanSupplier storageLow,
      ArchiveSettings settings,
      Supplier<String> ownUrl,
      Clock clock) {
    archive = new MessageArchive(regions, directory, storageLow, MAX_FILE_BYTES, clock);
    api =
        new ArchiveRestApi(
            archive,
            new SignedLinks(linkSecret, clock),
            () -> settings.publicUrl().orElseGet(ownUrl),
            apps,
            regions,
            clock);
  }

  /** REST endpoints. */
  public List<Endpoint> endpoints() {
    return api.endpoints();
  }

  /**
   * A message of the past has been added to an app: the archives of its hour are made anew when
   * somebody asks for them next. Links that were given out go on serving what they were for.
   *
   * @param time UNIX seconds
   */
  public void changed(App app, long time) {
    for (ChatType type : ChatType.values()) {
      archive.forget(ArchiveHour.of(app, type, Instant.ofEpochSecond(time)));
    }
  }

  /** Serves the files themselves. */
  public FileRoute route() {
    return api.route();
  }

  /** Deletes files nobody may ask for any more. */
  public Job retention() {
    return new Job(
        "archive-retention",
        Duration.ofHours(1),
        AuditDeclaration.none("the messages stay; a copy that expired is deleted"),
        archive::deleteOld);
  }

  /** Deletes every archive of an app that is being removed. */
  public void deleteAll(App app) {
    archive.deleteAll(app);
  }

  /** Ends when what is being made is done. */
  @Override
  public void close() {
    archive.close();
  }
}
