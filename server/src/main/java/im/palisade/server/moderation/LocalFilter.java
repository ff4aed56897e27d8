package im.palisade.server.moderation;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An app's own list, ready to be applied. Immutable. */
final class LocalFilter implements AppFilters.Filter {
  /** What stands for one folded text in the automaton: a word, and expressions it calls for. */
  private static final class Entry {
    private final List<Integer> expressions = new ArrayList<>();
    private Optional<LocalWord> word = Optional.empty();
    private Optional<LocalWord> marking = Optional.empty();

    /** Words that differ in case only count as one: one that blocks, else the oldest. */
    void offer(LocalWord offered) {
      if (offered.action() == WordAction.MARK) {
        marking = marking.isPresent() ? marking : Optional.of(offered);
        return;
      }
      boolean stricter =
          word.isPresent()
              && word.get().action() == WordAction.REPLACE
              && offered.action() == WordAction.BLOCK;
      if (word.isEmpty() || stricter) {
        word = Optional.of(offered);
      }
    }
  }

  private record Rule(Expression expression, LocalWord word) {}

  private final WordAutomaton<Entry> automaton;
  private final List<Rule> rules = new ArrayList<>();
  private final BitSet always = new BitSet();
  private final boolean replaces;
  private final int count;

  /** A filter of these words, whose expressions have been tried before they were stored. */
  LocalFilter(List<LocalWord> words) {
    Map<String, Entry> entries = new HashMap<>();
    words.stream()
        .sorted(Comparator.comparingLong(LocalWord::id))
        .forEach(
            word -> {
              switch (word.kind()) {
                case WORD -> entry(entries, Folding.fold(word.keyword())).offer(word);
                case EXPRESSION -> addRule(entries, word);
              }
            });
    automaton = new WordAutomaton<>(entries);
    count = words.size();
    replaces = words.stream().anyMatch(word -> word.action() == WordAction.REPLACE);
  }

  @Override
  public int words() {
    return count;
  }

  /** Whether every text passes as it is. */
  boolean isEmpty() {
    return automaton.isEmpty() && rules.isEmpty();
  }

  /**
   * What becomes of a text.
   *
   * @param text with its replacements, or empty when it is refused
   * @param marked whether somebody should look at it
   * @param word that refused or marked it
   */
  record Screened(Optional<String> text, boolean marked, Optional<String> word) {}

  /** The text with its replacements, or empty when it is refused. */
  Optional<String> apply(String text) {
    return screen(text).text();
  }

  /** What becomes of the text, in one pass. */
  Screened screen(String text) {
    BitSet due = (BitSet) always.clone();
    Optional<Replacements> hits = replaces ? Optional.of(new Replacements(text)) : Optional.empty();
    Marks marks = new Marks();
    if (blockedByWord(text, due, hits, marks) || blockedByRule(text, due, hits, marks)) {
      return new Screened(Optional.empty(), false, marks.word);
    }
    return new Screened(
        Optional.of(hits.map(Replacements::applied).orElse(text)), marks.found, marks.word);
  }

  /** Whether a word that marks has been found. */
  private static final class Marks {
    private boolean found;
    private Optional<String> word = Optional.empty();

    void mark(LocalWord by) {
      word = found ? word : Optional.of(by.keyword());
      found = true;
    }
  }

  private boolean blockedByWord(String text, BitSet due, Optional<Replacements> hits, Marks marks) {
    boolean[] blocked = new boolean[1];
    automaton.scan(
        Folding.folded(text),
        (begin, end, entry) -> {
          entry.expressions.forEach(due::set);
          entry.marking.ifPresent(marks::mark);
          entry.word.ifPresent(
              word -> {
                switch (word.action()) {
                  case BLOCK -> {
                    blocked[0] = true;
                    marks.word = Optional.of(word.keyword());
                  }
                  case REPLACE -> hits.ifPresent(h -> h.add(begin, end, word.replacement()));
                  case MARK -> marks.mark(word);
                }
              });
          return !blocked[0];
        });
    return blocked[0];
  }

  private boolean blockedByRule(String text, BitSet due, Optional<Replacements> hits, Marks marks) {
    for (int i = due.nextSetBit(0); i >= 0; i = due.nextSetBit(i + 1)) {
      Rule rule = rules.get(i);
      switch (rule.word.action()) {
        case BLOCK -> {
          if (rule.expression.isIn(text)) {
            marks.word = Optional.of(rule.word.keyword());
            return true;
          }
        }
        case REPLACE -> hits.ifPresent(h -> rule.expression.find(text, h, rule.word.replacement()));
        case MARK -> {
          if (rule.expression.isIn(text)) {
            marks.mark(rule.word);
          }
        }
      }
    }
    return false;
  }

  private void addRule(Map<String, Entry> entries, LocalWord word) {
    Expression expression = Expression.of(word.keyword());
    int number = rules.size();
    rules.add(new Rule(expression, word));
    expression
        .literal()
        .ifPresentOrElse(
            literal -> entry(entries, literal).expressions.add(number), () -> always.set(number));
  }

  private static Entry entry(Map<String, Entry> entries, String folded) {
    return entries.computeIfAbsent(folded, key -> new Entry());
  }
}
