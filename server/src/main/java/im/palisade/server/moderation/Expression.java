package im.palisade.server.moderation;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.util.Optional;

/**
 * A local word that is a regular expression. The engine needs time linear in the text; a bound on
 * the compiled size keeps the factor small.
 */
final class Expression {
  /** Largest size written out: what is matched costs as much for every char of a text. */
  private static final int MAX_SIZE = 1_000;

  private final Pattern pattern;
  private final Optional<String> literal;

  private Expression(Pattern pattern, Optional<String> literal) {
    this.pattern = pattern;
    this.literal = literal;
  }

  /**
   * The expression.
   *
   * @throws ImException MODERATION_INVALID_PARAMETER when the engine does not know it, it is too
   *     large, or it would be found in every text
   */
  static Expression of(String source) {
    if (ExpressionSize.of(source) > MAX_SIZE) {
      throw invalid("the expression is too large");
    }
    Pattern pattern;
    try {
      pattern = Pattern.compile(source, Pattern.CASE_INSENSITIVE);
    } catch (PatternSyntaxException e) {
      throw invalid("the expression cannot be used: " + e.getDescription());
    }
    if (pattern.programSize() > 2 * MAX_SIZE) {
      throw invalid("the expression is too large");
    }
    if (pattern.matches("")) {
      throw invalid("the expression is found in every text");
    }
    return new Expression(pattern, RequiredLiteral.of(source));
  }

  /** A text that stands in every hit, folded; empty when none is known. */
  Optional<String> literal() {
    return literal;
  }

  /** Whether it is found at all. */
  boolean isIn(String text) {
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      if (matcher.end() > matcher.start()) {
        return true;
      }
    }
    return false;
  }

  /** Notes each hit. */
  void find(String text, Replacements hits, String replacement) {
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      if (matcher.end() > matcher.start()) {
        hits.add(matcher.start(), matcher.end(), replacement);
      }
    }
  }

  private static ImException invalid(String what) {
    return new ImException(ErrorCode.MODERATION_INVALID_PARAMETER, what);
  }
}
