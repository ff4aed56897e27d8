package im.palisade.compliance.index;

/** Names in the index. */
final class IndexFields {
  static final String POSITION = "position";
  static final String TIME = "time";
  static final String TYPE = "type";
  static final String SEVERITY = "severity";
  static final String OUTCOME = "outcome";
  static final String APP = "app";
  static final String CHANNEL = "channel";
  static final String REQUEST = "request";
  static final String CASE = "case";
  static final String ACTOR = "actor";
  static final String TARGET = "target";
  static final String TARGET_KIND = "kind";
  static final String TARGET_BOTH = "kind+target";

  private IndexFields() {}

  /** Kind and id of one target: an event may have several. */
  static String both(String kind, String id) {
    return kind + "\u0000" + id;
  }
}
