package im.palisade.server.group;

import java.util.LinkedHashMap;
import java.util.Map;

/** The texts of a group's or topic's profile; all but the name may be empty. */
public record GroupTexts(String name, String introduction, String notification, String faceUrl) {
  /** Longest introduction in UTF-8 bytes. */
  public static final int MAX_INTRODUCTION = 240;

  /** Longest notice in UTF-8 bytes. */
  public static final int MAX_NOTIFICATION = 300;

  /** Longest address of a face in UTF-8 bytes. */
  public static final int MAX_FACE_URL = 100;

  /** The new values of what is different, by their names on the wire. */
  Map<String, String> differingFrom(GroupTexts before) {
    Map<String, String> changed = new LinkedHashMap<>();
    put(changed, "Name", before.name, name);
    put(changed, "Introduction", before.introduction, introduction);
    put(changed, "Notification", before.notification, notification);
    put(changed, "FaceUrl", before.faceUrl, faceUrl);
    return changed;
  }

  private static void put(Map<String, String> changed, String key, String was, String is) {
    if (!was.equals(is)) {
      changed.put(key, is);
    }
  }
}
