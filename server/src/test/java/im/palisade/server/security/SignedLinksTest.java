package im.palisade.server.security;

import static org.junit.jupiter.api.Assertions.assertEquals;

import im.palisade.server.security.SignedLinks.Verdict;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SignedLinksTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  @Test
  void aLinkIsGoodForItsSubjectUntilItsMoment() {
    String link = links("ab", 0).parameters("f.gz", NOW.plusSeconds(60));
    assertEquals(Verdict.GOOD, links("ab", 60).check("f.gz", read(link)::get));
    assertEquals(Verdict.EXPIRED, links("ab", 61).check("f.gz", read(link)::get));
    assertEquals(Verdict.FORGED, links("ab", 0).check("g.gz", read(link)::get));
    assertEquals(Verdict.FORGED, links("cd", 0).check("f.gz", read(link)::get));
  }

  @Test
  void aLinkWithoutItsPartsIsForged() {
    assertEquals(Verdict.FORGED, links("ab", 0).check("f.gz", name -> Optional.empty()));
    assertEquals(Verdict.FORGED, links("ab", 0).check("f.gz", name -> Optional.of("x")));
    assertEquals(Verdict.FORGED, links("ab", 0).check("f.gz", name -> Optional.of("1")));
  }

  private static SignedLinks links(String digits, int seconds) {
    Clock clock = Clock.fixed(NOW.plusSeconds(seconds), ZoneOffset.UTC);
    return new SignedLinks(digits.repeat(32), clock);
  }

  /** Parameters by name; none is missing in what this test makes. */
  private static Map<String, Optional<String>> read(String query) {
    return Arrays.stream(query.split("&", -1))
        .map(pair -> pair.split("=", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> Optional.of(pair[1])));
  }
}
