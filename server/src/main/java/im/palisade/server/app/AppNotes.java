package im.palisade.server.app;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What is kept of an app for those who run it.
 *
 * @param tags at most {@value #MAX_TAGS}, by name
 * @param purgeAt when the data of a closed app are destroyed
 */
public record AppNotes(Instant createdAt, Map<String, String> tags, Optional<Instant> purgeAt) {
  /** Most tags of an app. */
  public static final int MAX_TAGS = 20;

  public AppNotes {
    tags = Map.copyOf(tags);
  }
}
