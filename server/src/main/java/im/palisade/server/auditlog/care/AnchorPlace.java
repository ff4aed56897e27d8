package im.palisade.server.auditlog.care;

import im.palisade.compliance.anchor.Anchor;
import java.time.Duration;

/**
 * A place outside and how it is asked.
 *
 * @param address where it is, for people
 * @param every pause after a success
 */
record AnchorPlace(String address, Duration every, Anchor anchor) {
  String kind() {
    return anchor.kind();
  }
}
