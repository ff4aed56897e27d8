package im.palisade.server.app;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * One setting of an app, declared: where it stands, what it may be, what it does and when.
 *
 * @param path where its value stands in {@link AppSettings} as JSON, with dots
 * @param min of a whole number
 * @param max of a whole number
 * @param words of a choice or of words
 */
public record AppSetting(
    String key,
    String path,
    Form form,
    int min,
    int max,
    List<String> words,
    String meaning,
    Effect effect) {

  private static final int MAX_TEXT = 200;
  private static final int MAX_TEXTS = 500;

  /** What a value is. */
  public enum Form {
    FLAG,
    WHOLE,
    /** One of the words. */
    CHOICE,
    /** Any of the words. */
    WORDS,
    /** A line of text. */
    TEXT,
    /** Lines of text. */
    TEXTS,
    /** An array or object of the setting's own, checked when it is applied. */
    JSON
  }

  /** When a change shows. */
  public enum Effect {
    AT_ONCE,
    NEW_LOGINS,
    /** With the next run of the job that goes by it, at most an hour later. */
    NEXT_RUN
  }

  static AppSetting of(String key, String path, Form form) {
    return new AppSetting(key, path, form, 0, 0, List.of(), "", Effect.AT_ONCE);
  }

  AppSetting within(int least, int most) {
    return new AppSetting(key, path, form, least, most, words, meaning, effect);
  }

  AppSetting among(List<String> allowed) {
    return new AppSetting(key, path, form, min, max, allowed, meaning, effect);
  }

  AppSetting means(String sentence) {
    return new AppSetting(key, path, form, min, max, words, sentence, effect);
  }

  AppSetting works(Effect when) {
    return new AppSetting(key, path, form, min, max, words, meaning, when);
  }

  /** The part of the console it belongs to: what its key begins with. */
  public String section() {
    return key.substring(0, key.indexOf('.'));
  }

  List<String> steps() {
    return List.of(path.split("\\.", -1));
  }

  JsonPointer pointer() {
    return JsonPointer.compile("/" + path.replace('.', '/'));
  }

  /** What is wrong with a value; empty when it is allowed. */
  Optional<String> fault(JsonNode value) {
    return switch (form) {
      case FLAG -> unless(value.isBoolean(), "true or false");
      case WHOLE ->
          unless(
              value.isInt() && value.intValue() >= min && value.intValue() <= max,
              "a whole number, " + min + " to " + max);
      case CHOICE ->
          unless(
              value.isTextual() && words.contains(value.textValue()),
              "one of " + String.join(", ", words));
      case WORDS ->
          unless(
              isTexts(value)
                  && value.valueStream().allMatch(each -> words.contains(each.textValue())),
              "any of " + String.join(", ", words));
      case TEXT -> unless(isText(value), "a line of at most " + MAX_TEXT + " characters");
      case TEXTS -> unless(isTexts(value), "at most " + MAX_TEXTS + " lines of text");
      case JSON -> unless(value.isContainerNode(), "an array or object");
    };
  }

  private static boolean isTexts(JsonNode value) {
    return value.isArray()
        && value.size() <= MAX_TEXTS
        && value.valueStream().allMatch(AppSetting::isText);
  }

  private static boolean isText(JsonNode value) {
    return value.isTextual()
        && !value.textValue().isBlank()
        && value.textValue().length() <= MAX_TEXT
        && value.textValue().chars().noneMatch(c -> c < ' ');
  }

  private static Optional<String> unless(boolean fine, String otherwise) {
    return fine ? Optional.empty() : Optional.of(otherwise);
  }
}
