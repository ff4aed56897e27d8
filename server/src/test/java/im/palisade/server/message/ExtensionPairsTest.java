package im.palisade.server.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.message.ExtensionPairs.Page;
import im.palisade.server.message.ExtensionPairs.Pair;
import im.palisade.server.message.ExtensionPairs.Result;
import im.palisade.server.message.ExtensionPairs.Wish;
import im.palisade.server.protocol.ImException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sequence model of rest-messages Part C, member's checks included. */
class ExtensionPairsTest {
  private final ExtensionPairs pairs = new ExtensionPairs();

  @Test
  void everyCallTakesTheNextNumberForAllItsPairs() {
    assertEquals("a=1@1 b=1@1 ", show(pairs.set(List.of(wish("a", "1"), wish("b", "1")))));
    assertEquals("b=2@2 ", show(pairs.set(List.of(wish("b", "2")))));
    assertEquals("a=@3 x=@3 ", show(pairs.delete(List.of(wish("a", ""), wish("x", "")))));
    assertEquals(3, pairs.latestSeq());
    pairs.clear();
    assertEquals(4, pairs.latestSeq());
    assertEquals(3, pairs.clearSeq());
    assertEquals("c=1@5 ", show(pairs.set(List.of(wish("c", "1")))));
  }

  @Test
  void aFullPullListsLivePairsAndAnIncrementalOneTombstonesToo() {
    pairs.set(List.of(wish("b", "1"), wish("a", "1")));
    pairs.set(List.of(wish("c", "1")));
    pairs.delete(List.of(wish("a", ""), wish("never", "")));
    assertEquals("b@1 c@2 ", show(pairs.page(0)));
    assertEquals("b@1 c@2 -a@3 ", show(pairs.page(1)));
    assertEquals("-a@3 ", show(pairs.page(3)));
    assertEquals("", show(pairs.page(4)));
    pairs.set(List.of(wish("a", "again")));
    assertEquals("a@4 ", show(pairs.page(3)));
    pairs.delete(List.of(wish("a", "")));
    pairs.clear();
    assertEquals("", show(pairs.page(1)));
  }

  @ParameterizedTest
  @CsvSource({"0, 23001", "1, 23001", "2, 0", "3, 23001"})
  void aMemberMustKnowTheSequenceOfALivePair(long known, int code) {
    pairs.set(List.of(wish("k", "1")));
    pairs.set(List.of(wish("k", "2")));
    Result result = pairs.set(List.of(wish("k", "3", known))).getFirst();
    assertEquals(code, result.code());
    assertEquals(code == 0 ? "3" : "2", result.pair().value());
    assertEquals(code == 0 ? 3 : 2, result.pair().seq());
    assertEquals(code == 0 ? 3 : 2, pairs.latestSeq());
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "2, 0", "1, 23001"})
  void aDeletedKeyMayBeTakenForOneNeverSet(long known, int code) {
    pairs.set(List.of(wish("k", "1")));
    pairs.delete(List.of(wish("k", "")));
    assertEquals(code, pairs.set(List.of(wish("k", "3", known))).getFirst().code());
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 23001"})
  void aKeyNeverSetHasSequenceZero(long known, int code) {
    assertEquals(code, pairs.set(List.of(wish("k", "3", known))).getFirst().code());
  }

  @Test
  void whatIsNotInConflictIsChangedAllTheSame() {
    pairs.set(List.of(wish("a", "1"), wish("b", "1")));
    List<Result> results = pairs.set(List.of(wish("a", "2", 7), wish("b", "2", 1)));
    assertEquals(23001, results.getFirst().code());
    assertEquals("b=2@2 ", show(results.subList(1, 2)));
  }

  @Test
  void threeHundredPairsFitAndNoMore() {
    fill(300);
    pairs.set(List.of(wish("k0", "replaced")));
    assertThrows(ImException.class, () -> pairs.set(List.of(wish("one more", ""))));
  }

  @Test
  void aPageNeverSplitsANumber() {
    fill(300);
    Page first = pairs.page(0);
    assertEquals(200, first.pairs().size());
    assertFalse(first.complete());
    Page second = pairs.page(first.pairs().getLast().seq() + 1);
    assertEquals(100, second.pairs().size());
    assertTrue(second.complete());
    ExtensionPairs uneven = new ExtensionPairs();
    uneven.set(List.of(wish("first", "")));
    for (int call = 0; call < 14; call++) {
      uneven.set(twenty(call));
    }
    assertEquals(181, uneven.page(0).pairs().size());
  }

  @Test
  void beyondThreeHundredTombstonesTheOldestGoAndThatIsTold() {
    fill(300);
    for (int call = 0; call < 15; call++) {
      pairs.delete(twenty(call));
    }
    assertEquals(0, pairs.page(1).prunedSeq());
    pairs.set(List.of(wish("another", "")));
    pairs.delete(List.of(wish("another", "")));
    assertEquals(16, pairs.page(1).prunedSeq());
    int left = 0;
    for (Page page = pairs.page(17); ; page = pairs.page(page.pairs().getLast().seq() + 1)) {
      left += page.pairs().size();
      if (page.complete()) {
        break;
      }
    }
    assertEquals(300 - 19, left);
    pairs.clear();
    assertEquals(0, pairs.page(1).prunedSeq());
  }

  @Test
  void whatIsStoredComesBack() {
    pairs.admitSet(1000, 1);
    pairs.set(List.of(wish("a\u0000'", "\ud800 \ud83d\ude00"), wish("b", "")));
    pairs.delete(List.of(wish("b", "")));
    ExtensionPairs back = ExtensionPairs.decode(pairs.encode());
    assertEquals(pairs.page(1), back.page(1));
    assertEquals("\ud800 \ud83d\ude00", back.page(0).pairs().getFirst().value());
    assertThrows(ImException.class, () -> back.admitSet(1059, 1));
    back.admitSet(1060, 1);
  }

  private void fill(int count) {
    for (int call = 0; call < count / 20; call++) {
      pairs.set(twenty(call));
    }
  }

  private static List<Wish> twenty(int call) {
    List<Wish> wishes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      wishes.add(wish("k" + (call * 20 + i), "v"));
    }
    return wishes;
  }

  private static Wish wish(String key, String value) {
    return new Wish(key, value, OptionalLong.empty());
  }

  private static Wish wish(String key, String value, long seq) {
    return new Wish(key, value, OptionalLong.of(seq));
  }

  private static String show(List<Result> results) {
    StringBuilder text = new StringBuilder();
    for (Result each : results) {
      assertEquals(0, each.code());
      Pair pair = each.pair();
      text.append(pair.key()).append('=').append(pair.value()).append('@').append(pair.seq());
      text.append(' ');
    }
    return text.toString();
  }

  private static String show(Page page) {
    StringBuilder text = new StringBuilder();
    for (Pair pair : page.pairs()) {
      text.append(pair.deleted() ? "-" : "").append(pair.key()).append('@').append(pair.seq());
      text.append(' ');
    }
    return text.toString();
  }
}
