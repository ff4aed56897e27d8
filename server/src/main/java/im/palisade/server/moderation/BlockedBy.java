package im.palisade.server.moderation;

/** What kept a message from going on. */
public enum BlockedBy {
  /** The app's own word list. */
  WORD_LIST("word-list"),
  /** A keyword library of the built-in provider. */
  LIBRARY("keyword-library"),
  /** The judging service that the app has put in its place. */
  JUDGING_SERVICE("judging-service"),
  /** The app's own server, asked before the message was stored. */
  WEBHOOK("webhook");

  private final String auditName;

  BlockedBy(String auditName) {
    this.auditName = auditName;
  }

  /** As audit events say it. */
  public String auditName() {
    return auditName;
  }
}
