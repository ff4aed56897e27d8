package im.palisade.compliance.anchor;

import im.palisade.compliance.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;

/** Lays out pages for somebody to print and sign; a page is never written twice. */
public final class PageAnchor extends CopyAnchor {
  private final Path folder;

  /** A folder for pages; {@code kind} is {@code paper}, or that and a name. */
  public PageAnchor(String kind, Path folder, InstantSource clock) {
    super(kind, clock);
    this.folder = folder;
  }

  @Override
  String keep(Head head, Instant now) throws IOException {
    Checkpoint checkpoint = head.checkpoint();
    Path page =
        folder.resolve(
            checkpoint.origin().replace('/', '_') + "-%018d.html".formatted(checkpoint.size()));
    if (!Files.exists(page)) {
      Files.createDirectories(folder);
      Files.writeString(
          page,
          PaperPage.html(head.note(), now),
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE_NEW,
          StandardOpenOption.WRITE,
          StandardOpenOption.SYNC);
    }
    return page.toString();
  }
}
