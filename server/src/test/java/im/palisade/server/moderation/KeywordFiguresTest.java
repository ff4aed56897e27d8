package im.palisade.server.moderation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Measures; run alone with {@code -Dpalisade.figures=true}. */
@EnabledIfSystemProperty(named = "palisade.figures", matches = "true")
class KeywordFiguresTest {
  private static final int WORDS = 10_000;
  private static final int TEXTS = 200;
  private static final int ROUNDS = 100;

  @Test
  void tenThousandWordsCostAtMostTwentyMicrosecondsPerKibibyte() {
    Random random = new Random(7);
    List<LocalWord> words = new ArrayList<>();
    List<WordAction> actions = List.of(WordAction.values());
    for (int i = 0; i < WORDS; i++) {
      WordAction action = actions.get(i % actions.size());
      words.add(new LocalWord(i, word(random, 12), WordKind.WORD, action, "***", Instant.EPOCH));
    }
    LocalFilter filter = new LocalFilter(words);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < TEXTS; i++) {
      StringBuilder text = new StringBuilder();
      while (text.length() < 1_024) {
        text.append(word(random, 8)).append(' ');
      }
      texts.add(text.substring(0, 1_024));
    }
    long passed = 0;
    long best = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long begin = System.nanoTime();
      for (String text : texts) {
        passed += filter.screen(text).text().isPresent() ? 1 : 0;
      }
      best = Math.min(best, System.nanoTime() - begin);
    }
    Assertions.assertTrue(passed > 0);
    long nanos = best / TEXTS;
    System.out.printf("FIGURE 10,000 words that replace, block or mark: %d ns per KiB%n", nanos);
    Assertions.assertTrue(nanos <= 20_000, nanos + " ns");
  }

  private static String word(Random random, int most) {
    StringBuilder word = new StringBuilder();
    for (int i = 5 + random.nextInt(most - 4); i > 0; i--) {
      word.append((char) ('a' + random.nextInt(26)));
    }
    return word.toString();
  }
}
