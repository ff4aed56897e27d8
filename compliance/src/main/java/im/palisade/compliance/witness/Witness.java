package im.palisade.compliance.witness;

import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.merkle.MerkleProof;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The rules of C2SP tlog-witness {@code add-checkpoint}: what it cosigns it has written down
 * before, and it never cosigns two histories of one log. Thread-safe.
 */
public final class Witness {
  private static final int MAX_PROOF = 63;
  private static final int MAX_REQUEST = 64 << 10;

  /**
   * An answer.
   *
   * @param status HTTP status as the specification gives it
   */
  public record Answer(int status, String contentType, String body) {
    static Answer text(int status, String body) {
      return new Answer(status, "text/plain; charset=utf-8", body);
    }
  }

  /** A request that was taken apart. */
  private record Request(long old, List<byte[]> proof, SignedNote note, Checkpoint head) {}

  private final Path folder;
  private final String name;
  private final Ed25519Signer signer;
  private final VerifierKey key;
  private final List<VerifierKey> logs;
  private final InstantSource clock;

  /**
   * A witness whose state lies in that folder.
   *
   * @param name its name in cosignatures, by custom a host and a path
   * @param logs keys of the logs it watches; a key counts for every epoch of its log
   */
  public Witness(
      Path folder, String name, Ed25519Signer signer, List<VerifierKey> logs, InstantSource clock)
      throws IOException {
    this.folder = Files.createDirectories(folder);
    this.name = name;
    this.signer = signer;
    this.key = VerifierKey.of(name, VerifierKey.COSIGNATURE, signer.verifierKey().raw());
    this.logs = List.copyOf(logs);
    this.clock = clock;
  }

  /** The key that others check its cosignatures with. */
  public VerifierKey verifierKey() {
    return key;
  }

  /** Answers an {@code add-checkpoint}. */
  public synchronized Answer addCheckpoint(byte[] body) throws IOException {
    Request request;
    try {
      request = parse(body);
    } catch (IllegalArgumentException e) {
      return Answer.text(400, e.getMessage() + "\n");
    }
    String origin = request.head().origin();
    List<VerifierKey> keys =
        logs.stream()
            .filter(log -> base(log.name()).equals(base(origin)))
            .map(log -> VerifierKey.of(origin, VerifierKey.ED25519, log.raw()))
            .toList();
    if (keys.isEmpty()) {
      return Answer.text(404, "no log of that origin is watched here\n");
    }
    if (keys.stream().noneMatch(request.note()::isSignedBy)) {
      return Answer.text(403, "no signature of a key of that log\n");
    }
    if (request.old() > request.head().size()) {
      return Answer.text(400, "the old size is beyond the checkpoint\n");
    }
    Optional<Checkpoint> seen = newest(origin).map(note -> Checkpoint.parse(note.text()));
    long known = seen.map(Checkpoint::size).orElse(0L);
    if (request.old() != known) {
      return new Answer(409, "text/x.tlog.size", known + "\n");
    }
    if (known == request.head().size() && seen.isPresent()) {
      if (!seen.get().equals(request.head())) {
        return refuse(request, 409, "another tree of that size was cosigned");
      }
    } else if (!continues(seen, request)) {
      return refuse(request, 422, "it does not continue what was cosigned");
    }
    write(file(origin), request.note().toString());
    return Answer.text(200, cosign(request.note()));
  }

  /** The newest checkpoint of a log that was cosigned. */
  public Optional<SignedNote> newest(String origin) throws IOException {
    Path file = file(origin);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(SignedNote.parse(Files.readString(file)));
    } catch (IllegalArgumentException e) {
      throw new IOException("the witness's own record was changed: " + file, e);
    }
  }

  private static boolean continues(Optional<Checkpoint> seen, Request request) {
    if (seen.isEmpty()) {
      return request.proof().isEmpty();
    }
    return MerkleProof.continues(
        seen.get().size(),
        seen.get().root(),
        request.head().size(),
        request.head().root(),
        request.proof());
  }

  /** Keeps what a key of the log signed and should not have: proof of misconduct. */
  private Answer refuse(Request request, int status, String why) throws IOException {
    byte[] note = request.note().toString().getBytes(StandardCharsets.UTF_8);
    String id = HexFormat.of().formatHex(im.palisade.compliance.merkle.MerkleHash.sha256(note));
    write(folder.resolve("refused-" + id.substring(0, 16)), request.note().toString());
    return Answer.text(status, why + "\n");
  }

  private String cosign(SignedNote note) {
    long time = clock.instant().getEpochSecond();
    byte[] message =
        ("cosignature/v1\ntime " + time + "\n" + note.text()).getBytes(StandardCharsets.UTF_8);
    byte[] bytes = ByteBuffer.allocate(72).putLong(time).put(signer.sign(message)).array();
    return new SignedNote.Line(name, key.id(), bytes).text() + "\n";
  }

  private static Request parse(byte[] body) {
    if (body.length > MAX_REQUEST) {
      throw new IllegalArgumentException("too long");
    }
    String text = new String(body, StandardCharsets.UTF_8);
    int end = text.indexOf("\n\n");
    if (end < 0) {
      throw new IllegalArgumentException("no empty line");
    }
    List<String> lines = List.of(text.substring(0, end).split("\n", -1));
    if (!lines.getFirst().matches("old (0|[1-9][0-9]{0,17})") || lines.size() > MAX_PROOF + 1) {
      throw new IllegalArgumentException("no old size, or too many hashes");
    }
    List<byte[]> proof = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      byte[] hash = Base64.getDecoder().decode(line);
      if (hash.length != 32) {
        throw new IllegalArgumentException("not a hash");
      }
      proof.add(hash);
    }
    SignedNote note = SignedNote.parse(text.substring(end + 2));
    return new Request(
        Long.parseLong(lines.getFirst().substring(4)), proof, note, Checkpoint.parse(note.text()));
  }

  private Path file(String origin) {
    byte[] hash =
        im.palisade.compliance.merkle.MerkleHash.sha256(origin.getBytes(StandardCharsets.UTF_8));
    return folder.resolve("log-" + HexFormat.of().formatHex(hash, 0, 16));
  }

  private void write(Path file, String text) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static String base(String origin) {
    return origin.replaceFirst("/[1-9][0-9]{0,8}$", "");
  }

  /** When it is, for its log lines. */
  Instant now() {
    return clock.instant();
  }
}
