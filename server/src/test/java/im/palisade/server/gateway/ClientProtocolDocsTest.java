package im.palisade.server.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What developers of clients read is what is declared. */
class ClientProtocolDocsTest {
  private static final Path FILE = Path.of("../docs/client-protocol.md");
  private static final String BEGIN =
      "<!-- made by ./palisade openapi of what is declared; a test holds it -->\n";
  private static final String END = "<!-- end -->";

  @Test
  void theCommandsEventsAndCodesAreThoseOfTheDeclarations() throws IOException {
    String text = Files.readString(FILE);
    int from = text.indexOf(BEGIN);
    int to = text.indexOf(END);
    assertTrue(from >= 0 && to > from);
    String declared = new ClientReference(TestServer.shared().server().commands()).markdown();
    if (System.getProperty("openapi.write") != null) {
      Files.writeString(
          FILE, text.substring(0, from + BEGIN.length()) + declared + text.substring(to));
    } else {
      assertEquals(declared, text.substring(from + BEGIN.length(), to));
    }
  }

  @Test
  void everyCommandAndEventSaysWhatItIs() {
    for (Command command : TestServer.shared().server().commands().commands()) {
      assertFalse(command.meaning().isEmpty(), command.name());
      Set<String> names = new HashSet<>();
      for (Param<?> param : command.params()) {
        assertFalse(param.meaning().isEmpty(), command.name() + " " + param);
        assertTrue(names.add(param.name()), command.name() + " " + param);
      }
    }
    Set<String> names = new HashSet<>();
    for (ClientEvent event : ClientEvent.values()) {
      assertTrue(names.add(event.wireName()), event.wireName());
    }
  }
}
