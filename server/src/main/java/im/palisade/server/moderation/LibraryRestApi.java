package im.palisade.server.moderation;

import static im.palisade.server.moderation.Answering.LIMIT;
import static im.palisade.server.moderation.Answering.OFFSET;
import static im.palisade.server.moderation.Answering.SDK_APP_ID;
import static im.palisade.server.moderation.Answering.ofOwnApp;
import static im.palisade.server.moderation.Answering.provided;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.moderation.LibraryService.Page;
import im.palisade.server.moderation.LibraryService.Removal;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code im_msg_audit_mgr}: cloud word libraries (rest-conversations-ops K6–K9). */
public final class LibraryRestApi {
  private static final String SERVICE = "im_msg_audit_mgr";
  private static final int MAX_LIB_ID_BYTES = 64;

  private static final Field<String> LIB_ID =
      Field.text("LibID", MAX_LIB_ID_BYTES, "the library").required();
  private static final Field<String> PART =
      Field.text("Content", LibraryWord.MAX_BYTES, "a part of the words wanted").defaultsTo("");
  private static final Field<String> CONTENT =
      Field.of("Content", new Shape.Text(1, LibraryWord.MAX_BYTES), "the word").required();
  private static final Field<String> LABEL =
      Field.word("Label", Label.wireNames(), "what is wrong with a text that has the word")
          .defaultsTo(Label.ILLEGAL.wireName());
  private static final Field<List<Fields>> USER_KEYWORDS =
      Field.objects("UserKeywords", 1, 50, List.of(CONTENT, LABEL), "words to add or relabel")
          .whenTooMany(ErrorCode.MODERATION_TOO_MANY_WORDS)
          .required();
  private static final Field<List<String>> KEYWORDS =
      Field.list("Keywords", new Shape.Text(1, LibraryWord.MAX_BYTES), 1, 10, "words to remove")
          .whenTooMany(ErrorCode.MODERATION_TOO_MANY_WORDS)
          .required();

  private final LibraryService libraries;

  public LibraryRestApi(LibraryService libraries) {
    this.libraries = libraries;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(SERVICE, "get_cloud_audit_keywords_ids", Family.MODERATION)
            .meaning("Lists the word libraries")
            .fields(SDK_APP_ID, OFFSET, LIMIT)
            .handledBy(
                AuditDeclaration.none("lists the app's own settings"),
                ofOwnApp(provided(this::listLibraries))),
        Endpoint.of(SERVICE, "get_cloud_audit_keywords", Family.MODERATION)
            .meaning("Lists the words of a library")
            .fields(SDK_APP_ID, LIB_ID, OFFSET, LIMIT, PART)
            .handledBy(
                AuditDeclaration.none("lists the app's own settings"),
                ofOwnApp(provided(this::listWords))),
        Endpoint.of(SERVICE, "add_cloud_audit_keywords", Family.MODERATION)
            .meaning("Adds words to a library")
            .fields(SDK_APP_ID, LIB_ID, USER_KEYWORDS)
            .handledBy(
                AuditDeclaration.records("config.moderation.set"), ofOwnApp(provided(this::add))),
        Endpoint.of(SERVICE, "delete_cloud_audit_keywords", Family.MODERATION)
            .meaning("Removes words from a library")
            .fields(SDK_APP_ID, LIB_ID, KEYWORDS)
            .handledBy(
                AuditDeclaration.records("config.moderation.set"),
                ofOwnApp(provided(this::delete))));
  }

  private void listLibraries(RestCall call, ObjectNode reply) {
    List<Library> all = List.of(Library.values());
    reply.put("TotalCount", all.size());
    ArrayNode items = reply.putArray("Infos");
    all.stream()
        .skip(call.get(OFFSET))
        .limit(call.get(LIMIT))
        .forEach(
            library ->
                items
                    .addObject()
                    .put("ID", library.id())
                    .put("LibName", library.title())
                    .put("Describe", library.description())
                    .put("CreateTime", createTime(call, library))
                    .put("Suggestion", library.suggestion().wireName()));
  }

  /** Libraries were always there; they began to matter with their first word. */
  private String createTime(RestCall call, Library library) {
    return libraries.page(call.app(), library, "", 0, 1).words().stream()
        .findFirst()
        .map(word -> Answering.time(word.createdAt()))
        .orElse("");
  }

  private void listWords(RestCall call, ObjectNode reply) {
    Page page =
        libraries.page(
            call.app(), library(call), call.get(PART), call.get(OFFSET), call.get(LIMIT));
    reply.put("TotalCount", page.total());
    ArrayNode items = reply.putArray("Infos");
    for (LibraryWord word : page.words()) {
      items
          .addObject()
          .put("ID", word.wireId())
          .put("Content", word.content())
          .put("CreateTime", Answering.time(word.createdAt()));
    }
  }

  private void add(RestCall call, ObjectNode reply) {
    Map<String, Label> words = new LinkedHashMap<>();
    for (Fields item : call.get(USER_KEYWORDS)) {
      words.put(item.get(CONTENT), Label.ofWireName(item.get(LABEL)));
    }
    libraries.put(call.app(), library(call), words, call.cause());
  }

  private void delete(RestCall call, ObjectNode reply) {
    List<String> contents = new ArrayList<>(new LinkedHashSet<>(call.get(KEYWORDS)));
    List<Removal> removals = libraries.delete(call.app(), library(call), contents, call.cause());
    reply.put("Count", removals.stream().filter(each -> each.removed().isPresent()).count());
    ArrayNode details = reply.putArray("Details");
    for (Removal removal : removals) {
      Optional<LibraryWord> removed = removal.removed();
      details
          .addObject()
          .put("KeywordID", removed.map(LibraryWord::wireId).orElse(""))
          .put("Keyword", removal.content())
          .put("Deleted", removed.isPresent())
          .put("ErrorInfo", removed.isPresent() ? "" : "no such word");
    }
  }

  private static Library library(RestCall call) {
    return Library.find(call.get(LIB_ID))
        .orElseThrow(
            () ->
                new ImException(ErrorCode.MODERATION_INVALID_PARAMETER, "LibID is not a library"));
  }
}
