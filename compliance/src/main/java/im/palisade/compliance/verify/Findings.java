package im.palisade.compliance.verify;

import im.palisade.compliance.verify.Finding.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Gathers findings: joins neighbours and keeps the first of each kind. For one thread. */
final class Findings {
  private static final int MOST_OF_A_KIND = 200;

  private final List<Finding> found = new ArrayList<>();
  private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);

  void add(Kind kind, String file, String detail) {
    add(Finding.of(kind, file, detail));
  }

  void add(Kind kind, String file, Span span, String detail) {
    add(Finding.of(kind, file, span, detail));
  }

  void add(Finding finding) {
    if (!found.isEmpty() && joins(found.getLast(), finding)) {
      Finding last = found.removeLast();
      Span joined = new Span(last.span().orElseThrow().from(), finding.span().orElseThrow().to());
      found.add(Finding.of(last.kind(), last.file(), joined, last.detail()));
    } else if (counts.merge(finding.kind(), 1L, Long::sum) <= MOST_OF_A_KIND) {
      found.add(finding);
    }
  }

  private static boolean joins(Finding last, Finding next) {
    return last.kind() == next.kind()
        && (last.kind() != Kind.PRUNED || last.file().equals(next.file()))
        && last.span().isPresent()
        && next.span().isPresent()
        && last.span().get().to() == next.span().get().from();
  }

  boolean has(Kind kind) {
    return counts.containsKey(kind);
  }

  boolean isAbout(String file) {
    return found.stream().anyMatch(finding -> finding.file().equals(file));
  }

  List<Finding> all() {
    List<Finding> all = new ArrayList<>(found);
    counts.forEach(
        (kind, count) -> {
          if (count > MOST_OF_A_KIND) {
            all.add(Finding.of(kind, "", count - MOST_OF_A_KIND + " more of this kind"));
          }
        });
    return all;
  }
}
