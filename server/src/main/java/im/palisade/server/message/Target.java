package im.palisade.server.message;

import im.palisade.server.account.Account;
import im.palisade.server.conversation.Conversation;
import im.palisade.server.gateway.Session;
import java.util.List;
import java.util.Set;

/** Whom a message is for. */
public sealed interface Target {

  /** One account, which may be the sender. */
  record Pair(Account recipient) implements Target {}

  /**
   * A group, or one of its topics, that keeps its messages.
   *
   * @param conversation at the version its permission was asked for
   * @param followedAs internal id of the group whose audience gets it: topics are followed with
   *     their community
   * @param name on the client wire, {@code GROUP<id>}
   * @param ref what webhooks call it
   * @param permission asked again when the version has moved
   * @param fromMember whether the sender belongs to it, so that its member row notes the message
   * @param counts whether messages of this group count as unread at all
   * @param only who gets a targeted message besides its sender; empty for everybody
   * @param mentioned accounts that it mentions
   * @param deaf sessions of the audience that do not want it
   */
  record Group(
      Conversation conversation,
      long followedAs,
      String name,
      GroupRef ref,
      Permission permission,
      boolean fromMember,
      boolean counts,
      List<Account> only,
      List<Account> mentioned,
      Set<Session> deaf)
      implements Target {

    public Group {
      only = List.copyOf(only);
      mentioned = List.copyOf(mentioned);
      deaf = Set.copyOf(deaf);
    }

    /** Whether only some get it. */
    public boolean isTargeted() {
      return !only.isEmpty();
    }
  }
}
