package im.palisade.compliance.log;

import im.palisade.compliance.event.DraftEntry;
import im.palisade.compliance.log.AuditLog.Receipt;
import im.palisade.compliance.log.AuditLogException.Reason;
import im.palisade.compliance.log.NodeCounters.Place;
import im.palisade.compliance.log.WriteQueue.Offer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Events that become durable together, in their order: each gets its place and its node's counter.
 * One that the log has already gets the place it has; one whose counter leaves a gap is refused.
 */
final class Group {
  private final List<Offer> offers;
  private final NodeCounters counters;
  private final Map<String, Long> last = new HashMap<>();
  private final Map<String, Place> fresh = new HashMap<>();
  private final List<DraftEntry> drafts = new ArrayList<>();
  private final List<byte[]> entries = new ArrayList<>();
  private final List<Runnable> answers = new ArrayList<>();

  /** Orders what was offered behind that many entries. */
  Group(List<Offer> offers, NodeCounters counters, long size) {
    this.offers = offers;
    this.counters = counters;
    offers.forEach(offer -> place(offer, size));
  }

  private void place(Offer offer, long size) {
    DraftEntry draft = offer.entry();
    Optional<Place> twice =
        counters.placeOf(draft.id()).or(() -> Optional.ofNullable(fresh.get(draft.id())));
    if (twice.isPresent()) {
      answer(offer, twice.get());
      return;
    }
    OptionalLong before =
        last.containsKey(draft.node())
            ? OptionalLong.of(last.get(draft.node()))
            : counters.last(draft.node());
    long next = before.isPresent() ? before.getAsLong() + 1 : 1;
    long n = draft.counter().orElse(next);
    if (before.isPresent() && n != next) {
      offer
          .answer()
          .completeExceptionally(
              new AuditLogException(
                  Reason.COUNTER,
                  "node " + draft.node() + " sent event " + n + " where " + next + " is next"));
      return;
    }
    Place place = new Place(size + entries.size(), n);
    last.put(draft.node(), n);
    fresh.put(draft.id(), place);
    drafts.add(draft);
    entries.add(draft.entry(n));
    answer(offer, place);
  }

  private void answer(Offer offer, Place place) {
    answers.add(() -> offer.answer().complete(new Receipt(place.index(), place.counter())));
  }

  /** The entries to be written, as they are hashed. */
  List<byte[]> entries() {
    return entries;
  }

  /** What is kept aside of them. */
  List<byte[]> sideRecords() {
    return drafts.stream().flatMap(draft -> draft.sideRecords().stream()).toList();
  }

  /** They are durable: counts them and tells everybody. */
  void taken() {
    drafts.forEach(draft -> counters.took(draft.id(), draft.node(), fresh.get(draft.id())));
    answers.forEach(Runnable::run);
  }

  /** None of them is. */
  void refuse(AuditLogException why) {
    offers.forEach(offer -> offer.answer().completeExceptionally(why));
  }
}
