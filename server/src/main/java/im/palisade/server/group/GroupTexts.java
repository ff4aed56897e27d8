package im.palisade.server.group;

/** The texts of a group's or topic's profile; all but the name may be empty. */
public record GroupTexts(String name, String introduction, String notification, String faceUrl) {
  /** Longest introduction in UTF-8 bytes. */
  public static final int MAX_INTRODUCTION = 240;

  /** Longest notice in UTF-8 bytes. */
  public static final int MAX_NOTIFICATION = 300;

  /** Longest address of a face in UTF-8 bytes. */
  public static final int MAX_FACE_URL = 100;
}
