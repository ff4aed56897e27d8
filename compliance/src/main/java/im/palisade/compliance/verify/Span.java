package im.palisade.compliance.verify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The indexes [from, to). */
public record Span(long from, long to) {
  /** One index. */
  static Span at(long index) {
    return new Span(index, index + 1);
  }

  /** This span without those. */
  List<Span> without(List<Span> others) {
    List<Span> sorted = new ArrayList<>(others);
    sorted.sort(Comparator.comparingLong(Span::from));
    List<Span> rest = new ArrayList<>();
    long at = from;
    for (Span other : sorted) {
      if (other.from() > at && at < to) {
        rest.add(new Span(at, Math.min(to, other.from())));
      }
      at = Math.max(at, other.to());
    }
    if (at < to) {
      rest.add(new Span(at, to));
    }
    return rest;
  }

  @Override
  public String toString() {
    return to == from + 1 ? "index " + from : "indexes " + from + " to " + (to - 1);
  }
}
