package im.palisade.server.backup;

import im.palisade.server.store.DatabaseAccess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The database's own programs for dumping and loading. A dump is one consistent snapshot, taken
 * without a lock while the server goes on.
 */
final class DatabaseTransfer {
  /** What a whole dump ends with. */
  private static final String LAST_LINE = "-- Dump completed";

  private static final int CHUNK = 16 << 20;
  private static final int TAIL = 200;

  private final DatabaseAccess access;

  DatabaseTransfer(DatabaseAccess access) {
    this.access = access;
  }

  /** Takes a dump piece by piece, in order. */
  interface Pieces {
    void take(byte[] content, int length) throws IOException;
  }

  /**
   * Dumps the database.
   *
   * @param bytesPerSecond to read at most, so that the disk serves those who chat as well
   * @throws BackupException when the dump ends early
   */
  void dump(long bytesPerSecond, Pieces pieces) throws IOException, InterruptedException {
    List<String> options =
        List.of(
            "--single-transaction",
            "--quick",
            "--hex-blob",
            "--skip-lock-tables",
            "--no-tablespaces",
            "--skip-dump-date",
            "--max-allowed-packet=64M",
            access.name());
    run(
        "mariadb-dump",
        options,
        process -> {
          process.getOutputStream().close();
          String tail = copy(process.getInputStream(), bytesPerSecond, pieces);
          if (!tail.contains(LAST_LINE)) {
            throw new BackupException("the database's dump ended early");
          }
        });
  }

  /** Loads a dump that comes piece by piece into the database, replacing its tables. */
  void load(List<Path> pieces) throws IOException, InterruptedException {
    List<String> options =
        List.of("--max-allowed-packet=64M", "--batch", "--database=" + access.name());
    run(
        "mariadb",
        options,
        process -> {
          try (OutputStream in = process.getOutputStream()) {
            for (Path piece : pieces) {
              Files.copy(piece, in);
            }
          } catch (IOException e) {
            // It ended before it had read everything; its exit code and last words say why.
            process.getInputStream().transferTo(OutputStream.nullOutputStream());
          }
        });
  }

  private String copy(InputStream from, long bytesPerSecond, Pieces pieces)
      throws IOException, InterruptedException {
    byte[] chunk = new byte[CHUNK];
    String tail = "";
    long begin = System.nanoTime();
    long copied = 0;
    for (; ; ) {
      int length = from.readNBytes(chunk, 0, CHUNK);
      if (length == 0) {
        return tail;
      }
      pieces.take(chunk, length);
      int kept = Math.min(TAIL, length);
      tail += new String(chunk, length - kept, kept, StandardCharsets.ISO_8859_1);
      tail = tail.substring(Math.max(0, tail.length() - TAIL));
      copied += length;
      long due = begin + copied * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
      long early = due - System.nanoTime();
      if (early > 0) {
        TimeUnit.NANOSECONDS.sleep(early);
      }
    }
  }

  private interface Body {
    void with(Process process) throws IOException, InterruptedException;
  }

  private void run(String program, List<String> options, Body body)
      throws IOException, InterruptedException {
    Path credentials =
        Files.createTempFile(
            "palisade-db",
            ".cnf",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Path errors = Files.createTempFile("palisade-db", ".log");
    try {
      Files.writeString(credentials, credentials());
      List<String> command = new ArrayList<>();
      command.add(program(program));
      command.add("--defaults-file=" + credentials);
      command.add("--default-character-set=utf8mb4");
      command.addAll(options);
      Process process =
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.to(errors.toFile()))
              .start();
      try {
        body.with(process);
        int exit = process.waitFor();
        if (exit != 0) {
          throw new BackupException(program + " failed: " + Files.readString(errors).strip());
        }
      } catch (BackupException e) {
        throw new BackupException(e.getMessage() + " " + Files.readString(errors).strip(), e);
      } finally {
        process.destroy();
      }
    } finally {
      Files.deleteIfExists(credentials);
      Files.deleteIfExists(errors);
    }
  }

  /** The one that came with the embedded database, else the one on the path. */
  private String program(String name) {
    Path bundled = access.programs().resolve(name);
    return Files.isExecutable(bundled) ? bundled.toString() : name;
  }

  private String credentials() {
    String tls =
        switch (access.sslMode()) {
          case "DISABLED" -> "skip-ssl";
          case "VERIFY_CA", "VERIFY_IDENTITY" -> "ssl-verify-server-cert";
          default -> "skip-ssl-verify-server-cert";
        };
    return """
    [client]
    protocol=tcp
    host="%s"
    port=%d
    user="%s"
    password="%s"
    %s
    """
        .formatted(
            access.host().replaceAll("[\\[\\]]", ""),
            access.port(),
            escaped(access.user()),
            escaped(access.password()),
            tls);
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
