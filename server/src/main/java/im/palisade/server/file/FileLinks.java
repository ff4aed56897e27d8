package im.palisade.server.file;

import im.palisade.server.file.FileService.Announced;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.rest.FileRoute.Link;
import im.palisade.server.security.SignedLinks;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The URLs of files: plain ones that nobody can guess, signed ones for uploads, and signed ones for
 * reviewers that work for banned files as well.
 */
final class FileLinks {
  /** Where the listener serves them. */
  static final String PREFIX = "/media";

  private static final Duration UPLOAD_VALIDITY = Duration.ofHours(1);
  private static final Duration REVIEW_VALIDITY = Duration.ofMinutes(15);

  private final SignedLinks links;
  private final Supplier<String> baseUrl;
  private final Clock clock;

  FileLinks(SignedLinks links, Supplier<String> baseUrl, Clock clock) {
    this.links = links;
    this.baseUrl = baseUrl;
    this.clock = clock;
  }

  /** A URL and when it ends. */
  record Upload(String url, Instant expiry) {}

  /** The normal URL. */
  String url(FileName name) {
    return baseUrl.get() + PREFIX + "/" + name.text();
  }

  /** The name in a URL of this deployment, whatever follows its path; empty for any other text. */
  static Optional<FileName> nameIn(String url) {
    String path = url.split("[?#]", 2)[0];
    int last = path.lastIndexOf('/');
    if (!path.substring(0, Math.max(0, last)).endsWith(PREFIX) || !isHttp(path)) {
      return Optional.empty();
    }
    return FileName.parse(path.substring(last + 1));
  }

  /** Where a client may upload what it announced. */
  Upload upload(Announced file) {
    Instant expiry = clock.instant().plus(UPLOAD_VALIDITY);
    String facts =
        "kind=%s&size=%d&md5=%s&owner=%d"
            .formatted(file.kind().wireName(), file.size(), file.md5(), file.accountId());
    return new Upload(
        url(file.name()) + "?" + facts + "&" + links.parameters(uploadOf(file), expiry), expiry);
  }

  /**
   * What an upload link was given out for.
   *
   * @throws ImException FILE_NO_ACCESS when it was not, or is too old
   */
  Announced announced(Link link) {
    Function<String, Optional<String>> given = link.parameters();
    try {
      Announced file =
          new Announced(
              FileName.parse(link.name()).orElseThrow(),
              Long.parseLong(given.apply("owner").orElseThrow()),
              FileKind.ofWireName(given.apply("kind").orElseThrow()).orElseThrow(),
              Long.parseLong(given.apply("size").orElseThrow()),
              given.apply("md5").orElseThrow());
      if (links.check(uploadOf(file), given) == SignedLinks.Verdict.GOOD) {
        return file;
      }
    } catch (NumberFormatException | NoSuchElementException e) {
      throw new ImException(ErrorCode.FILE_NO_ACCESS);
    }
    throw new ImException(ErrorCode.FILE_NO_ACCESS);
  }

  /** A URL that works for a while, ban or no ban. */
  String review(FileName name) {
    return url(name)
        + "?"
        + links.parameters(reviewOf(name), clock.instant().plus(REVIEW_VALIDITY));
  }

  /** Whether a link is a reviewer's and good. */
  boolean isReview(FileName name, Link link) {
    return links.check(reviewOf(name), link.parameters()) == SignedLinks.Verdict.GOOD;
  }

  private static boolean isHttp(String url) {
    try {
      URI uri = URI.create(url);
      return uri.getHost() != null
          && ("http".equalsIgnoreCase(uri.getScheme())
              || "https".equalsIgnoreCase(uri.getScheme()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String uploadOf(Announced file) {
    return "upload\n%s\n%s\n%d\n%s\n%d"
        .formatted(
            file.name().text(), file.kind().wireName(), file.size(), file.md5(), file.accountId());
  }

  private static String reviewOf(FileName name) {
    return "review\n" + name.text();
  }
}
