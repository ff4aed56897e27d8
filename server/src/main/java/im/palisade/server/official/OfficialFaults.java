package im.palisade.server.official;

import im.palisade.server.app.App;
import im.palisade.server.app.OfficialAccounts;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;

/** Refusals of this feature; some of their numbers mean something else elsewhere. */
final class OfficialFaults {
  private OfficialFaults() {}

  /** What the app allows; refuses everything while the feature is off. */
  static OfficialAccounts settings(App app) {
    OfficialAccounts settings = app.settings().officialAccounts();
    if (!settings.enabled()) {
      throw new ImException(ErrorCode.PUBLISHERS_OFF);
    }
    return settings;
  }

  static ImException missing() {
    return new ImException(
        ErrorCode.SET_ACCOUNT_MISSING_OR_NO_PUBLISHER, "no such official account");
  }

  static ImException idTaken() {
    return new ImException(
        ErrorCode.MUTE_TIME_MISSING_OR_ID_TAKEN, "the id of the official account is in use");
  }

  static ImException invalid(String info) {
    return new ImException(ErrorCode.GROUP_INVALID_PARAMETER, info);
  }

  static ImException noUser() {
    return new ImException(ErrorCode.GROUP_ACCOUNT_NOT_FOUND);
  }
}
