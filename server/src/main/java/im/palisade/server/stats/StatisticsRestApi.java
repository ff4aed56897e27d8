package im.palisade.server.stats;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import im.palisade.server.rest.Shape;
import im.palisade.server.stats.Statistics.Day;
import im.palisade.server.store.Counter;
import im.palisade.server.store.StoreException;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Daily statistics (rest-conversations G1). */
public final class StatisticsRestApi {
  private static final int DAYS = 30;

  private static final Field<List<String>> REQUEST_FIELD =
      Field.list("RequestField", new Shape.Text(0, 1 << 20), 0, 1000, "fields to return; none: all")
          .defaultsTo(List.of());

  /** Numbers of a day by their name. */
  private static final Map<String, ToLongFunction<Day>> NUMBERS = new LinkedHashMap<>();

  static {
    put("ActiveUserNum", Counter.ACTIVE_USERS);
    NUMBERS.put("RegistUserNumOneDay", Day::registered);
    NUMBERS.put("RegistUserNumTotal", Day::registeredTotal);
    put("LoginTimes", Counter.LOGINS);
    put("LoginUserNum", Counter.LOGIN_USERS);
    put("MaxOnlineNum", Counter.MAX_ONLINE);
    put("UpMsgNum", Counter.C2C_UP, Counter.GROUP_UP);
    put("DownMsgNum", Counter.C2C_DOWN, Counter.GROUP_DOWN);
    put("SendMsgUserNum", Counter.SENDING_USERS);
    put("APNSMsgNum", Counter.C2C_APNS, Counter.GROUP_APNS);
    put("C2CUpMsgNum", Counter.C2C_UP);
    put("C2CDownMsgNum", Counter.C2C_DOWN);
    put("C2CSendMsgUserNum", Counter.C2C_SENDING_USERS);
    put("C2CAPNSMsgNum", Counter.C2C_APNS);
    put("GroupUpMsgNum", Counter.GROUP_UP);
    put("GroupDownMsgNum", Counter.GROUP_DOWN);
    put("GroupSendMsgUserNum", Counter.GROUP_SENDING_USERS);
    put("GroupAPNSMsgNum", Counter.GROUP_APNS);
    put("GroupSendMsgGroupNum", Counter.GROUPS_WITH_MESSAGES);
    put("GroupJoinGroupTimes", Counter.GROUP_JOINS);
    put("GroupQuitGroupTimes", Counter.GROUP_QUITS);
    NUMBERS.put("GroupNewGroupNum", Day::groupsCreated);
    NUMBERS.put("GroupAllGroupNum", Day::groups);
    NUMBERS.put("GroupDestroyGroupNum", Day::groupsDissolved);
    put("ChainIncrease", Counter.FRIENDS_ADDED);
    put("ChainDecrease", Counter.FRIENDS_REMOVED);
    put("CallBackReq", Counter.CALLBACK_REQUESTS);
    put("CallBackRsp", Counter.CALLBACK_ANSWERS);
  }

  private final Statistics statistics;

  public StatisticsRestApi(Statistics statistics) {
    this.statistics = statistics;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of("openconfigsvr", "getappinfo", Family.MUTE)
            .meaning("Tells what happened in the app on each of the last 30 days")
            .fields(REQUEST_FIELD)
            .handledBy(
                AuditDeclaration.none("tells sums over all users, nothing of one of them"),
                this::appInfo));
  }

  private RestReply appInfo(RestCall call) {
    List<String> wanted = call.get(REQUEST_FIELD);
    List<Day> days;
    try {
      days = statistics.days(call.app(), DAYS);
    } catch (StoreException e) {
      throw e.refusal(ErrorCode.STATISTICS_QUERY_FAILED, ErrorCode.STATISTICS_QUERY_FAILED);
    }
    ObjectNode reply = Json.object();
    ArrayNode result = reply.putArray("Result");
    days.forEach(day -> put(result.addObject(), call.app(), day, wanted));
    return RestReply.ok(reply).withErrorInfo("OK");
  }

  private static void put(ObjectNode into, App app, Day day, List<String> wanted) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("AppName", app.name());
    values.put("AppId", Long.toString(app.appId()));
    values.put("Company", "");
    NUMBERS.forEach((name, number) -> values.put(name, Long.toString(number.applyAsLong(day))));
    values.forEach(
        (name, value) -> {
          if (wanted.isEmpty() || wanted.contains(name)) {
            into.put(name, value);
          }
        });
    into.put("Date", day.date().format(DateTimeFormatter.BASIC_ISO_DATE));
  }

  private static void put(String name, Counter... counters) {
    NUMBERS.put(
        name,
        day -> {
          long sum = 0;
          for (Counter counter : counters) {
            sum += day.of(counter);
          }
          return sum;
        });
  }
}
