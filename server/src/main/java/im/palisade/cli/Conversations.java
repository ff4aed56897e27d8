package im.palisade.cli;

/** Conversation names of the client protocol as people type and read them. */
final class Conversations {
  private static final String ONE_TO_ONE = "C2C";
  private static final String GROUP = "GROUP";

  private Conversations() {}

  /** The conversation somebody means by {@code bob} or {@code GROUProom1}. */
  static String of(String typed) {
    return typed.startsWith(GROUP) && typed.length() > GROUP.length() ? typed : ONE_TO_ONE + typed;
  }

  /** Whom a conversation is with, safe to show. */
  static String peer(String conversation) {
    String name =
        conversation.startsWith(ONE_TO_ONE)
            ? conversation.substring(ONE_TO_ONE.length())
            : conversation;
    return SafeText.line(name);
  }

  static boolean isGroup(String conversation) {
    return conversation.startsWith(GROUP);
  }
}
