package im.palisade.server.store;

import im.palisade.server.config.Setting;
import im.palisade.server.config.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where messages are kept.
 *
 * @param url an outside server; empty for the embedded one
 * @param user name at the outside server
 * @param passwordFile holds the outside server's password
 * @param embeddedHome where the embedded server's program is; empty to look for it
 * @param embeddedUser operating system user of the embedded server when Palisade runs as root
 * @param bufferPool bytes of the embedded server's page cache
 * @param redoLog bytes of the embedded server's redo log
 * @param poolSize connections kept open
 * @param allowUnsafeFlush accept an outside server that may lose acknowledged messages
 * @param storageReserve bytes of free space below which sends are refused
 */
public record DatabaseSettings(
    Optional<DatabaseUrl> url,
    String user,
    Optional<Path> passwordFile,
    Optional<Path> embeddedHome,
    String embeddedUser,
    long bufferPool,
    long redoLog,
    int poolSize,
    boolean allowUnsafeFlush,
    long storageReserve) {

  private static final long MIB = 1L << 20;

  private static final Setting<Optional<DatabaseUrl>> URL =
      new Setting<>(
          "database.url",
          "jdbc:mysql://host:port/name",
          "",
          "An outside MySQL 8.0+ or MariaDB 10.11+ with an existing database; connection properties"
              + " such as sslMode may follow after a '?'. Empty: the embedded MariaDB is used.",
          s -> s.isBlank() ? Optional.empty() : Optional.of(DatabaseUrl.parse(s.trim())));
  private static final Setting<String> USER =
      Setting.text("database.user", "palisade", "User at the outside database.");
  private static final Setting<Optional<Path>> PASSWORD_FILE =
      Setting.path("database.password-file", "File with the password at the outside database.");
  private static final Setting<Optional<Path>> HOME =
      Setting.path(
          "database.embedded.home",
          "Where the embedded database's program is (the directory above bin/mariadbd)."
              + " Empty: the bundled one, else the installed mariadbd.");
  private static final Setting<String> EMBEDDED_USER =
      new Setting<>(
          "database.embedded.user",
          "user name",
          "palisade-db",
          "Operating system user of the embedded database when Palisade is started as root;"
              + " created when missing.",
          s -> {
            if (!s.trim().matches("[a-z_][a-z0-9_-]{0,30}")) {
              throw new IllegalArgumentException("'" + s + "' is not a user name");
            }
            if (s.trim().equals("root")) {
              throw new IllegalArgumentException("the database does not run as root");
            }
            return s.trim();
          });
  private static final Setting<Long> BUFFER_POOL =
      within(
          Setting.size(
              "database.embedded.buffer-pool",
              "128MiB",
              "Memory of the embedded database for pages; about the size of the data in daily"
                  + " use."),
          16 * MIB,
          1L << 40);
  // stack.md 3.1: with a redo log of 1 GiB, recovery after a kill took up to 8 s.
  private static final Setting<Long> REDO_LOG =
      within(
          Setting.size(
              "database.embedded.redo-log",
              "96MiB",
              "Redo log of the embedded database; larger smooths writes, but slows recovery."),
          16 * MIB,
          256 * MIB);
  private static final Setting<Integer> POOL_SIZE =
      Setting.integer("database.pool-size", 10, 2, 500, "Connections kept to the database.");
  private static final Setting<Boolean> ALLOW_UNSAFE_FLUSH =
      Setting.flag(
          "database.allow-unsafe-flush",
          false,
          "Accept an outside database that does not flush every commit to disk"
              + " (innodb_flush_log_at_trx_commit, sync_binlog); acknowledged messages may be"
              + " lost.");
  private static final Setting<Long> STORAGE_RESERVE =
      Setting.size(
          "storage.reserve",
          "256MiB",
          "Free space on the data directory's disk below which sends are refused.");

  /** Every setting of this feature, in the order of the reference. */
  public static final List<Setting<?>> SETTINGS =
      List.of(
          URL,
          USER,
          PASSWORD_FILE,
          POOL_SIZE,
          ALLOW_UNSAFE_FLUSH,
          HOME,
          EMBEDDED_USER,
          BUFFER_POOL,
          REDO_LOG,
          STORAGE_RESERVE);

  /** Takes this feature's values out of the settings. */
  public static DatabaseSettings from(Settings settings) {
    return new DatabaseSettings(
        settings.get(URL),
        settings.get(USER),
        settings.get(PASSWORD_FILE),
        settings.get(HOME),
        settings.get(EMBEDDED_USER),
        settings.get(BUFFER_POOL),
        settings.get(REDO_LOG),
        settings.get(POOL_SIZE),
        settings.get(ALLOW_UNSAFE_FLUSH),
        settings.get(STORAGE_RESERVE));
  }

  private static Setting<Long> within(Setting<Long> size, long min, long max) {
    Function<String, Long> reader =
        s -> {
          long value = size.reader().apply(s);
          if (value < min || value > max) {
            throw new IllegalArgumentException(
                "'%s' is not within %dMiB to %dMiB".formatted(s, min / MIB, max / MIB));
          }
          return value;
        };
    return new Setting<>(size.key(), size.form(), size.defaultText(), size.meaning(), reader);
  }
}
