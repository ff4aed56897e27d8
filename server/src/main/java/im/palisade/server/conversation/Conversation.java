package im.palisade.server.conversation;

/**
 * A one-to-one conversation, self-chat included: one per unordered pair of accounts.
 *
 * @param account1 the lower internal id of the pair
 * @param account2 the higher one; equal to the lower in a chat with oneself
 * @param version changes whenever something that permissions rest on has changed; a writer that
 *     finds another version under the lock asks for the checks again
 */
public record Conversation(long id, long account1, long account2, long version) {

  /** 1 for the account with the lower id, 2 for the other. */
  public int sideOf(long accountId) {
    return accountId == account1 ? 1 : 2;
  }
}
