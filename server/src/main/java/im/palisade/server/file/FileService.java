package im.palisade.server.file;

import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.file.FileName.Form;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The rules of media files. */
final class FileService {
  private final Regions regions;
  private final FileBytes bytes;
  private final BooleanSupplier storageLow;
  private final Clock clock;
  private final FileStore store = new FileStore();
  private final Pictures pictures = new Pictures();

  FileService(Regions regions, Path directory, BooleanSupplier storageLow, Clock clock) {
    this.regions = regions;
    this.bytes = new FileBytes(directory);
    this.storageLow = storageLow;
    this.clock = clock;
  }

  /**
   * What an upload is announced to be.
   *
   * @param md5 32 lower-case hexadecimal digits
   */
  record Announced(FileName name, long accountId, FileKind kind, long size, String md5) {}

  /**
   * Keeps an upload; durable on return. The same upload again is the same file.
   *
   * @return the forms of an image, empty for other files and for what cannot be read
   * @throws ImException FILE_TOO_LARGE, FILE_MD5_MISMATCH, OVERLOADED when storage is full
   * @throws IOException when the body breaks off
   */
  Optional<Pictures.Forms> take(App app, Announced file, InputStream body) throws IOException {
    if (storageLow.getAsBoolean()) {
      throw new ImException(ErrorCode.OVERLOADED, "storage is full, try again later");
    }
    bytes.take(app.region(), file.name(), body, file.size(), file.md5());
    Optional<Pictures.Forms> forms =
        file.kind() == FileKind.IMAGE ? forms(app, file.name()) : Optional.empty();
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              store.insert(
                  unit.connection(),
                  new FileStore.NewFile(
                      file.name(),
                      file.accountId(),
                      file.kind(),
                      file.size(),
                      file.md5(),
                      today()));
              return null;
            });
    return forms;
  }

  /** Those of these files that the app has, by uuid. */
  Map<String, StoredFile> find(App app, Set<String> uuids) {
    return uuids.isEmpty()
        ? Map.of()
        : regions.of(app).read(connection -> store.find(connection, app.appId(), uuids));
  }

  /** Whether every one of these URLs is that of a file of the app. */
  boolean keepsAll(App app, Set<String> urls) {
    Set<String> uuids = new HashSet<>();
    for (String url : urls) {
      Optional<FileName> own = FileLinks.nameIn(url).filter(name -> name.appId() == app.appId());
      if (own.isEmpty()) {
        return false;
      }
      uuids.add(own.get().uuid());
    }
    return find(app, uuids).size() == uuids.size();
  }

  /** Where the bytes of a form are; a form that was not needed is the original. */
  Path path(App app, FileName name) {
    return bytes.path(app.region(), name);
  }

  /**
   * Bans a file or frees it again. Nothing happens when it is so already.
   *
   * @throws ImException GROUP_NOT_FOUND when the app has no such file
   */
  void setBanned(App app, String uuid, boolean banned, Cause cause) {
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              StoredFile file =
                  Optional.ofNullable(
                          store.find(unit.connection(), app.appId(), Set.of(uuid)).get(uuid))
                      .orElseThrow(FileService::unknown);
              if (file.banned() != banned) {
                store.setBanned(unit.connection(), file.id(), banned);
                unit.record(
                    cause
                        .event("message.moderation.decide", Outcome.SUCCESS, List.of(target(file)))
                        .withChange(Map.of("banned", banned)));
              }
              return null;
            });
  }

  /** Deletes every file of an app that is being removed. */
  void deleteAll(App app) {
    try {
      bytes.deleteAll(app.region(), app.appId());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets an administrator get at files; that is on record before it is done. */
  <T> T reviewing(App app, Collection<StoredFile> files, Cause cause, Supplier<T> links) {
    return regions
        .of(app)
        .reading(
            cause.event(
                "content.file.download",
                Outcome.INTENT,
                files.stream().map(FileService::target).toList()),
            _ -> files.size(),
            links);
  }

  /** Messages that name these files have been sent today. */
  void used(App app, Collection<String> uuids) {
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              store.touch(unit.connection(), app.appId(), uuids, today());
              return null;
            });
  }

  /**
   * Deletes files that no message of the app's history can name any more: files live as long as the
   * last message that was sent with them.
   *
   * @return how many
   */
  int deleteUnused(App app, Cause cause) {
    int days = app.settings().historyDays();
    if (days == 0) {
      return 0;
    }
    // A day more than messages: one begun is one lived.
    long before = today() - days - 1;
    int deleted = 0;
    while (true) {
      List<StoredFile> old = regions.of(app).read(c -> store.unused(c, app.appId(), before));
      if (old.isEmpty()) {
        return deleted;
      }
      // The bytes first: a row without them is deleted next time, bytes without a row never.
      old.forEach(file -> delete(app, file));
      regions
          .of(app)
          .inUnitOfWork(
              unit -> {
                store.delete(unit.connection(), old);
                unit.record(
                    cause
                        .event("retention.run", new Target("files", "unused"))
                        .withChange(Map.of("beforeDay", before))
                        .withCount(old.size()));
                return null;
              });
      deleted += old.size();
    }
  }

  /** No such file of this app. */
  static ImException unknown() {
    return new ImException(ErrorCode.GROUP_NOT_FOUND, "there is no such file");
  }

  private Optional<Pictures.Forms> forms(App app, FileName name) throws IOException {
    Optional<Pictures.Forms> forms;
    try {
      forms = pictures.of(path(app, name));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    if (forms.isPresent()) {
      for (Map.Entry<Form, Pictures.Picture> each : forms.get().pictures().entrySet()) {
        Optional<byte[]> jpeg = each.getValue().jpeg();
        if (jpeg.isPresent()) {
          bytes.put(app.region(), name.as(each.getKey()), jpeg.get());
        }
      }
    }
    return forms;
  }

  private void delete(App app, StoredFile file) {
    try {
      bytes.delete(
          app.region(), new FileName(app.appId(), file.uuid(), Form.ORIGINAL, file.extension()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toEpochDay();
  }

  private static Target target(StoredFile file) {
    return new Target("file", file.uuid());
  }
}
