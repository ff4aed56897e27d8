package im.palisade.compliance.cli;

import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.verify.LogVerifier;
import im.palisade.compliance.verify.VerifyOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Options by which the user says whom to trust. */
final class Trust {
  @Option(
      names = "--key",
      paramLabel = "FILE|KEY",
      description =
          "Public key of the log, from another path than the log itself: a verifier key line or a"
              + " file of such lines. Without it nothing can be called good.")
  List<String> keys = new ArrayList<>();

  @Option(
      names = "--witness",
      paramLabel = "FILE|KEY",
      description = "Public key of a witness whose cosignatures count.")
  List<String> witnesses = new ArrayList<>();

  @Option(
      names = {"--known", "--from"},
      paramLabel = "FILE|DIR",
      description = "A checkpoint that you kept, or a folder of them: the log must continue each.")
  List<Path> known = new ArrayList<>();

  @Option(
      names = "--tsa",
      paramLabel = "FILE",
      description = "Certificate (PEM or DER) of a time stamp authority or its issuer.")
  List<Path> authorities = new ArrayList<>();

  @Option(
      names = "--anchors",
      paramLabel = "N",
      description = "How many anchors must vouch for the newest epoch; default 0.")
  int anchors;

  @Option(
      names = "--accept-gap",
      paramLabel = "EPOCH",
      description = "An epoch whose stated loss of entries you have looked into.")
  Set<Integer> gaps = new HashSet<>();

  @Option(names = "--schema", description = "Hold each entry against the event schema too.")
  boolean schema;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that hash; default one for each processor.")
  int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--tolerance",
      paramLabel = "SECONDS",
      description = "How far clocks may be apart before it is said; default 3600.")
  long tolerance = 3600;

  VerifyOptions options() throws IOException {
    return new VerifyOptions(
        keys(keys),
        keys(witnesses),
        notes(known),
        certificates(authorities),
        anchors,
        gaps,
        schema,
        Math.max(1, threads),
        Duration.ofSeconds(tolerance));
  }

  private static List<VerifierKey> keys(List<String> given) throws IOException {
    List<VerifierKey> keys = new ArrayList<>();
    for (String one : given) {
      Path file = Path.of(one);
      boolean line = one.indexOf('+') > 0 && !Files.exists(file);
      try {
        keys.addAll(LogVerifier.keys(line ? one : Files.readString(file)));
      } catch (IllegalArgumentException e) {
        throw new IOException("not a verifier key: " + one, e);
      }
    }
    return keys;
  }

  static List<SignedNote> notes(List<Path> given) throws IOException {
    List<SignedNote> notes = new ArrayList<>();
    for (Path path : given) {
      List<Path> files = List.of(path);
      if (Files.isDirectory(path)) {
        try (Stream<Path> all = Files.walk(path)) {
          files = all.filter(Files::isRegularFile).sorted().toList();
        }
      }
      for (Path file : files) {
        try {
          notes.add(SignedNote.parse(Files.readString(file)));
        } catch (IllegalArgumentException e) {
          throw new IOException("not a checkpoint: " + file, e);
        }
      }
    }
    return notes;
  }

  static List<X509Certificate> certificates(List<Path> given) throws IOException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Path file : given) {
      try (InputStream in = Files.newInputStream(file)) {
        CertificateFactory.getInstance("X.509")
            .generateCertificates(in)
            .forEach(each -> certificates.add((X509Certificate) each));
      } catch (CertificateException e) {
        throw new IOException("not a certificate: " + file, e);
      }
    }
    return certificates;
  }
}
