package im.palisade.server.archive;

import im.palisade.server.app.App;
import im.palisade.server.config.DurableFiles;
import im.palisade.server.message.MessageExportStore;
import im.palisade.server.message.MessageExportStore.Exported;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import im.palisade.server.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hourly archives of messages, made when somebody first asks for an hour that is over, one hour at
 * a time, and kept in the data directory for as long as they may be asked for.
 */
final class MessageArchive implements AutoCloseable {
  /** How long an hour may be asked for. */
  static final Duration KEPT = Duration.ofDays(7);

  /** A message may be stored a moment after its time. */
  private static final Duration SETTLED = Duration.ofMinutes(1);

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int MESSAGES_PER_CHECK = 4096;
  private static final Logger log = LoggerFactory.getLogger(MessageArchive.class);

  private final Regions regions;
  private final Path directory;
  private final BooleanSupplier storageLow;
  private final long maxFileBytes;
  private final Clock clock;
  private final MessageExportStore store = new MessageExportStore();
  private final Map<String, CompletableFuture<List<ArchiveFile>>> making =
      new ConcurrentHashMap<>();

  /** How often hours have changed since the start, to see a change while files are being made. */
  private final Map<String, Long> changes = new ConcurrentHashMap<>();

  private volatile boolean closing;
  private final ExecutorService maker =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("message-archive").factory());

  MessageArchive(
      Regions regions, Path directory, BooleanSupplier storageLow, long maxFileBytes, Clock clock) {
    this.regions = regions;
    this.directory = directory;
    this.storageLow = storageLow;
    this.maxFileBytes = maxFileBytes;
    this.clock = clock;
  }

  /**
   * The files of an hour, never none.
   *
   * @throws ImException HISTORY_NOT_READY when the hour is not over, has no message, or its files
   *     are still being made; HISTORY_EXPIRED; HISTORY_INTERNAL
   */
  List<ArchiveFile> files(ArchiveHour hour) {
    Instant now = clock.instant();
    if (now.isBefore(hour.end().plus(SETTLED))) {
      throw new ImException(ErrorCode.HISTORY_NOT_READY, "the hour is not over");
    }
    if (hour.begin().isBefore(now.minus(KEPT))) {
      throw new ImException(ErrorCode.HISTORY_EXPIRED);
    }
    List<ArchiveFile> files;
    try {
      files = index(hour).orElseGet(() -> make(hour));
    } catch (IOException e) {
      log.error("archive {} cannot be read", hour.fileStem(), e);
      throw new ImException(ErrorCode.HISTORY_INTERNAL);
    }
    if (files.isEmpty()) {
      throw new ImException(ErrorCode.HISTORY_NOT_READY, "no message in that hour");
    }
    return files;
  }

  /**
   * An hour's messages are not what its archive says: it is made anew when next asked for, under
   * new names, since links to the old one are still good. Hours that are not over have none, nor
   * have those that nobody may ask for.
   */
  void forget(ArchiveHour hour) {
    Instant now = clock.instant();
    if (now.isBefore(hour.end()) || hour.begin().isBefore(now.minus(KEPT))) {
      return;
    }
    changes.merge(hour.fileStem(), 1L, Long::sum);
    try {
      Files.deleteIfExists(indexOf(hour));
    } catch (IOException e) {
      log.warn("archive {} is out of date and cannot be forgotten", hour.fileStem(), e);
    }
  }

  /** A file that is there, by its name. */
  Path file(String name) {
    return directory.resolve(name);
  }

  /** Deletes archives of hours nobody may ask for any more, and what a stopped server left. */
  void deleteOld() {
    Instant before = clock.instant().minus(KEPT).minus(Duration.ofHours(25));
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (hourOf(file).map(hour -> hour.isBefore(before)).orElse(false)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes every archive of an app that is being removed. */
  void deleteAll(App app) {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, app.appId() + "-*")) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends soon; what is being made is given up and made when somebody asks again. */
  @Override
  public void close() {
    closing = true;
    maker.close();
  }

  private List<ArchiveFile> make(ArchiveHour hour) {
    String stem = hour.fileStem();
    CompletableFuture<List<ArchiveFile>> made =
        making.computeIfAbsent(
            stem,
            key ->
                CompletableFuture.supplyAsync(() -> write(hour), maker)
                    .whenComplete((files, failure) -> making.remove(key)));
    try {
      return made.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new ImException(ErrorCode.HISTORY_NOT_READY, "the file is being made, ask again");
    } catch (ExecutionException e) {
      log.warn("archive {} not made, the next request tries again", stem, e.getCause());
      throw new ImException(ErrorCode.HISTORY_INTERNAL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ImException(ErrorCode.HISTORY_INTERNAL);
    }
  }

  private List<ArchiveFile> write(ArchiveHour hour) {
    try {
      Files.createDirectories(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
      // Another caller may have been served while this one waited for its turn.
      Optional<List<ArchiveFile>> there = index(hour);
      if (there.isPresent()) {
        return there.get();
      }
      Long changesBefore = changes.get(hour.fileStem());
      int first = firstFree(hour);
      List<ArchiveFile> files = new ArrayList<>();
      boolean done = false;
      try {
        export(hour, first, files);
        DurableFiles.write(indexOf(hour), ArchiveFile.index(files), "rw-------");
        done = true;
      } finally {
        if (!done) {
          for (int i = first; i <= first + files.size(); i++) {
            Files.deleteIfExists(file(name(hour, i)));
          }
        }
      }
      if (!Objects.equals(changes.get(hour.fileStem()), changesBefore)) {
        // A message came in between, which may or may not be in these files.
        Files.deleteIfExists(indexOf(hour));
      }
      log.info("archive {} made, {} files", hour.fileStem(), files.size());
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void export(ArchiveHour hour, int first, List<ArchiveFile> files) throws IOException {
    try (Parts parts = new Parts(hour, first, files)) {
      regions
          .of(hour.app())
          .read(
              connection -> {
                long appId = hour.app().appId();
                long begin = hour.begin().getEpochSecond();
                long end = hour.end().getEpochSecond();
                switch (hour.type()) {
                  case C2C ->
                      store.<RuntimeException>each(connection, appId, begin, end, parts::add);
                  case GROUP ->
                      store.<RuntimeException>eachOfGroups(
                          connection, appId, begin, end, parts::add);
                }
                return null;
              });
      parts.finish();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (StoreException e) {
      throw new IOException("messages cannot be read", e);
    }
  }

  private Optional<List<ArchiveFile>> index(ArchiveHour hour) throws IOException {
    try {
      return Optional.of(ArchiveFile.parse(Files.readAllBytes(indexOf(hour))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private Path indexOf(ArchiveHour hour) {
    return directory.resolve(hour.fileStem() + ".json");
  }

  /** Behind the files of an archive that is out of date. */
  private int firstFree(ArchiveHour hour) {
    int number = 0;
    while (Files.exists(file(name(hour, number)))) {
      number++;
    }
    return number;
  }

  private static String name(ArchiveHour hour, int number) {
    return hour.fileStem() + "-" + number + ".gz";
  }

  /** The hour a file is of, by its name. */
  private static Optional<Instant> hourOf(Path file) {
    String[] parts = file.getFileName().toString().split("[-.]", -1);
    try {
      return parts.length < 4
          ? Optional.empty()
          : Optional.of(Instant.ofEpochSecond(Long.parseLong(parts[2])));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** The files of an hour under way: a new one whenever one is full. */
  private final class Parts implements AutoCloseable {
    private final ArchiveHour hour;
    private final int first;
    private final List<ArchiveFile> files;
    private Optional<ArchiveFileWriter> current = Optional.empty();
    private long messages;

    Parts(ArchiveHour hour, int first, List<ArchiveFile> files) {
      this.hour = hour;
      this.first = first;
      this.files = files;
    }

    void add(Exported message) {
      try {
        if (closing) {
          throw new IOException("the server is stopping");
        }
        if (messages++ % MESSAGES_PER_CHECK == 0 && storageLow.getAsBoolean()) {
          throw new IOException("storage is full");
        }
        if (current.isPresent() && current.get().size() >= maxFileBytes) {
          finish();
        }
        if (current.isEmpty()) {
          Path file = file(name(hour, first + files.size()));
          Files.deleteIfExists(file);
          current = Optional.of(new ArchiveFileWriter(file, hour));
        }
        current.get().add(message);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void finish() throws IOException {
      if (current.isPresent()) {
        files.add(current.get().finish());
        current = Optional.empty();
      }
    }

    @Override
    public void close() throws IOException {
      if (current.isPresent()) {
        current.get().close();
      }
    }
  }
}
