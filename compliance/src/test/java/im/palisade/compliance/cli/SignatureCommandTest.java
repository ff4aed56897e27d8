package im.palisade.compliance.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SignatureCommandTest {
  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();

  @BeforeEach
  void signSomething() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(pair.getPrivate());
    signature.update("sums".getBytes(StandardCharsets.UTF_8));
    Files.writeString(folder.resolve("sums"), "sums");
    Files.write(folder.resolve("sums.sig"), signature.sign());
    writeKey("key.pem", pair);
    writeKey("foreign.pem", KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
  }

  @Test
  void theSignersFingerprintIsPrinted() {
    assertEquals(0, check("key.pem"));
    assertTrue(out.toString().strip().matches("[0-9a-f]{32}"), out.toString());
  }

  @Test
  void anotherKeyAChangedFileAndACutSignatureAreRefused() throws Exception {
    assertEquals(1, check("foreign.pem"));
    Files.writeString(folder.resolve("sums"), "sums!");
    assertEquals(1, check("key.pem"));
    Files.write(folder.resolve("sums.sig"), new byte[3]);
    assertEquals(3, check("key.pem"));
  }

  @Test
  void whatIsNoKeyCannotBeRead() throws Exception {
    Files.writeString(folder.resolve("no.pem"), "-----BEGIN PUBLIC KEY-----\nAAAA\n");
    assertEquals(3, check("no.pem"));
    assertEquals(3, check("absent.pem"));
  }

  private int check(String key) {
    PrintWriter writer = new PrintWriter(out, true);
    CommandLine line = VerifyMain.commandLine().setOut(writer).setErr(writer);
    return line.execute(
        "signature",
        "--key",
        folder.resolve(key).toString(),
        "--signature",
        folder.resolve("sums.sig").toString(),
        folder.resolve("sums").toString());
  }

  private void writeKey(String name, KeyPair pair) throws Exception {
    String base64 = Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded());
    Files.writeString(
        folder.resolve(name),
        "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n".formatted(base64));
  }
}
