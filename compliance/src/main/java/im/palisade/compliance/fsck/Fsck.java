package im.palisade.compliance.fsck;

import im.palisade.compliance.file.LogFiles;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.JournalView;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.tile.EntryBundle;
import im.palisade.compliance.tile.TilePath;
import im.palisade.compliance.tile.TileTrees;
import im.palisade.compliance.verify.Finding;
import im.palisade.compliance.verify.LogVerifier;
import im.palisade.compliance.verify.VerifyOptions;
import im.palisade.compliance.verify.VerifyReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes anew what follows from the rest of a log: hash tiles and partial bundles from entries,
 * bundles from the journal, the minimum index and the writer's files from the log's own records.
 * Never touches what was signed or acknowledged. For a log that nobody writes.
 */
public final class Fsck {
  /** What was mended, and what a verification says afterwards. */
  public record Result(List<String> mended, VerifyReport report) {
    public Result {
      mended = List.copyOf(mended);
    }
  }

  private static final Pattern TILE =
      Pattern.compile(
          "([1-9][0-9]*)/(tile/(entries|[0-5])/((?:x[0-9]{3}/)*[0-9]{3}))(?:\\.p/([0-9]+))?");

  private final LogFiles files;
  private final List<String> mended = new ArrayList<>();

  private Fsck(LogFiles files) {
    this.files = files;
  }

  /** Mends what can be mended; what cannot stands in the report. */
  public static Result mend(String what, LogFiles files, VerifyOptions options) throws IOException {
    Fsck fsck = new Fsck(files);
    VerifyReport before = LogVerifier.verify(what, files, options);
    List<Finding> findings = new ArrayList<>(before.findings());
    // Level by level: a tile is made from those below it.
    findings.sort((a, b) -> a.file().compareTo(b.file()));
    for (Finding finding : findings) {
      switch (finding.kind()) {
        case BUNDLE_DAMAGED -> fsck.bundle(finding.file());
        case WRITER_FILE_DAMAGED -> fsck.forget(finding.file());
        case MINIMUM_DAMAGED -> fsck.minimum(finding, before);
        default -> {}
      }
    }
    for (Finding finding : findings) {
      if (finding.kind() == Finding.Kind.TILE_DAMAGED
          || finding.kind() == Finding.Kind.TILE_MISSING) {
        fsck.tile(finding.file());
      }
    }
    return new Result(fsck.mended, LogVerifier.verify(what, files, options));
  }

  private void put(String path, byte[] content) throws IOException {
    files.replace(path, content);
    mended.add(path);
  }

  private void forget(String path) throws IOException {
    files.delete(path);
    mended.add(path);
  }

  private void minimum(Finding finding, VerifyReport report) throws IOException {
    Matcher recorded = Pattern.compile("the log records ([0-9]+)").matcher(finding.detail());
    boolean trusted = !report.parts().isEmpty() && report.severity() != Finding.Severity.CHANGED;
    if (recorded.find() && trusted) {
      put(
          finding.file(),
          (recorded.group(1) + "\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
  }

  private void bundle(String path) throws IOException {
    Matcher name = TILE.matcher(path);
    if (!name.matches()) {
      return;
    }
    EpochFiles epoch = new EpochFiles(files, Integer.parseInt(name.group(1)));
    long n = number(name.group(4));
    int width = name.group(5) == null ? TilePath.WIDTH : Integer.parseInt(name.group(5));
    long first = n * TilePath.WIDTH;
    Optional<List<byte[]>> entries =
        JournalView.read(files, epoch.epoch()).entries(first, first + width);
    if (entries.isEmpty()) {
      entries = others(epoch, n, width, epoch.path("") + name.group(2));
    }
    if (entries.isPresent()) {
      put(path, EntryBundle.encode(entries.get()));
    }
  }

  /** A partial bundle's entries, from the full one that came after it. */
  private static Optional<List<byte[]>> others(EpochFiles epoch, long n, int width, String full)
      throws IOException {
    for (EpochFiles.Bundle bundle : epoch.bundles(n, width)) {
      if (bundle.whole() && epoch.path(bundle.file()).equals(full) && width < TilePath.WIDTH) {
        return Optional.of(bundle.entries().subList(0, width));
      }
    }
    return Optional.empty();
  }

  private void tile(String path) throws IOException {
    Matcher name = TILE.matcher(path);
    if (!name.matches() || name.group(3).equals("entries")) {
      return;
    }
    EpochFiles epoch = new EpochFiles(files, Integer.parseInt(name.group(1)));
    int level = Integer.parseInt(name.group(3));
    int width = name.group(5) == null ? TilePath.WIDTH : Integer.parseInt(name.group(5));
    Optional<byte[]> made = made(epoch, level, number(name.group(4)), width);
    if (made.isPresent()) {
      put(path, made.get());
    }
  }

  private static Optional<byte[]> made(EpochFiles epoch, int level, long n, int width)
      throws IOException {
    byte[] hashes = new byte[width * MerkleHash.LENGTH];
    if (level == 0) {
      Optional<List<byte[]>> entries = epoch.entries(n, width);
      for (int i = 0; entries.isPresent() && i < width; i++) {
        copy(MerkleHash.leaf(entries.get().get(i)), hashes, i);
      }
      return entries.map(each -> hashes);
    }
    for (int i = 0; i < width; i++) {
      Optional<byte[]> below = epoch.tile(level - 1, n * TilePath.WIDTH + i, TilePath.WIDTH);
      if (below.isEmpty()) {
        return Optional.empty();
      }
      copy(TileTrees.subtree(below.get(), 0, TilePath.WIDTH), hashes, i);
    }
    return Optional.of(hashes);
  }

  private static void copy(byte[] hash, byte[] to, int at) {
    System.arraycopy(hash, 0, to, at * MerkleHash.LENGTH, MerkleHash.LENGTH);
  }

  private static long number(String groups) {
    return Arrays.stream(groups.replace("x", "").split("/", -1))
        .mapToLong(Long::parseLong)
        .reduce(0, (above, group) -> above * 1000 + group);
  }
}
