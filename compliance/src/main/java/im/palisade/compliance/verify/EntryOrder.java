package im.palisade.compliance.verify;

import im.palisade.compliance.event.EntryStamp;
import im.palisade.compliance.verify.Finding.Kind;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Looks at counters and times of nodes as entries come in order. */
final class EntryOrder {
  /** A counter that does not follow its predecessor's. */
  record Gap(long previous, long index, String detail) {}

  private static final class Node {
    private long counter;
    private long index;
    private String time = "";
  }

  private final Map<String, Node> nodes = new HashMap<>();
  private final List<Gap> gaps = new ArrayList<>();
  private final Findings findings;
  private final Duration tolerance;
  private String newest = "";
  private long lastUnknown = -1;

  EntryOrder(Findings findings, Duration tolerance) {
    this.findings = findings;
    this.tolerance = tolerance;
  }

  /** An entry that cannot be read: it may be of any node. */
  void unknown(long index) {
    lastUnknown = index;
  }

  void take(long index, EntryStamp stamp) {
    Node node = nodes.get(stamp.node());
    if (node == null) {
      node = new Node();
      nodes.put(stamp.node(), node);
    } else {
      if (stamp.counter() != node.counter + 1 && lastUnknown < node.index) {
        gaps.add(
            new Gap(
                node.index,
                index,
                "node " + stamp.node() + " goes from " + node.counter + " to " + stamp.counter()));
      }
      if (stamp.time().compareTo(node.time) < 0) {
        back(index, node, stamp);
      }
    }
    node.counter = stamp.counter();
    node.index = index;
    if (stamp.time().compareTo(node.time) > 0) {
      node.time = stamp.time();
    }
    if (stamp.time().compareTo(newest) > 0) {
      newest = stamp.time();
    }
  }

  private void back(long index, Node node, EntryStamp stamp) {
    try {
      Duration back = Duration.between(Instant.parse(stamp.time()), Instant.parse(node.time));
      if (back.compareTo(tolerance) > 0) {
        findings.add(
            Kind.CLOCK_WENT_BACK,
            "",
            Span.at(index),
            "node " + stamp.node() + " from " + node.time + " to " + stamp.time());
        node.time = stamp.time();
      }
    } catch (DateTimeException e) {
      // The schema check says so; a time that is none is no clock.
    }
  }

  /** The latest time so far. */
  String newest() {
    return newest;
  }

  /** The last counter of each node. */
  Map<String, Long> counters() {
    Map<String, Long> counters = new HashMap<>();
    nodes.forEach((node, state) -> counters.put(node, state.counter));
    return counters;
  }

  List<Gap> gaps() {
    return gaps;
  }
}
