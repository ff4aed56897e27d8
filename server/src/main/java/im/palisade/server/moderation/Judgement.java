package im.palisade.server.moderation;

import java.util.List;

/**
 * What a judge says of a text.
 *
 * @param score 0 to 100, higher is worse
 * @param keywords the words that decided, each once, as they stand in their library
 */
public record Judgement(Verdict verdict, int score, Label label, List<String> keywords) {
  /** Nothing was found. */
  public static final Judgement HARMLESS = new Judgement(Verdict.PASS, 0, Label.NORMAL, List.of());

  public Judgement {
    keywords = List.copyOf(keywords);
  }
}
