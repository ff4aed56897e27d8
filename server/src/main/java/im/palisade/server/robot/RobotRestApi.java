package im.palisade.server.robot;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.message.MsgKey;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** {@code openim_robot_http_svc} (rest-conversations-ops Part J). */
public final class RobotRestApi {
  private static final String SERVICE = "openim_robot_http_svc";
  private static final int MAX_TEXT = 1 << 20;

  private static final Field<String> USER_ID =
      Field.userId("UserID", "the robot; begins with @RBT#").required();
  private static final Field<String> NICK =
      Field.text("Nick", AccountService.MAX_PROFILE_BYTES, "nickname");
  private static final Field<String> FACE_URL =
      Field.text("FaceUrl", AccountService.MAX_PROFILE_BYTES, "avatar address");
  private static final Field<String> SELF_SIGNATURE =
      Field.text("SelfSignature", AccountService.MAX_PROFILE_BYTES, "what it says of itself");
  private static final Field<String> ROBOT_ACCOUNT =
      Field.userId("Robot_Account", "the robot").required();
  private static final Field<String> FROM_ACCOUNT =
      Field.userId("From_Account", "the robot that writes").required();
  private static final Field<String> TO_ACCOUNT =
      Field.userId("To_Account", "who reads").required();
  private static final Field<String> MSG_KEY =
      Field.text("MsgKey", MAX_TEXT, "what the first call returned; absent in the first call");
  private static final Field<String> CHUNK =
      Field.text("Chunk", MAX_TEXT, "the next piece of text").required();
  private static final Field<Boolean> FINISH =
      Field.flag("Finish", "1 with the last piece").defaultsTo(false);

  private final RobotService robots;
  private final StreamService streams;
  private final AccountService accounts;

  RobotRestApi(RobotService robots, StreamService streams, AccountService accounts) {
    this.robots = robots;
    this.streams = streams;
    this.accounts = accounts;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(SERVICE, "create_robot", Family.GROUP)
            .meaning("Creates a robot, or gives it another profile")
            .fields(USER_ID, NICK, FACE_URL, SELF_SIGNATURE)
            .handledBy(
                AuditDeclaration.records("rest.call", "user.import", "user.update"),
                whenOn(this::create)),
        Endpoint.of(SERVICE, "delete_robot", Family.GROUP)
            .meaning("Makes a robot invalid; its profile and messages stay")
            .fields(ROBOT_ACCOUNT)
            .handledBy(AuditDeclaration.records("rest.call"), whenOn(this::delete)),
        Endpoint.of(SERVICE, "get_all_robots", Family.GROUP)
            .meaning("Lists the robots of the app")
            .handledBy(AuditDeclaration.none("tells only which robots exist"), whenOn(this::all)),
        Endpoint.of(SERVICE, "send_stream_msg", Family.GROUP)
            .meaning("Sends a message of a robot piece by piece; its reader sees it grow")
            .fields(FROM_ACCOUNT, TO_ACCOUNT, MSG_KEY, CHUNK, FINISH)
            .handledBy(
                AuditDeclaration.records("message.sent_as_other"), whenOn(this::sendStream)));
  }

  private RestReply create(RestCall call) {
    robots.create(
        call.app(),
        call.get(USER_ID),
        new RobotService.Face(call.find(NICK), call.find(FACE_URL), call.find(SELF_SIGNATURE)),
        call.cause());
    return RestReply.ok();
  }

  private RestReply delete(RestCall call) {
    robots.delete(call.app(), call.get(ROBOT_ACCOUNT), call.cause());
    return RestReply.ok();
  }

  private RestReply all(RestCall call) {
    ObjectNode reply = Json.object();
    ArrayNode ids = reply.putArray("Robot_Account");
    robots.all(call.app()).forEach(ids::add);
    return RestReply.ok(reply);
  }

  private RestReply sendStream(RestCall call) {
    String from = call.get(FROM_ACCOUNT);
    String to = call.get(TO_ACCOUNT);
    Optional<MsgKey> key =
        call.find(MSG_KEY)
            .filter(text -> !text.isEmpty())
            .map(text -> MsgKey.parse(text).orElseThrow(() -> invalid("MsgKey is malformed")));
    String chunk = call.get(CHUNK);
    boolean finish = call.get(FINISH);
    Account robot =
        robots
            .find(call.app(), from)
            .orElseThrow(() -> invalid("From_Account is no robot of the app"));
    Account reader =
        accounts.find(call.app(), to).orElseThrow(() -> invalid("To_Account does not exist"));
    if (key.isPresent()) {
      streams.append(call, robot, reader, key.get(), chunk, finish);
    }
    MsgKey written = key.orElseGet(() -> streams.begin(call, robot, reader, chunk, finish));
    return RestReply.ok(Json.object().put("MsgKey", written.toString()));
  }

  private static Endpoint.Handler whenOn(Function<RestCall, RestReply> handler) {
    return call -> {
      if (!call.app().settings().robots()) {
        throw new ImException(ErrorCode.GROUP_FEATURE_OFF, "robots are switched off");
      }
      return handler.apply(call);
    };
  }

  private static ImException invalid(String info) {
    return new ImException(ErrorCode.GROUP_INVALID_PARAMETER, info);
  }
}
