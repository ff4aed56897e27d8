package im.palisade.server.app;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * What of an app's texts is moderated, and by whom (rest-conversations-ops Part K).
 *
 * @param text whether the app's word lists are applied to what clients write
 * @param rest whether they are applied to messages and texts sent over REST as well
 * @param provider who answers {@code content_moderation} and holds the cloud libraries
 * @param cloudMessages whether the libraries are applied to messages too: {@code Block} refuses,
 *     {@code Review} lets through and marks
 * @param reportPassed whether the app's own server is told of texts in which nothing was found too
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Moderation(
    Boolean text, Boolean rest, Provider provider, Boolean cloudMessages, Boolean reportPassed) {
  /** Local words on, for clients only; libraries answer when asked. */
  public static final Moderation DEFAULT = new Moderation(null, null, null, null, null);

  /** Who judges texts by libraries. */
  public enum Provider {
    /** Nobody: the commands answer 2015. */
    NONE,
    /** This server, taking the libraries as plain keyword lists. */
    KEYWORDS,
    /** A service of the app's own, by its webhook settings. */
    WEBHOOK
  }

  public Moderation {
    text = text == null || text;
    rest = rest != null && rest;
    provider = provider == null ? Provider.KEYWORDS : provider;
    cloudMessages = cloudMessages != null && cloudMessages;
    reportPassed = reportPassed != null && reportPassed;
  }
}
