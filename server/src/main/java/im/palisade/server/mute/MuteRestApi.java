package im.palisade.server.mute;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Global mute (rest-conversations F1, F2). */
public final class MuteRestApi {
  private static final String SERVICE = "openconfigsvr";

  private static final Field<String> SET_ACCOUNT =
      Field.userId("Set_Account", "who may not send")
          .whenWrong(ErrorCode.SET_ACCOUNT_INVALID_OR_SUBSCRIBED)
          .required(ErrorCode.SET_ACCOUNT_MISSING_OR_NO_PUBLISHER);
  private static final Field<Long> C2C_TIME =
      time("C2CmsgNospeakingTime", "seconds without one-to-one messages");
  private static final Field<Long> GROUP_TIME =
      time("GroupmsgNospeakingTime", "seconds without group messages");
  private static final Field<String> GET_ACCOUNT =
      Field.userId("Get_Account", "whose mutes")
          .whenWrong(ErrorCode.MUTE_GET_ACCOUNT_INVALID)
          .required(ErrorCode.GET_ACCOUNT_MISSING_OR_NOT_SUBSCRIBED);

  private final MuteService mutes;
  private final AccountService accounts;
  private final Clock clock;

  public MuteRestApi(MuteService mutes, AccountService accounts, Clock clock) {
    this.mutes = mutes;
    this.accounts = accounts;
    this.clock = clock;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(SERVICE, "setnospeaking", Family.MUTE)
            .meaning("Keeps an account from sending through clients for a time")
            .fields(SET_ACCOUNT, C2C_TIME, GROUP_TIME)
            .handledBy(AuditDeclaration.records("user.mute"), this::set),
        Endpoint.of(SERVICE, "getnospeaking", Family.MUTE)
            .meaning("Tells for how long an account may not send")
            .fields(GET_ACCOUNT)
            .handledBy(AuditDeclaration.none("tells only how long a mute lasts"), this::get));
  }

  private RestReply set(RestCall call) {
    String userId = call.get(SET_ACCOUNT);
    Optional<Long> c2c = call.find(C2C_TIME);
    Optional<Long> group = call.find(GROUP_TIME);
    if (c2c.isEmpty() && group.isEmpty()) {
      throw new ImException(ErrorCode.MUTE_TIME_MISSING_OR_ID_TAKEN);
    }
    Account account = find(call, userId, ErrorCode.SET_ACCOUNT_INVALID_OR_SUBSCRIBED);
    mutes.set(call.app(), account, c2c, group, call.cause());
    return RestReply.ok();
  }

  private RestReply get(RestCall call) {
    Account account = find(call, call.get(GET_ACCOUNT), ErrorCode.MUTE_GET_ACCOUNT_INVALID);
    Mute mute = mutes.of(call.app(), account);
    long now = clock.instant().getEpochSecond();
    return RestReply.ok(
        Json.object()
            .put("C2CmsgNospeakingTime", mute.c2cLeft(now))
            .put("GroupmsgNospeakingTime", mute.groupLeft(now)));
  }

  private Account find(RestCall call, String userId, ErrorCode unknown) {
    return accounts.find(call.app(), userId).orElseThrow(() -> new ImException(unknown));
  }

  private static Field<Long> time(String name, String meaning) {
    return Field.u32(name, meaning + "; 0 lifts, 4294967295 for ever");
  }
}
