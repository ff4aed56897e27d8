package im.palisade.server.conversation;

/**
 * A conversation: of an unordered pair of accounts, self-chat included, of a group, or of a topic.
 *
 * @param account1 the lower internal id of a pair; 0 unless it is one
 * @param account2 the higher one; equal to the lower in a chat with oneself
 * @param version changes whenever somebody may have lost a right; a writer that finds another
 *     version under the lock asks for the permission again
 * @param options receive options of a pair, two bits a side
 */
public record Conversation(
    long id, Kind kind, long account1, long account2, long version, int options) {
  /** What takes part. */
  public enum Kind {
    PAIR,
    GROUP,
    TOPIC
  }

  /** A one-to-one conversation. */
  public static Conversation pair(
      long id, long account1, long account2, long version, int options) {
    return new Conversation(id, Kind.PAIR, account1, account2, version, options);
  }

  /** A group's. */
  public static Conversation group(long id, long version) {
    return new Conversation(id, Kind.GROUP, 0, 0, version, 0);
  }

  /** A topic's. */
  public static Conversation topic(long id, long version) {
    return new Conversation(id, Kind.TOPIC, 0, 0, version, 0);
  }

  /** 1 for the account with the lower id and for everybody in a group, 2 for the other. */
  public int sideOf(long accountId) {
    return kind != Kind.PAIR || accountId == account1 ? 1 : 2;
  }

  /** How an account of a pair received messages when this was read. */
  public ReceiveOption option(long accountId) {
    return ReceiveOption.of(options, sideOf(accountId));
  }
}
