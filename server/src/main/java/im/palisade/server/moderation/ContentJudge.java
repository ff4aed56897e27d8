package im.palisade.server.moderation;

import im.palisade.server.app.App;

/** A provider of content moderation. */
public interface ContentJudge {
  /**
   * Judges a text; may block, but never beyond the caller's deadline.
   *
   * @param policy which rules to judge by: a scene ({@code C2C}, {@code Group} …) or a policy's id
   */
  Judgement judge(App app, String policy, String text);
}
