package im.palisade.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.admin.door.FieldFault;
import im.palisade.server.admin.door.Reason;
import im.palisade.server.admin.door.Refusal;
import im.palisade.server.admin.door.Word;
import im.palisade.server.admin.identity.Permission;
import im.palisade.server.app.App;
import im.palisade.server.app.AppSetting;
import im.palisade.server.app.SettingCatalogue;
import im.palisade.server.callback.CallbackCommand;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The console has the same words in each language, and words for whatever the server may say. */
class ConsoleWordsTest {
  private static final Path SOURCES = Path.of("..", "console-web", "src");
  private static final Pattern KEY = Pattern.compile("\\bt\\('([a-z][A-Za-z]*\\.[A-Za-z.-]+)'");
  private static final Pattern PLACE = Pattern.compile("\\{(\\w+)\\}");

  /** What the server says in English itself; other languages have words of their own for it. */
  private static final Pattern OURS_IN_ENGLISH = Pattern.compile("(setting|code|hook)\\..*");

  private final Map<String, Map<String, String>> words = new TreeMap<>();

  ConsoleWordsTest() throws IOException {
    for (String language : List.of("en", "ko", "zh")) {
      Map<String, String> all = new TreeMap<>();
      collect(
          Json.mapper()
              .readTree(Files.readString(SOURCES.resolve("locales/" + language + ".json"))),
          "",
          all);
      words.put(language, all);
    }
  }

  @Test
  void everyLanguageHasTheSameWordsWithTheSamePlaces() {
    Set<String> english = words.get("en").keySet();
    for (String language : List.of("ko", "zh")) {
      Set<String> own = new TreeSet<>(words.get(language).keySet());
      own.removeIf(key -> OURS_IN_ENGLISH.matcher(key).matches());
      assertEquals(english, own, language);
      english.forEach(
          key ->
              assertEquals(
                  places(words.get("en").get(key)),
                  places(words.get(language).get(key)),
                  language + " " + key));
    }
    assertTrue(english.stream().noneMatch(key -> OURS_IN_ENGLISH.matcher(key).matches()));
  }

  @Test
  void whateverTheServerMaySayHasWords() {
    for (String language : words.keySet()) {
      has(language, "problem.", Arrays.stream(Refusal.values()).map(Word::of));
      has(language, "why.", Arrays.stream(Reason.values()).map(Word::of));
      has(language, "fault.", Arrays.stream(FieldFault.Fault.values()).map(Word::of));
      has(language, "apps.is.", Arrays.stream(App.Status.values()).map(Word::of));
      has(
          language,
          "choice.",
          SettingCatalogue.ALL.stream()
              .filter(each -> each.form() == AppSetting.Form.CHOICE)
              .flatMap(each -> each.words().stream()));
      has(
          language,
          "permission.",
          Arrays.stream(Permission.values()).map(each -> each.word().replace('.', '-')));
    }
    for (String language : List.of("ko", "zh")) {
      has(
          language,
          "setting.",
          SettingCatalogue.ALL.stream().map(each -> each.key().replace('.', '-')));
      has(
          language,
          "hook.",
          Arrays.stream(CallbackCommand.values()).map(each -> each.wireName().replace('.', '-')));
      // Those that what the pages do can meet: accounts, profiles, pairs, groups.
      has(
          language,
          "code.",
          Stream.of(
                  ErrorCode.ACCOUNT_NOT_FOUND,
                  ErrorCode.PROFILE_VALUE_NOT_ALLOWED,
                  ErrorCode.SENDER_MUTED,
                  ErrorCode.RECALL_NOT_FOUND,
                  ErrorCode.TEXT_PROHIBITED,
                  ErrorCode.GROUP_NOT_FOUND,
                  ErrorCode.GROUP_NOT_PERMITTED,
                  ErrorCode.GROUP_ALREADY_MEMBER)
              .map(each -> Integer.toString(each.number())));
    }
  }

  @Test
  void everyWordThatThePagesAskForIsThere() throws IOException {
    List<String> missing = new ArrayList<>();
    try (var files = Files.walk(SOURCES)) {
      for (Path file : files.filter(each -> each.toString().matches(".*\\.(vue|ts)")).toList()) {
        Matcher keys = KEY.matcher(Files.readString(file));
        while (keys.find()) {
          if (!words.get("en").containsKey(keys.group(1))) {
            missing.add(file.getFileName() + " " + keys.group(1));
          }
        }
      }
    }
    assertEquals(List.of(), missing);
  }

  private void has(String language, String group, Stream<String> names) {
    assertEquals(
        List.of(),
        names.filter(name -> !words.get(language).containsKey(group + name)).toList(),
        language + " " + group);
  }

  private static Set<String> places(String text) {
    return PLACE
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void collect(JsonNode node, String at, Map<String, String> all) {
    if (node.isObject()) {
      node.properties()
          .forEach(
              entry ->
                  collect(
                      entry.getValue(),
                      at.isEmpty() ? entry.getKey() : at + "." + entry.getKey(),
                      all));
    } else {
      all.put(at, node.asText());
    }
  }
}
