package im.palisade.server.moderation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.re2j.Pattern;
import im.palisade.server.protocol.ImException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalFilterTest {
  private long lastId;

  @Test
  void everyOccurrenceIsFoundWhateverTheAlphabet() {
    Random random = new Random(7);
    String alphabet = "abAB01 中文字\uD83D\uDE00\uD801\uDC00\uD801\uDC28\uFFFF\uFFFE\u0000éÉſKk";
    for (int round = 0; round < 300; round++) {
      Map<String, String> words = new HashMap<>();
      for (int i = random.nextInt(12); i >= 0; i--) {
        String word = text(random, alphabet, 1 + random.nextInt(4));
        words.put(word, Folding.fold(word));
      }
      String folded = Folding.fold(text(random, alphabet, 60));
      Set<String> found = new HashSet<>();
      new WordAutomaton<>(words)
          .scan(
              folded.toCharArray(),
              (begin, end, word) -> {
                assertEquals(word, folded.substring(begin, end));
                found.add(begin + word);
                return true;
              });
      Set<String> expected = new HashSet<>();
      for (String word : words.values()) {
        for (int at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1)) {
          expected.add(at + word);
        }
      }
      assertEquals(expected, found);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a badword here | a <1> here
          BADWORD BadWord | <1> <1>
          badbadwordword | bad<1>word
          badwordbadword | <1><1>
          bad words      | <2> words
          nothing        | nothing
          bidword        | <3>word
          """)
  void theFirstAndLongestHitGivesWay(String text, String expected) {
    LocalFilter filter =
        new LocalFilter(
            List.of(
                word("badword", "<1>"),
                word("bad ", "<2> "),
                word("b", "b"),
                rule("b[i-k]d", "<3>")));
    assertEquals(Optional.of(expected), filter.apply(text));
  }

  @Test
  void whatReplacesIsTakenAsItStandsAndNotLookedThroughAgain() {
    LocalFilter filter = new LocalFilter(List.of(word("bad", "bad$1\\0"), rule("x+", "$0")));
    assertEquals(Optional.of("bad$1\\0 $0"), filter.apply("BAD xxx"));
  }

  @Test
  void aWordThatBlocksWinsOverOneThatReplaces() {
    LocalFilter filter = new LocalFilter(List.of(word("Bad", "*"), blocked("bAD", WordKind.WORD)));
    assertEquals(Optional.empty(), filter.apply("so bad"));
    LocalFilter both =
        new LocalFilter(List.of(word("bad", "*"), blocked("b.d", WordKind.EXPRESSION)));
    assertEquals(Optional.empty(), both.apply("so bad"));
  }

  /** An expression is only run where its literal occurs: that must never hide a hit. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "abc",
        "ab?c",
        "ab*c",
        "ab+c",
        "ab{0,2}c",
        "ab{2}c",
        "ab{,2}c",
        "(?i)abc",
        "(abc)?cb",
        "(a|b)c",
        "ab|cb",
        "(?:ab)+c",
        "[ab]bc",
        "[^]a]bc",
        "[]a]bc",
        "[[:alpha:]]bc",
        "[a[]bc",
        "\\x61bc",
        "\\x{61}bc",
        "\\141bc",
        "a\\.b",
        "\\bab\\b",
        "\\p{Lu}bc",
        "\\pLbc",
        "a\\{b",
        "a{b",
        "^abc$",
        "(?:(a\\))|b)c",
        "ſk",
        "中?文",
        "\uD83D\uDE00?ab",
        "(?-i)AB"
      })
  void aLiteralNeverHidesAHit(String expression) {
    Pattern pattern = Pattern.compile(expression, Pattern.CASE_INSENSITIVE);
    LocalFilter filter = new LocalFilter(List.of(blocked(expression, WordKind.EXPRESSION)));
    Random random = new Random(expression.hashCode());
    List<String> alphabet =
        List.of(
            "a",
            "b",
            "c",
            "A",
            "B",
            "C",
            ".",
            "{",
            ")",
            "]",
            "ſ",
            "K",
            "s",
            "k",
            " ",
            "中",
            "文",
            "\uD83D\uDE00",
            "b{,2}",
            "abc");
    int hits = 0;
    for (int i = 0; i < 3_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(9); n >= 0; n--) {
        text.append(alphabet.get(random.nextInt(alphabet.size())));
      }
      boolean expected = pattern.matcher(text).find();
      hits += expected ? 1 : 0;
      assertEquals(expected, filter.apply(text.toString()).isEmpty(), text::toString);
    }
    assertTrue(hits > 0, "the texts tried must hold some hits");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(",
        "a**",
        "(?=a)",
        "(a)\\1",
        "a*",
        "",
        "x?y?",
        "((a{1000}){1000}){1000}",
        "a{1001}",
        "(((((a{30}){30}){30}){30}){30})",
        "\\p{Nope}",
        "\\Qa\\E",
        "((){1000}){1000}",
        "(?:[a]]{40}){40}"
      })
  void anExpressionThatCannotBeAppliedIsRefused(String expression) {
    assertEquals(2003, assertThrows(ImException.class, () -> Expression.of(expression)).code());
  }

  @Test
  void manyWordsThatOverlapCostNoMoreThanTheirHits() {
    List<LocalWord> words = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      words.add(word("a".repeat(i), "*"));
    }
    assertEquals(Optional.of("*".repeat(120)), new LocalFilter(words).apply("a".repeat(12_000)));
  }

  private LocalWord word(String keyword, String replacement) {
    return new LocalWord(
        ++lastId, keyword, WordKind.WORD, WordAction.REPLACE, replacement, Instant.EPOCH);
  }

  private LocalWord rule(String expression, String replacement) {
    return new LocalWord(
        ++lastId, expression, WordKind.EXPRESSION, WordAction.REPLACE, replacement, Instant.EPOCH);
  }

  private LocalWord blocked(String keyword, WordKind kind) {
    return new LocalWord(++lastId, keyword, kind, WordAction.BLOCK, "", Instant.EPOCH);
  }

  private static String text(Random random, String alphabet, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }
}
