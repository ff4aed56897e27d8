package im.palisade.server.file;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import im.palisade.server.rest.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Banning and reviewing media files (rest-conversations-ops Part H). */
final class FileRestApi {
  private static final String SERVICE = "im_cos_msg";
  private static final int MAX_URLS = 100;
  private static final int MAX_URL_BYTES = 8 * 1024;

  private static final Field<String> RAW_URL =
      Field.of("RawURL", new Shape.Text(1, MAX_URL_BYTES), "the file's URL, as in the message")
          .required();
  private static final Field<Long> RESOURCE_ID =
      Field.whole("ResourceID", Long.MIN_VALUE, Long.MAX_VALUE, "the caller's number, echoed")
          .required();
  private static final Field<List<Fields>> RAW_URLS =
      Field.objects("RawURLs", 1, MAX_URLS, List.of(RESOURCE_ID, RAW_URL), "files to look at")
          .required();

  private static final int NORMAL = 0;
  private static final int BANNED = 1;
  private static final int MISSING = 2;

  private final FileService files;
  private final FileLinks links;

  FileRestApi(FileService files, FileLinks links) {
    this.files = files;
    this.links = links;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(SERVICE, "forbid_illegal_object", Family.GROUP)
            .meaning("Bans a media file: its URLs answer 403")
            .fields(RAW_URL)
            .handledBy(
                AuditDeclaration.records("message.moderation.decide"),
                call -> setBanned(call, true)),
        Endpoint.of(SERVICE, "allow_banned_object", Family.GROUP)
            .meaning("Lifts the ban of a media file")
            .fields(RAW_URL)
            .handledBy(
                AuditDeclaration.records("message.moderation.decide"),
                call -> setBanned(call, false)),
        Endpoint.of(SERVICE, "get_cos_sig", Family.GROUP)
            .meaning("Gives URLs by which reviewers see files, banned ones as well")
            .fields(RAW_URLS)
            .handledBy(AuditDeclaration.records("content.file.download"), this::review));
  }

  private RestReply setBanned(RestCall call, boolean banned) {
    FileName name = own(call.app(), call.get(RAW_URL)).orElseThrow(FileService::unknown);
    files.setBanned(call.app(), name.uuid(), banned, call.cause());
    return RestReply.ok();
  }

  private record Wanted(long id, Optional<FileName> name) {}

  private RestReply review(RestCall call) {
    List<Wanted> wanted =
        call.get(RAW_URLS).stream()
            .map(each -> new Wanted(each.get(RESOURCE_ID), own(call.app(), each.get(RAW_URL))))
            .toList();
    TreeSet<String> uuids = new TreeSet<>();
    wanted.forEach(each -> each.name().ifPresent(name -> uuids.add(name.uuid())));
    Map<String, StoredFile> found = files.find(call.app(), uuids);
    return found.isEmpty()
        ? links(wanted, found)
        : files.reviewing(call.app(), found.values(), call.cause(), () -> links(wanted, found));
  }

  private RestReply links(List<Wanted> wanted, Map<String, StoredFile> found) {
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("PreSigURLs");
    for (Wanted each : wanted) {
      Optional<StoredFile> file = each.name().map(name -> found.get(name.uuid()));
      ErrorCode unknown = ErrorCode.GROUP_NOT_FOUND;
      list.addObject()
          .put("Code", file.isPresent() ? 0 : unknown.number())
          .put("Desc", file.isPresent() ? "" : FileService.unknown().info())
          .put("ResourceID", each.id())
          .put("PreSigURL", file.isPresent() ? links.review(each.name().orElseThrow()) : "")
          .put("Status", file.map(f -> f.banned() ? BANNED : NORMAL).orElse(MISSING));
    }
    return RestReply.ok(reply);
  }

  /** The name of a file of this app, if the URL can be one. */
  private static Optional<FileName> own(App app, String url) {
    return FileLinks.nameIn(url).filter(name -> name.appId() == app.appId());
  }
}
