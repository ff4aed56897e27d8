package im.palisade.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SafeTextTest {
  @Test
  void ordinaryTextStaysAsItIs() {
    String text = "grüße, 你好, 👩‍💻 <b>&amp; $(rm)";
    assertEquals(text, SafeText.lines(text));
  }

  @Test
  void anEscapeSequenceBecomesVisibleText() {
    assertEquals("␛[2J␛]0;title␇gone", SafeText.lines("\u001b[2J\u001b]0;title\u0007gone"));
  }

  @Test
  void theEightBitFormOfAnEscapeSequenceIsStoppedToo() {
    assertEquals("\uFFFD31m", SafeText.lines("\u009b31m"));
  }

  @Test
  void aCarriageReturnCannotOverwriteWhoSentIt() {
    assertEquals("hi␍12:00:00 admin: pay", SafeText.lines("hi\r12:00:00 admin: pay"));
  }

  @Test
  void aSecondLineCannotPassForAnotherMessage() {
    assertEquals("hi\n    | 12:00:00 admin: pay", SafeText.lines("hi\n12:00:00 admin: pay"));
    assertEquals("a\n    | b\n    | c", SafeText.lines("a\r\nb\u2028c"));
    assertEquals("a b", SafeText.line("a\nb"));
  }

  @Test
  void textCannotBeTurnedAround() {
    assertEquals("\uFFFDabc\uFFFD", SafeText.lines("\u202eabc\u2066"));
  }

  @Test
  void halfACharacterIsReplaced() {
    assertEquals("\uFFFDx", SafeText.lines("\ud83dx"));
  }

  @Test
  void noCharacterOfAnyKindLeavesAControlCharacterOtherThanOurOwnLineBreak() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      String safe = SafeText.lines(new String(Character.toChars(c)));
      assertTrue(
          safe.codePoints().allMatch(s -> s == '\n' || !Character.isISOControl(s)),
          "code point " + c);
    }
  }
}
