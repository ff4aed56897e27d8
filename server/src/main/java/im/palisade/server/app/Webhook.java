package im.palisade.server.app;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How an app's own server is told and asked (callbacks §1.5); its secrets are kept elsewhere.
 *
 * @param url of the receiver; empty for none
 * @param signed whether requests carry {@code Sign} and {@code RequestTime}
 * @param events commands that are switched on
 * @param c2cFailure what a before-webhook that fails does to messages between two and to friends
 * @param groupFailure the same for groups and official accounts
 * @param retried whether an after-webhook of a stored fact is sent until it arrives; else once
 * @param keptHours how long such a one is tried; 1 to 168
 * @param backlog how many may wait; the oldest are dropped above that
 * @param moderation URL of a service that judges texts; empty for none
 * @param moderationFailure what becomes of texts it gives no judgement of
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Webhook(
    String url,
    Boolean signed,
    Set<String> events,
    OnFailure c2cFailure,
    OnFailure groupFailure,
    Boolean retried,
    Integer keptHours,
    Integer backlog,
    String moderation,
    OnFailure moderationFailure) {
  /** Nobody is told anything. */
  public static final Webhook NONE =
      new Webhook(null, null, null, null, null, null, null, null, null, null);

  private static final int MAX_URL = 1000;
  private static final int MAX_HOST = 63;
  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9](-?[A-Za-z0-9])*");
  private static final Pattern FORBIDDEN = Pattern.compile("[\\s!$#\\p{Cntrl}]");

  /** What becomes of an act whose before-webhook fails. */
  public enum OnFailure {
    PASS,
    REFUSE
  }

  public Webhook {
    url = checked("webhook.url", url);
    signed = signed != null && signed;
    events = events == null ? Set.of() : Set.copyOf(events);
    c2cFailure = c2cFailure == null ? OnFailure.PASS : c2cFailure;
    groupFailure = groupFailure == null ? OnFailure.PASS : groupFailure;
    retried = retried == null || retried;
    keptHours = within("webhook.keptHours", keptHours, 24, 168);
    backlog = within("webhook.backlog", backlog, 1_000_000, 100_000_000);
    moderation = checked("webhook.moderation", moderation);
    moderationFailure = moderationFailure == null ? OnFailure.PASS : moderationFailure;
  }

  /** Whether that command is to be sent. */
  public boolean fires(String command) {
    return !url.isEmpty() && events.contains(command);
  }

  /** The same with another receiver and other commands. */
  public Webhook to(String receiver, Set<String> commands) {
    return new Webhook(
        receiver,
        signed,
        commands,
        c2cFailure,
        groupFailure,
        retried,
        keptHours,
        backlog,
        moderation,
        moderationFailure);
  }

  /** The same, with requests signed or not. */
  public Webhook signed(boolean sign) {
    return new Webhook(
        url,
        sign,
        events,
        c2cFailure,
        groupFailure,
        retried,
        keptHours,
        backlog,
        moderation,
        moderationFailure);
  }

  private static int within(String name, Integer value, int otherwise, int most) {
    int given = value == null ? otherwise : value;
    if (given < 1 || given > most) {
      throw new IllegalArgumentException(name + " must be within 1 to " + most);
    }
    return given;
  }

  private static String checked(String name, String text) {
    if (text == null || text.isEmpty()) {
      return "";
    }
    if (text.length() > MAX_URL || FORBIDDEN.matcher(text).find()) {
      throw new IllegalArgumentException(
          name + " must have at most " + MAX_URL + " characters, and no space, !, $ or #");
    }
    URI uri;
    try {
      uri = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + " is no URL", e);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException(name + " must begin with http:// or https://");
    }
    if (uri.getHost() == null || uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException(name + " must name a host, and no user");
    }
    if (uri.getPort() == 0 || uri.getPort() > 65_535) {
      throw new IllegalArgumentException(name + " has no such port");
    }
    checkHost(name, uri.getHost());
    return text;
  }

  /** A bracketed host is an IPv6 address, which URI has checked. */
  private static void checkHost(String name, String host) {
    if (host.startsWith("[")) {
      return;
    }
    boolean fine =
        host.length() <= MAX_HOST
            && Arrays.stream(host.split("\\.", -1)).allMatch(l -> LABEL.matcher(l).matches());
    if (!fine) {
      throw new IllegalArgumentException(
          name
              + " must name a host of at most "
              + MAX_HOST
              + " letters, digits and single hyphens between them");
    }
  }
}
