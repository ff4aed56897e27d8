package im.palisade.server.archive;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.ActorKind;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.app.App;
import im.palisade.server.app.AppService;
import im.palisade.server.archive.ArchiveHour.ChatType;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.audit.Cause;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.FileRoute;
import im.palisade.server.rest.FileRoute.Link;
import im.palisade.server.rest.FileRoute.Served;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import im.palisade.server.security.SignedLinks;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Hourly message archives and the links to them (rest-conversations G2). */
final class ArchiveRestApi {
  /** Where the listener serves the files. */
  private static final String PREFIX = "/archive";

  private static final Duration LINK_VALIDITY = Duration.ofHours(24);
  private static final Pattern FILE =
      Pattern.compile("(\\d{1,18})-(?:c2c|group)-\\d{1,12}-\\d{1,6}\\.gz");
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  private static final Field<String> CHAT_TYPE =
      Field.word("ChatType", List.of("C2C", "Group"), "kind of conversations").required();
  private static final Field<String> MSG_TIME =
      Field.text("MsgTime", 10, "the hour, yyyymmddhh in the app's time zone").required();

  private final MessageArchive archive;
  private final SignedLinks links;
  private final Supplier<String> baseUrl;
  private final AppService apps;
  private final Regions regions;
  private final Clock clock;

  ArchiveRestApi(
      MessageArchive archive,
      SignedLinks links,
      Supplier<String> baseUrl,
      AppService apps,
      Regions regions,
      Clock clock) {
    this.archive = archive;
    this.links = links;
    this.baseUrl = baseUrl;
    this.apps = apps;
    this.regions = regions;
    this.clock = clock;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of("open_msg_svc", "get_history", Family.HISTORY)
            .meaning("Gives links to files of the messages of an hour")
            .callsPerSecond(10)
            .fields(CHAT_TYPE, MSG_TIME)
            .handledBy(AuditDeclaration.records("content.read"), this::history));
  }

  /** Serves the links. */
  FileRoute route() {
    return FileRoute.of(PREFIX, ErrorCode.HISTORY_EXPIRED, this::open);
  }

  private RestReply history(RestCall call) {
    ChatType type = ChatType.ofRestName(call.get(CHAT_TYPE));
    ArchiveHour hour =
        ArchiveHour.parse(call.app(), type, call.get(MSG_TIME))
            .orElseThrow(
                () -> new ImException(ErrorCode.HISTORY_INVALID_PARAMETER, "MsgTime is no hour"));
    List<ArchiveFile> files = archive.files(hour);
    // Whoever has a link can read: what it was for is on record before it is handed out.
    return regions
        .of(call.app())
        .reading(
            call.cause().event("content.read", new Target("archive", hour.fileStem())),
            _ -> files.size(),
            () -> links(call, files));
  }

  private RestReply links(RestCall call, List<ArchiveFile> files) {
    Instant expiry = clock.instant().plus(LINK_VALIDITY);
    String expiryText = TIME.format(expiry.atZone(call.app().settings().zone()));
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("File");
    for (ArchiveFile file : files) {
      list.addObject()
          .put("URL", link(file.name(), expiry))
          .put("ExpireTime", expiryText)
          .put("FileSize", file.size())
          .put("FileMD5", file.md5())
          .put("GzipSize", file.gzipSize())
          .put("GzipMD5", file.gzipMd5());
    }
    return RestReply.ok(reply);
  }

  private String link(String file, Instant expiry) {
    return baseUrl.get() + PREFIX + "/" + file + "?" + links.parameters(file, expiry);
  }

  private Optional<Served> open(Link link) {
    String name = link.name();
    switch (links.check(name, link.parameters())) {
      case GOOD -> {}
      case EXPIRED ->
          throw new ImException(ErrorCode.HISTORY_EXPIRED, "the link has expired, ask for another");
      case FORGED -> throw new ImException(ErrorCode.HISTORY_BAD_URL);
    }
    Matcher parts = FILE.matcher(name);
    if (!parts.matches()) {
      throw new ImException(ErrorCode.HISTORY_BAD_URL);
    }
    App app =
        apps.find(Long.parseLong(parts.group(1)))
            .filter(App::isActive)
            .orElseThrow(() -> new ImException(ErrorCode.HISTORY_BAD_URL));
    Cause cause =
        new Cause(
                new Actor(ActorKind.SERVICE, "archive-link"),
                new Source(Channel.REST, Cause.networkOf(link.address())),
                Long.toString(app.appId()),
                "archive",
                clock.instant())
            .seenAt(link.address());
    record(app, "export.download", Outcome.SUCCESS, cause, new Target("archive", name));
    return Optional.of(new Served(archive.file(name), "application/gzip", false));
  }

  private void record(App app, String type, Outcome outcome, Cause cause, Target target) {
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              unit.record(cause.event(type, outcome, List.of(target)));
              return null;
            });
  }
}
