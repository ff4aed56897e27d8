package im.palisade.server.moderation;

import static im.palisade.server.moderation.Answering.LIMIT;
import static im.palisade.server.moderation.Answering.OFFSET;
import static im.palisade.server.moderation.Answering.SDK_APP_ID;
import static im.palisade.server.moderation.Answering.ofOwnApp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.moderation.LocalWord.Name;
import im.palisade.server.moderation.LocalWord.Page;
import im.palisade.server.moderation.LocalWord.Query;
import im.palisade.server.moderation.LocalWordService.Given;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestCall;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** {@code im_msg_audit_mgr}: an app's own words (rest-conversations-ops K3–K5). */
public final class LocalWordRestApi {
  private static final String SERVICE = "im_msg_audit_mgr";
  private static final int MAX_WORDS = 10;
  private static final int MAX_KEYWORD_BYTES = WordKind.EXPRESSION.maxBytes();

  private static final Field<String> KEYWORD =
      Field.text("Keyword", MAX_KEYWORD_BYTES, "the word, 1–100 bytes, or expression, 1–256")
          .required();
  private static final Field<Integer> WORD_TYPE =
      Field.integer("WordType", 1, 2, "1 plain word, 2 regular expression").required();
  private static final Field<Integer> FILTER_TYPE =
      Field.integer("FilterType", 1, 2, "1 replace, 2 block").required();
  private static final Field<String> REPLACED_CONTENT =
      Field.text(
              "ReplacedContent",
              LocalWord.MAX_REPLACEMENT_BYTES,
              "what a hit gives way to with FilterType 1")
          .defaultsTo(LocalWord.DEFAULT_REPLACEMENT);
  private static final Field<List<Fields>> WORDS =
      words(List.of(KEYWORD, WORD_TYPE, FILTER_TYPE, REPLACED_CONTENT), "words to add or change");

  private static final Field<Long> ID =
      Field.whole("Id", 0, Long.MAX_VALUE, "names the word instead of Keyword and WordType");
  private static final Field<List<Fields>> DELETED_WORDS =
      words(List.of(ID, KEYWORD, WORD_TYPE), "words to remove");

  private static final Field<Integer> WANTED_FILTER_TYPE =
      Field.integer("FilterType", 0, 2, "1 replace, 2 block, 0 both").defaultsTo(0);
  private static final Field<String> PART =
      Field.text("Keyword", MAX_KEYWORD_BYTES, "a part of the keywords wanted").defaultsTo("");

  private final LocalWordService words;

  public LocalWordRestApi(LocalWordService words) {
    this.words = words;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(SERVICE, "add_local_audit_keywords", Family.MODERATION)
            .meaning("Adds words that are replaced in texts of clients or refused")
            .fields(SDK_APP_ID, WORDS)
            .handledBy(AuditDeclaration.records("config.moderation.set"), ofOwnApp(this::add)),
        Endpoint.of(SERVICE, "delete_local_audit_keywords", Family.MODERATION)
            .meaning("Removes such words")
            .fields(SDK_APP_ID, DELETED_WORDS)
            .handledBy(AuditDeclaration.records("config.moderation.set"), ofOwnApp(this::delete)),
        Endpoint.of(SERVICE, "get_local_audit_keywords", Family.MODERATION)
            .meaning("Lists such words")
            .fields(SDK_APP_ID, WANTED_FILTER_TYPE, OFFSET, LIMIT, PART)
            .handledBy(
                AuditDeclaration.none("lists the app's own settings"), ofOwnApp(this::list)));
  }

  private void add(RestCall call, ObjectNode reply) {
    List<Given> given =
        call.get(WORDS).stream()
            .map(
                each ->
                    new Given(
                        each.get(KEYWORD),
                        WordKind.ofCode(each.get(WORD_TYPE)),
                        WordAction.ofCode(each.get(FILTER_TYPE)),
                        each.get(REPLACED_CONTENT)))
            .toList();
    words.put(call.app(), given, call.cause());
  }

  private void delete(RestCall call, ObjectNode reply) {
    words.delete(
        call.app(),
        call.get(DELETED_WORDS).stream().map(LocalWordRestApi::name).toList(),
        call.cause());
  }

  /** SDKs send Id 0 for a word they know no id of. */
  private static Name name(Fields item) {
    Optional<Long> id = item.find(ID).filter(given -> given > 0);
    return id.isPresent()
        ? new Name(OptionalLong.of(id.get()), "", WordKind.WORD)
        : new Name(OptionalLong.empty(), item.get(KEYWORD), WordKind.ofCode(item.get(WORD_TYPE)));
  }

  private void list(RestCall call, ObjectNode reply) {
    int filterType = call.get(WANTED_FILTER_TYPE);
    Optional<WordAction> action =
        filterType == 0 ? Optional.empty() : Optional.of(WordAction.ofCode(filterType));
    Page page =
        words.page(
            call.app(), new Query(action, call.get(PART), call.get(OFFSET), call.get(LIMIT)));
    reply.put("TotalCount", page.all().words());
    reply.put("TotalRegCount", page.all().expressions());
    reply.put("CurCount", page.found().words());
    reply.put("CurRegCount", page.found().expressions());
    ArrayNode items = reply.putArray("LocalAuditWords");
    for (LocalWord word : page.words()) {
      items
          .addObject()
          .put("Id", word.id())
          .put("Keyword", word.keyword())
          .put("WordType", word.kind().code())
          .put("FilterType", word.action().code())
          .put("ReplacedContent", word.replacement())
          .put("UpdateTime", Answering.time(word.updatedAt()));
    }
  }

  private static Field<List<Fields>> words(List<Field<?>> fields, String meaning) {
    return Field.objects("LocalAuditWords", 1, MAX_WORDS, fields, meaning)
        .whenTooMany(ErrorCode.MODERATION_TOO_MANY_WORDS)
        .required();
  }
}
