package im.palisade.server.moderation;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An app's libraries as plain keyword lists. Immutable. */
final class LibraryFilter implements AppFilters.Filter {
  private static final int CERTAIN = 100;

  private final WordAutomaton<LibraryWord> automaton;
  private final int count;

  /** A filter of these words; of words that differ in case only, the worse verdict counts. */
  LibraryFilter(List<LibraryWord> words) {
    Map<String, LibraryWord> byText = new HashMap<>();
    for (LibraryWord word : words) {
      byText.merge(Folding.fold(word.content()), word, LibraryFilter::worse);
    }
    automaton = new WordAutomaton<>(byText);
    count = words.size();
  }

  @Override
  public int words() {
    return count;
  }

  /** The worst verdict of the words in the text, with the label of the first that has it. */
  Judgement judge(String text) {
    if (automaton.isEmpty()) {
      return Judgement.HARMLESS;
    }
    Set<LibraryWord> hits = new LinkedHashSet<>();
    automaton.scan(
        Folding.folded(text),
        (begin, end, word) -> {
          hits.add(word);
          return true;
        });
    return hits.stream()
        .reduce(LibraryFilter::worse)
        .map(
            word ->
                new Judgement(
                    word.library().suggestion(),
                    CERTAIN,
                    word.label(),
                    hits.stream().map(LibraryWord::content).toList()))
        .orElse(Judgement.HARMLESS);
  }

  private static LibraryWord worse(LibraryWord first, LibraryWord second) {
    return second.library().suggestion().compareTo(first.library().suggestion()) > 0
        ? second
        : first;
  }
}
