package im.palisade.server.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What integrators read is what is declared. */
class WebhookDocsTest {

  @Test
  void theTableOfCommandsIsThatOfTheDeclaration() throws IOException {
    String text = Files.readString(Path.of("../docs/webhooks.md"));
    String begin = "<!-- made of CallbackCommand; a test holds it -->\n";
    int from = text.indexOf(begin);
    int to = text.indexOf("<!-- end -->");
    assertTrue(from >= 0 && to > from);
    assertEquals(CallbackCommand.table(), text.substring(from + begin.length(), to));
  }

  @Test
  void everyCommandHasANameOfItsOwn() {
    Set<String> names = new HashSet<>();
    for (CallbackCommand command : CallbackCommand.values()) {
      assertTrue(names.add(command.wireName()), command.wireName());
      assertEquals(command, CallbackCommand.ofWireName(command.wireName()).orElseThrow());
    }
  }
}
