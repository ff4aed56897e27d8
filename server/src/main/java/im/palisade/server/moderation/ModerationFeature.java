package im.palisade.server.moderation;

import im.palisade.server.rest.Endpoint;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** The parts of this feature, put together. */
public final class ModerationFeature {
  private final TextModeration texts;
  private final List<Endpoint> endpoints = new ArrayList<>();

  public ModerationFeature(Regions regions, Clock clock) {
    LocalWordService localWords = new LocalWordService(regions, clock);
    LibraryService libraries = new LibraryService(regions, clock);
    texts = new TextModeration(localWords, libraries);
    endpoints.addAll(new ContentRestApi(libraries).endpoints());
    endpoints.addAll(new LocalWordRestApi(localWords).endpoints());
    endpoints.addAll(new LibraryRestApi(libraries).endpoints());
    endpoints.addAll(new DirtyWordRestApi(localWords).endpoints());
  }

  /** What features do with texts users write. */
  public TextModeration texts() {
    return texts;
  }

  /** REST endpoints. */
  public List<Endpoint> endpoints() {
    return List.copyOf(endpoints);
  }
}
