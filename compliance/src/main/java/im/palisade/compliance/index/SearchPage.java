package im.palisade.compliance.index;

import java.util.List;
import java.util.Optional;

/**
 * A page of a search.
 *
 * @param found where the entries stand, in the direction of the search
 * @param next where the next page begins; empty when there is no further entry now
 * @param total entries that fit, on all pages
 * @param exact whether there are no more than {@code total}
 */
public record SearchPage(
    List<EntryPosition> found, Optional<SearchCursor> next, long total, boolean exact) {
  public SearchPage {
    found = List.copyOf(found);
  }
}
