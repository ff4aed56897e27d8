package im.palisade.compliance.log;

import im.palisade.compliance.file.LogFiles;
import im.palisade.compliance.log.AuditLogException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Which entries came in which hour, as far as no digest says it yet. An hour counts by when entries
 * were appended, not by what they say; hours without any are passed over.
 */
final class Periods {
  /** Entries [from, to) were appended in that hour. */
  record Period(Instant hour, long from, long to) {}

  /** The newest digest. */
  record Last(Instant hour, long to, String path) {}

  private final Deque<Period> due = new ArrayDeque<>();
  private Instant open;
  private long from;

  private Periods(Instant open, long from) {
    this.open = open;
    this.from = from;
  }

  /**
   * Goes on where the digests on disk end.
   *
   * @param newest when the newest entry happened; empty when there is none
   */
  static Periods resume(LogFiles files, int epoch, Optional<Instant> newest, Instant now)
      throws IOException {
    Optional<Last> last = last(files, epoch);
    Instant open = hour(newest.orElse(now));
    if (last.isPresent() && !open.isAfter(last.get().hour())) {
      open = last.get().hour().plus(1, ChronoUnit.HOURS);
    }
    return new Periods(open, last.map(Last::to).orElse(0L));
  }

  /** Looks whether an hour is over; a clock that goes back turns nothing. */
  synchronized void turn(Instant now, long size) {
    if (now.isBefore(open.plus(1, ChronoUnit.HOURS))) {
      return;
    }
    if (size > from) {
      due.add(new Period(open, from, size));
      from = size;
    }
    open = hour(now);
  }

  /** The oldest hour that is over and has no digest. */
  synchronized Optional<Period> next() {
    return Optional.ofNullable(due.peek());
  }

  /** That one has its digest. */
  synchronized void done(Period period) {
    due.remove(period);
  }

  static Instant hour(Instant time) {
    return time.truncatedTo(ChronoUnit.HOURS);
  }

  /** The newest digest on disk. */
  static Optional<Last> last(LogFiles files, int epoch) throws IOException {
    for (String day : files.list(epoch + "/digest").reversed()) {
      List<String> hours =
          files.list(epoch + "/digest/" + day).stream()
              .filter(name -> name.matches("[0-2][0-9]\\.json"))
              .toList();
      if (!hours.isEmpty()) {
        String path = epoch + "/digest/" + day + "/" + hours.getLast();
        try {
          PeriodDigest digest =
              PeriodDigest.parse(
                  new String(files.read(path).orElseThrow(), StandardCharsets.UTF_8));
          Instant hour = Instant.parse(digest.hour() + ":00:00Z");
          return Optional.of(new Last(hour, digest.to(), path));
        } catch (IllegalArgumentException e) {
          throw new AuditLogException(Reason.DAMAGED, "not a period digest: " + path, e);
        }
      }
    }
    return Optional.empty();
  }
}
