package im.palisade.server.auditlog;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.ActorKind;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.compliance.event.EventEncoder;
import im.palisade.compliance.event.Ulid;
import im.palisade.server.audit.Cause;
import im.palisade.server.config.DurableFiles;
import im.palisade.server.security.SecretBox;
import im.palisade.server.store.AuditRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Events of commands that an operator gives on the machine, beside a running server or without one.
 * They are left, sealed, in a folder of the data directory, where they are durable; the server
 * appends them to its log within seconds, or when it starts next.
 */
public final class CommandRecords {
  private static final String FOLDER = "audit-commands";
  private static final String END = ".event";

  private final Path folder;
  private final Path data;
  private final EventEncoder encoder;
  private final SecretBox box;

  private CommandRecords(Path data, String region, String node, SecretBox box) {
    this.data = data;
    this.folder = folder(data, region);
    this.encoder = new EventEncoder(node, region);
    this.box = box;
  }

  /**
   * For commands about the server of a data directory.
   *
   * @throws IOException when no server ever started there, or its secrets cannot be read
   */
  public static CommandRecords of(Path data, String region) throws IOException {
    try {
      List<String> names = Files.readAllLines(data.resolve("audit-names"));
      String secret = Files.readString(data.resolve("secrets/audit-journal")).strip();
      return new CommandRecords(data, region, names.getLast(), new SecretBox(secret));
    } catch (NoSuchFileException e) {
      throw new IOException(
          "no server has its audit log here: " + e.getMessage() + " is missing", e);
    }
  }

  /** Who gives a command on this machine: the account of the system. */
  public static Cause cause(String command) {
    String sudo = System.getenv("SUDO_USER");
    String account = sudo == null || sudo.isBlank() ? System.getProperty("user.name") : sudo;
    return new Cause(
        new Actor(ActorKind.OPERATOR, "os-" + account),
        new Source(Channel.CLI, "local"),
        "",
        command,
        Instant.now());
  }

  /** Makes events durable. */
  public void leave(List<AuditEvent> events) throws IOException {
    UserPrincipal owner = Files.getOwner(data);
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      own(folder.getParent(), owner);
      own(folder, owner);
    }
    byte[] records = AuditRecord.write(AuditRecord.encode(encoder, events), box);
    // Under another name until the server may read it.
    Path fresh = folder.resolve(Ulid.next(Instant.now()) + ".new");
    DurableFiles.write(fresh, new String(records, StandardCharsets.UTF_8), "rw-------");
    own(fresh, owner);
    Path file = folder.resolve(fresh.getFileName().toString().replace(".new", END));
    Files.move(fresh, file);
    DurableFiles.forceDirectory(folder);
  }

  private static void own(Path path, UserPrincipal owner) throws IOException {
    if (!Files.getOwner(path).equals(owner)) {
      Files.setOwner(path, owner);
    }
  }

  /** What was left for a server, the oldest first, by file. */
  static List<Path> left(Path data, String region) throws IOException {
    Path folder = folder(data, region);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(END)).sorted().toList();
    }
  }

  /**
   * Reads what was left.
   *
   * @throws IllegalArgumentException when it was changed
   */
  static List<AuditRecord> read(Path file, SecretBox box) throws IOException {
    List<AuditRecord> awaited = new ArrayList<>();
    for (AuditRecord record : AuditRecord.read(Files.readAllBytes(file), box)) {
      // The file goes only once each is durable elsewhere.
      awaited.add(new AuditRecord(record.draft(), true, record.aside()));
    }
    return awaited;
  }

  /** Puts a file aside that cannot be read. */
  static void setAside(Path file) throws IOException {
    Files.move(file, file.resolveSibling(file.getFileName() + ".unreadable"));
  }

  private static Path folder(Path data, String region) {
    return data.resolve(FOLDER).resolve(region);
  }
}
