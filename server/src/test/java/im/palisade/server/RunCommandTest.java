package im.palisade.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.config.StartException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class RunCommandTest {

  /** The lines a start prints are there to be pasted, also from a folder with spaces. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          /var/lib/palisade|/var/lib/palisade
          ./palisade|./palisade
          /srv/my data|'/srv/my data'
          /srv/it's|'/srv/it'\\''s'
          /srv/$HOME|'/srv/$HOME'
          """)
  void whatAShellWouldSplitIsQuoted(String word, String pasted) {
    assertEquals(pasted, RunCommand.quoted(word));
  }

  @Test
  void aNamedSettingsFileThatIsNotThereIsNoReasonToStartWithDefaults() {
    RunCommand run = new RunCommand();
    new CommandLine(run).parseArgs("--config", "/nonexistent/palisade.yaml");
    StartException refused = assertThrows(StartException.class, run::call);
    assertTrue(refused.getMessage().contains("/nonexistent/palisade.yaml"));
  }
}
