package im.palisade.server.official;

/**
 * A publisher that users subscribe to (rest-conversations-ops Part I).
 *
 * @param conversationId internal, never reused; numbers its messages
 * @param account its id outside, which begins with {@code @TOA#}
 * @param owner UserID of the account it was created for, even when that was deleted since
 * @param maxSubscribers beyond which nobody can subscribe; may be below {@code subscribers}
 * @param createdAt UNIX seconds
 * @param lastSeq number of its newest message; 0 before the first one
 * @param lastMessageAt UNIX seconds of its newest message; 0 before the first one
 */
record OfficialAccount(
    long conversationId,
    String account,
    String owner,
    Profile profile,
    long maxSubscribers,
    long subscribers,
    long createdAt,
    long lastSeq,
    long lastMessageAt) {

  /** What it says of itself; empty texts for what it does not say. */
  record Profile(
      String name, String introduction, String faceUrl, String organization, String custom) {}

  /** The same with so many subscribers. */
  OfficialAccount withSubscribers(long number) {
    return new OfficialAccount(
        conversationId,
        account,
        owner,
        profile,
        maxSubscribers,
        number,
        createdAt,
        lastSeq,
        lastMessageAt);
  }

  /** Its conversation on the client wire: it looks like one with a user. */
  String wireName() {
    return "C2C" + account;
  }
}
