package im.palisade.server.file;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a file is called in URLs: app, 128 random bits, which form of it, and an extension for people
 * and browsers. Only app, number and form find it.
 *
 * @param uuid 32 hexadecimal digits
 */
record FileName(long appId, String uuid, Form form, String extension) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern NAME =
      Pattern.compile("(\\d{1,18})-([0-9a-f]{32})(?:-(large|thumb))?(?:\\.([a-z0-9]{1,8}))?");
  private static final Pattern EXTENSION = Pattern.compile(".*\\.([A-Za-z0-9]{1,8})");

  /** The forms an image is kept in; other files have the original only. */
  enum Form {
    ORIGINAL(1, "", 0),
    LARGE(2, "-large", 720),
    THUMB(3, "-thumb", 198);

    private final int type;
    private final String suffix;
    private final int longerSide;

    Form(int type, String suffix, int longerSide) {
      this.type = type;
      this.suffix = suffix;
      this.longerSide = longerSide;
    }

    /** {@code Type} in an image element. */
    int type() {
      return type;
    }

    /** What stands in a name behind the number. */
    String suffix() {
      return suffix;
    }

    /** Most pixels of the longer side; 0: as it came. */
    int longerSide() {
      return longerSide;
    }
  }

  /** A name nobody can guess, with the extension of a file as its sender calls it. */
  static FileName draw(long appId, String sendersName) {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    Matcher extension = EXTENSION.matcher(sendersName);
    return new FileName(
        appId,
        HexFormat.of().formatHex(bytes),
        Form.ORIGINAL,
        extension.matches() ? extension.group(1).toLowerCase(Locale.ROOT) : "");
  }

  /** A name as {@link #text} wrote it. */
  static Optional<FileName> parse(String text) {
    Matcher parts = NAME.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    Form form =
        switch (parts.group(3)) {
          case "large" -> Form.LARGE;
          case "thumb" -> Form.THUMB;
          case null, default -> Form.ORIGINAL;
        };
    return Optional.of(
        new FileName(
            Long.parseLong(parts.group(1)),
            parts.group(2),
            form,
            Optional.ofNullable(parts.group(4)).orElse("")));
  }

  /** Another form of the same file; those are JPEG. */
  FileName as(Form other) {
    return other == Form.ORIGINAL ? this : new FileName(appId, uuid, other, "jpg");
  }

  /** The last part of a URL's path. */
  String text() {
    return appId + "-" + uuid + form.suffix() + (extension.isEmpty() ? "" : "." + extension);
  }
}
