package im.palisade.server.moderation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.moderation.LocalWord.Name;
import im.palisade.server.moderation.LocalWordService.Given;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import im.palisade.server.rest.Shape;
import java.util.List;
import java.util.OptionalLong;

/**
 * {@code openim_dirty_words}: retired upstream, kept as another view of the plain local words that
 * are replaced (rest-conversations-ops K10).
 */
public final class DirtyWordRestApi {
  private static final String SERVICE = "openim_dirty_words";

  private static final Field<List<String>> LIST =
      Field.list(
              "DirtyWordsList", new Shape.Text(1, WordKind.WORD.maxBytes()), 1, 50, "plain words")
          .whenTooMany(ErrorCode.MODERATION_TOO_MANY_WORDS)
          .required();

  private final LocalWordService words;

  public DirtyWordRestApi(LocalWordService words) {
    this.words = words;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(SERVICE, "get", Family.MODERATION)
            .meaning("Lists the plain words that are replaced")
            .handledBy(AuditDeclaration.none("lists the app's own settings"), this::list),
        Endpoint.of(SERVICE, "add", Family.MODERATION)
            .meaning("Adds plain words that are replaced")
            .fields(LIST)
            .handledBy(AuditDeclaration.records("config.moderation.set"), this::add),
        Endpoint.of(SERVICE, "delete", Family.MODERATION)
            .meaning("Removes plain words")
            .fields(LIST)
            .handledBy(AuditDeclaration.records("config.moderation.set"), this::delete));
  }

  private RestReply list(RestCall call) {
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("DirtyWordsList");
    for (LocalWord word : words.all(call.app())) {
      if (word.kind() == WordKind.WORD && word.action() == WordAction.REPLACE) {
        list.add(word.keyword());
      }
    }
    return RestReply.ok(reply);
  }

  private RestReply add(RestCall call) {
    List<Given> given =
        call.get(LIST).stream()
            .map(
                word ->
                    new Given(
                        word, WordKind.WORD, WordAction.REPLACE, LocalWord.DEFAULT_REPLACEMENT))
            .toList();
    words.put(call.app(), given, call.cause());
    return RestReply.ok();
  }

  private RestReply delete(RestCall call) {
    List<Name> names =
        call.get(LIST).stream()
            .map(word -> new Name(OptionalLong.empty(), word, WordKind.WORD))
            .toList();
    words.delete(call.app(), names, call.cause());
    return RestReply.ok();
  }
}
