package im.palisade.server.app;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * What official accounts of an app may do (rest-conversations-ops Part I).
 *
 * @param enabled whether there may be any
 * @param most official accounts of the app; 0 for no limit
 * @param subscriptionsPerUser official accounts one user may subscribe to; 0 for no limit
 * @param messagesPerSecond of one official account; 0 for no limit
 * @param messagesPerHour of one official account; 0 for no limit
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record OfficialAccounts(
    Boolean enabled,
    Integer most,
    Integer subscriptionsPerUser,
    Integer messagesPerSecond,
    Integer messagesPerHour) {
  /** On, with the limits of the specification. */
  public static final OfficialAccounts DEFAULT = new OfficialAccounts(null, null, null, null, null);

  public OfficialAccounts {
    enabled = enabled == null || enabled;
    most = most == null ? 1000 : most;
    subscriptionsPerUser = subscriptionsPerUser == null ? 1000 : subscriptionsPerUser;
    messagesPerSecond = messagesPerSecond == null ? 1 : messagesPerSecond;
    messagesPerHour = messagesPerHour == null ? 2 : messagesPerHour;
  }
}
