package im.palisade.compliance.index;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.Bits;

/** One search in one state of the index. */
final class Search {
  /** Above that nobody counts. */
  private static final int MOST_COUNTED = 10_000;

  private static final long COUNTING_NANOS = Duration.ofMillis(30).toNanos();

  /** Documents looked at from the end of a segment at first; then four times as many. */
  private static final int WINDOW = 4096;

  private final IndexSearcher searcher;
  private final AuditQuery asked;
  private final boolean newestFirst;
  private final Optional<SearchCursor> behind;
  private final List<LeafReaderContext> segments;

  Search(
      IndexSearcher searcher,
      AuditQuery asked,
      boolean newestFirst,
      Optional<SearchCursor> behind) {
    this.searcher = searcher;
    this.asked = asked;
    this.newestFirst = newestFirst;
    this.behind = behind;
    this.segments =
        searcher.getIndexReader().leaves().stream()
            .sorted(Comparator.comparingInt(segment -> newestFirst ? -segment.ord : segment.ord))
            .toList();
  }

  SearchPage page(int limit) throws IOException {
    Weight fitting = weight(query());
    List<EntryPosition> found = new ArrayList<>();
    for (LeafReaderContext segment : segments) {
      if (found.size() > limit) {
        break;
      }
      int wanted = limit + 1 - found.size();
      found.addAll(newestFirst ? last(fitting, segment, wanted) : first(fitting, segment, wanted));
    }
    boolean more = found.size() > limit;
    List<EntryPosition> page = more ? found.subList(0, limit) : found;
    Optional<SearchCursor> next =
        more
            ? Optional.of(SearchCursor.behind(asked, newestFirst, page.getLast()))
            : Optional.empty();
    Count count = count(fitting);
    return new SearchPage(page, next, count.total(), count.exact());
  }

  private List<EntryPosition> first(Weight weight, LeafReaderContext segment, int wanted)
      throws IOException {
    int start = behind.isEmpty() ? 0 : border(segment, behind.get().last().number() + 1);
    return within(weight, segment, start, segment.reader().maxDoc(), wanted);
  }

  private List<EntryPosition> last(Weight weight, LeafReaderContext segment, int wanted)
      throws IOException {
    List<EntryPosition> found = new ArrayList<>();
    int end =
        behind.isEmpty()
            ? segment.reader().maxDoc()
            : border(segment, behind.get().last().number());
    for (int window = WINDOW;
        end > 0 && found.size() < wanted;
        window = Math.min(window, 1 << 28) * 4) {
      int start = Math.max(0, end - window);
      List<EntryPosition> part = within(weight, segment, start, end, Integer.MAX_VALUE);
      for (int i = part.size() - 1; i >= 0 && found.size() < wanted; i--) {
        found.add(part.get(i));
      }
      end = start;
    }
    return found;
  }

  private static List<EntryPosition> within(
      Weight weight, LeafReaderContext segment, int start, int end, int most) throws IOException {
    List<EntryPosition> found = new ArrayList<>();
    Scorer scorer = start < end ? weight.scorer(segment) : null;
    if (scorer == null) {
      return found;
    }
    NumericDocValues positions = DocValues.getNumeric(segment.reader(), IndexFields.POSITION);
    Bits live = segment.reader().getLiveDocs();
    DocIdSetIterator documents = scorer.iterator();
    for (int document = documents.advance(start);
        document < end && found.size() < most;
        document = documents.nextDoc()) {
      if ((live == null || live.get(document)) && positions.advanceExact(document)) {
        found.add(EntryPosition.of(positions.longValue()));
      }
    }
    return found;
  }

  private record Count(long total, boolean exact) {}

  private Count count(Weight weight) throws IOException {
    long stop = System.nanoTime() + COUNTING_NANOS;
    long total = 0;
    for (LeafReaderContext segment : segments) {
      int known = weight.count(segment);
      if (known >= 0) {
        total += known;
        continue;
      }
      Scorer scorer = weight.scorer(segment);
      if (scorer == null) {
        continue;
      }
      Bits live = segment.reader().getLiveDocs();
      DocIdSetIterator documents = scorer.iterator();
      for (int document = documents.nextDoc();
          document != DocIdSetIterator.NO_MORE_DOCS;
          document = documents.nextDoc()) {
        total += live == null || live.get(document) ? 1 : 0;
        if (total >= MOST_COUNTED || System.nanoTime() > stop) {
          return new Count(total, false);
        }
      }
    }
    return new Count(total, true);
  }

  private Weight weight(Query query) throws IOException {
    return searcher.createWeight(searcher.rewrite(query), ScoreMode.COMPLETE_NO_SCORES, 1);
  }

  /** The first document of a segment that stands at that position or behind it. */
  private static int border(LeafReaderContext segment, long position) throws IOException {
    int low = 0;
    int high = segment.reader().maxDoc();
    while (low < high) {
      int middle = (low + high) >>> 1;
      // These values can only be read forwards, so each look takes its own.
      NumericDocValues positions = DocValues.getNumeric(segment.reader(), IndexFields.POSITION);
      if (positions.advanceExact(middle) && positions.longValue() < position) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private Query query() {
    List<Query> all = new ArrayList<>();
    any(all, IndexFields.TYPE, asked.types());
    any(all, IndexFields.OUTCOME, asked.outcomes());
    any(all, IndexFields.SEVERITY, asked.severities());
    one(all, IndexFields.APP, asked.app());
    one(all, IndexFields.ACTOR, asked.actor());
    if (asked.target().isPresent() && asked.targetKind().isPresent()) {
      String both = IndexFields.both(asked.targetKind().get(), asked.target().get());
      one(all, IndexFields.TARGET_BOTH, Optional.of(both));
    } else {
      one(all, IndexFields.TARGET, asked.target());
      one(all, IndexFields.TARGET_KIND, asked.targetKind());
    }
    asked
        .subject()
        .ifPresent(
            subject ->
                all.add(
                    new BooleanQuery.Builder()
                        .add(term(IndexFields.ACTOR, subject), Occur.SHOULD)
                        .add(term(IndexFields.TARGET, subject), Occur.SHOULD)
                        .build()));
    one(all, IndexFields.CHANNEL, asked.channel());
    one(all, IndexFields.REQUEST, asked.request());
    one(all, IndexFields.CASE, asked.caseId());
    if (asked.from().isPresent() || asked.until().isPresent()) {
      all.add(
          NumericDocValuesField.newSlowRangeQuery(
              IndexFields.TIME,
              asked.from().map(EntryFacts::micros).orElse(Long.MIN_VALUE),
              asked.until().map(until -> EntryFacts.micros(until) - 1).orElse(Long.MAX_VALUE)));
    }
    if (all.isEmpty()) {
      return MatchAllDocsQuery.INSTANCE;
    }
    BooleanQuery.Builder builder = new BooleanQuery.Builder();
    all.forEach(each -> builder.add(each, Occur.FILTER));
    return builder.build();
  }

  private static void one(List<Query> all, String field, Optional<String> value) {
    value.ifPresent(text -> all.add(term(field, text)));
  }

  private static Query term(String field, String value) {
    return new TermQuery(new Term(field, value));
  }

  private static void any(List<Query> all, String field, List<String> values) {
    if (values.isEmpty()) {
      return;
    }
    BooleanQuery.Builder builder = new BooleanQuery.Builder();
    values.forEach(value -> builder.add(term(field, value), Occur.SHOULD));
    all.add(builder.build());
  }
}
