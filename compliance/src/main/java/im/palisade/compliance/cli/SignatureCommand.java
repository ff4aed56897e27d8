package im.palisade.compliance.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code palisade-verify signature}: who signed a file, an installation bundle's above all. */
@Command(
    name = "signature",
    mixinStandardHelpOptions = true,
    description = {
      "Check the Ed25519 signature of a file and print the fingerprint of the key: the first 32",
      "hexadecimal digits of the SHA-256 of its DER form."
    })
final class SignatureCommand implements Callable<Integer> {
  private static final int FINGERPRINT_DIGITS = 32;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "What was signed.")
  private Path file = Path.of("");

  @Option(names = "--key", required = true, paramLabel = "PEM", description = "The public key.")
  private Path key = Path.of("");

  @Option(names = "--signature", required = true, paramLabel = "FILE", description = "64 bytes.")
  private Path signature = Path.of("");

  @Override
  public Integer call() throws IOException {
    byte[] der = der(Files.readString(key));
    boolean good;
    try {
      PublicKey signer =
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
      Signature check = Signature.getInstance("Ed25519");
      check.initVerify(signer);
      check.update(Files.readAllBytes(file));
      good = check.verify(Files.readAllBytes(signature));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not an Ed25519 key and signature: " + e.getMessage(), e);
    }
    if (!good) {
      spec.commandLine().getErr().println("the signature does not fit");
      return 1;
    }
    spec.commandLine().getOut().println(fingerprint(der));
    return 0;
  }

  private static byte[] der(String pem) {
    return Base64.getMimeDecoder()
        .decode(pem.replaceAll("-----(BEGIN|END) PUBLIC KEY-----", "").strip());
  }

  private static String fingerprint(byte[] der) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(der);
      return HexFormat.of().formatHex(digest).substring(0, FINGERPRINT_DIGITS);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-256 is part of every Java", e);
    }
  }
}
