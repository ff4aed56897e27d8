package im.palisade.server.message;

import im.palisade.server.store.Counter;
import im.palisade.server.store.Counts;
import java.util.List;

/** What statistics count of stored messages; imports of the past, repetitions and tips are none. */
final class SentCounts {
  private SentCounts() {}

  static Counts of(List<Submission> stored) {
    Counts counts = new Counts();
    for (Submission each : stored) {
      if (each.message().isLive()) {
        count(each.message(), counts);
      }
    }
    return counts;
  }

  private static void count(OutgoingMessage message, Counts counts) {
    long app = message.app().appId();
    long sender = message.sender().id();
    switch (message.target()) {
      case Target.Pair pair -> {
        counts.add(app, Counter.C2C_UP, 1);
        if (message.recipientCopy() && sender != pair.recipient().id()) {
          counts.add(app, Counter.C2C_DOWN, 1);
        }
        counts.seen(app, sender, Counts.SENT_C2C);
      }
      case Target.Group group -> {
        counts.add(app, Counter.GROUP_UP, 1);
        counts.add(app, Counter.GROUP_DOWN, group.only().size());
        if (!group.isTargeted() && group.fromMember()) {
          counts.add(app, Counter.GROUP_DOWN, -1);
        }
        counts.said(app, group.followedAs(), group.isTargeted() ? 0 : 1);
        counts.seen(app, sender, Counts.SENT_GROUP);
      }
    }
  }
}
