package im.palisade.compliance.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.file.DiskFiles;
import im.palisade.compliance.log.AuditLog;
import im.palisade.compliance.log.Events;
import im.palisade.compliance.log.LogReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two implementations, in Java and in Python, answer alike. */
class VectorsTest {
  private static final Path PYTHON = script();
  private static final Path VECTORS =
      PYTHON.resolve("../../src/main/resources/im/palisade/compliance/verify/vectors").normalize();

  @TempDir Path folder;

  @Test
  void everyVectorIsAnsweredRight() throws IOException {
    Vectors.Outcome outcome = Vectors.run();
    assertEquals(List.of(), outcome.wrong());
    assertTrue(outcome.total() > 500, outcome.total() + " vectors");
  }

  @Test
  void thePythonImplementationAnswersTheSameVectorsRight() throws Exception {
    List<String> args = new ArrayList<>(List.of("vectors"));
    Vectors.FILES.forEach(file -> args.add(VECTORS.resolve(file).toString()));
    assertEquals(0, python(args));
  }

  @Test
  void thePythonImplementationChecksLogsThatTheJavaOneWrote() throws Exception {
    Ed25519Signer old = Ed25519Signer.generate("test.palisade/eu-1/1");
    Path log = folder.resolve("log");
    String before;
    try (AuditLog writer = Events.open(new DiskFiles(log), old)) {
      Events.fill(writer, 300);
      before = writer.publish().toString();
      Events.fill(writer, 300);
      writer.publish();
      LogReader reader = LogReader.newest(new DiskFiles(log));
      Files.writeString(folder.resolve("proof"), reader.prove(257).toString());
      Files.write(folder.resolve("entry"), reader.entry(257).orElseThrow());
      List<String> hashes = new ArrayList<>();
      reader.consistency(301).forEach(h -> hashes.add(Base64.getEncoder().encodeToString(h)));
      Files.write(folder.resolve("hashes"), hashes);
    }
    Files.writeString(folder.resolve("before"), before);
    String key = old.verifierKey().line();
    String checkpoint = log.resolve("1/checkpoint").toString();
    assertEquals(0, python(List.of("log", log.toString(), "--key", key)));
    assertEquals(0, python(List.of("checkpoint", checkpoint, "--key", key)));
    assertEquals(0, python(List.of("proof", at("proof"), at("entry"), "--key", key)));
    assertEquals(
        0, python(List.of("consistency", at("before"), checkpoint, at("hashes"), "--key", key)));

    String other = Ed25519Signer.generate("test.palisade/eu-1/1").verifierKey().line();
    assertEquals(1, python(List.of("log", log.toString(), "--key", other)));
    assertEquals(
        1, python(List.of("consistency", checkpoint, at("before"), at("hashes"), "--key", key)));
    Path bundle = log.resolve("1/tile/entries/001");
    byte[] bytes = Files.readAllBytes(bundle);
    bytes[500] ^= 1;
    Files.write(bundle, bytes);
    assertEquals(1, python(List.of("log", log.toString(), "--key", key)));
    Files.writeString(folder.resolve("entry"), "{}");
    assertEquals(1, python(List.of("proof", at("proof"), at("entry"), "--key", key)));
    assertEquals(3, python(List.of("checkpoint", at("hashes"), "--key", key)));
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  private int python(List<String> args) throws Exception {
    List<String> command = new ArrayList<>(List.of("python3", PYTHON.toString()));
    command.addAll(args);
    Path output = Files.createTempFile(folder, "python", ".log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "python did not end");
    String said = Files.readString(output, StandardCharsets.UTF_8);
    assertTrue(!said.contains("Traceback"), said);
    return process.exitValue();
  }

  /** The tests run in the folder of a module or in the one above. */
  private static Path script() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("compliance/verify/palisade_verify.py"))) {
      root = java.util.Objects.requireNonNull(root.getParent(), "not in a checkout");
    }
    return root.resolve("compliance/verify/palisade_verify.py");
  }
}
