package im.palisade.compliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import im.palisade.compliance.side.SideRecords;
import im.palisade.compliance.verify.Finding.Kind;
import java.io.IOException;
import java.util.Base64;
import java.util.List;

/** Checks personal values that were disclosed against the commitments of their event. */
public final class Reveal {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Reveal() {}

  /**
   * Checks them.
   *
   * @param entry the event
   * @param side JSON list of {@code {slot, k, value}}
   */
  public static VerifyReport check(String what, byte[] entry, byte[] side) {
    Findings findings = new Findings();
    try {
      JsonNode event = MAPPER.readTree(entry);
      for (JsonNode one : MAPPER.readTree(side)) {
        SideRecords.Opened opened =
            new SideRecords.Opened(
                one.path("slot").asText(),
                one.path("value").asText(),
                Base64.getDecoder().decode(one.path("k").asText()));
        boolean held = false;
        for (JsonNode commitment : event.path("commit")) {
          held |=
              commitment.path("slot").asText().equals(opened.slot())
                  && opened.opens(commitment.path("value").asText());
        }
        if (!held) {
          findings.add(Kind.COMMITMENT_WRONG, what, opened.slot());
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      findings.add(Kind.UNREADABLE, what, String.valueOf(e.getMessage()));
    }
    return new VerifyReport(what, List.of(), findings.all());
  }
}
