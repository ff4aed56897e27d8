package im.palisade.server.moderation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Local words that only mark. */
class MarkingWordsTest {

  @Test
  void aMarkingWordChangesNothingAndIsFoundInAnyCase() {
    LocalFilter filter = filter(word(1, "casino", WordKind.WORD, WordAction.MARK));
    assertEquals(Optional.of("The CASINO is open"), filter.apply("The CASINO is open"));
    assertTrue(filter.screen("The CASINO is open").marked());
    assertEquals(Optional.of("casino"), filter.screen("The CASINO is open").word());
    assertFalse(filter.screen("The cinema is open").marked());
    assertEquals(Optional.empty(), filter.screen("The cinema is open").word());
  }

  @Test
  void anExpressionMayMark() {
    LocalFilter filter = filter(word(1, "cas[iy]no", WordKind.EXPRESSION, WordAction.MARK));
    assertTrue(filter.screen("a casyno").marked());
    assertEquals(Optional.of("cas[iy]no"), filter.screen("a casyno").word());
    assertFalse(filter.screen("a caseno").marked());
    assertEquals(Optional.of("a casyno"), filter.apply("a casyno"));
  }

  @Test
  void aWordMayMarkAndBlockAtOnce() {
    LocalFilter filter =
        filter(
            word(1, "x1", WordKind.WORD, WordAction.MARK),
            word(2, "X1", WordKind.WORD, WordAction.BLOCK),
            word(3, "y1", WordKind.WORD, WordAction.REPLACE));
    assertEquals(Optional.empty(), filter.apply("x1"));
    assertEquals(Optional.of("*** z"), filter.apply("y1 z"));
    assertFalse(filter.screen("y1 z").marked());
  }

  @Test
  void listsWithoutMarksMarkNothing() {
    assertFalse(filter(word(1, "a", WordKind.WORD, WordAction.REPLACE)).screen("a").marked());
  }

  private static LocalFilter filter(LocalWord... words) {
    return new LocalFilter(new ArrayList<>(List.of(words)));
  }

  private static LocalWord word(long id, String keyword, WordKind kind, WordAction action) {
    return new LocalWord(id, keyword, kind, action, LocalWord.DEFAULT_REPLACEMENT, Instant.EPOCH);
  }
}
