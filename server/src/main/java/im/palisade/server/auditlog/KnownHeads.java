package im.palisade.server.auditlog;

import im.palisade.compliance.anchor.FolderAnchor;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.server.config.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints of a log that stand outside its folder: the newest one in a file of the data
 * directory, and those in the folder that it is anchored at. A log that does not continue each of
 * them is an older copy or another history, and no server goes on with it.
 */
public final class KnownHeads {
  private static final Logger LOG = LoggerFactory.getLogger(KnownHeads.class);

  private final Path file;
  private final Optional<Path> anchors;
  private String last = "";

  /**
   * Of one region.
   *
   * @param data data directory
   * @param anchors folder that checkpoints are anchored at
   */
  public KnownHeads(Path data, String region, Optional<Path> anchors) {
    this.file = data.resolve("audit-head-" + region);
    this.anchors = anchors;
  }

  /**
   * What is known of a log. A folder that is not there now says nothing and stops nobody.
   *
   * @param origin of any epoch, or without one
   */
  public List<SignedNote> of(String origin) {
    List<SignedNote> known = new ArrayList<>();
    try {
      if (Files.exists(file)) {
        known.add(SignedNote.parse(Files.readString(file)));
      }
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("{} cannot be read: {}", file, e.toString());
    }
    try {
      if (anchors.isPresent()) {
        known.addAll(
            new FolderAnchor("folder", anchors.get(), InstantSource.system())
                .newest(origin + "/1"));
      }
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      LOG.warn("anchored checkpoints in {} cannot be read: {}", anchors.get(), e.toString());
    }
    return known;
  }

  /** Remembers the newest checkpoint. */
  public synchronized void remember(SignedNote note) throws IOException {
    String text = note.toString();
    if (!text.equals(last)) {
      DurableFiles.write(file, text, "rw-------");
      last = text;
    }
  }
}
