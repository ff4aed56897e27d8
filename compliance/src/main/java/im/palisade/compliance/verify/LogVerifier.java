package im.palisade.compliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.file.ReadOnlyDisk;
import im.palisade.compliance.file.ReadableFiles;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.verify.Finding.Kind;
import im.palisade.compliance.verify.Head.Origin;
import im.palisade.compliance.verify.StatementCheck.Pruned;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks a whole log, epoch by epoch: every entry against the tree, the tree against every signed
 * head, and what the log says of itself against what is there. Reads each entry once, keeps some 64
 * bytes for every 256 entries and works while the log's writer does.
 */
public final class LogVerifier {
  private final String what;
  private final ReadableFiles files;
  private final VerifyOptions options;
  private final Findings findings = new Findings();
  private final List<VerifyReport.Part> parts = new ArrayList<>();

  private LogVerifier(String what, ReadableFiles files, VerifyOptions options) {
    this.what = what;
    this.files = files;
    this.options = options;
  }

  /** Checks the log in a folder. */
  public static VerifyReport verify(Path folder, VerifyOptions options) {
    try {
      return verify(folder.toString(), new ReadOnlyDisk(folder), options);
    } catch (IOException e) {
      return unreadable(folder.toString(), e);
    }
  }

  /** Checks a log wherever its files are; {@code what} names it in the report. */
  public static VerifyReport verify(String what, ReadableFiles files, VerifyOptions options) {
    LogVerifier verifier = new LogVerifier(what, files, options);
    try {
      verifier.run();
    } catch (IOException e) {
      verifier.findings.add(Kind.UNREADABLE, "", String.valueOf(e.getMessage()));
    }
    return new VerifyReport(what, verifier.parts, verifier.findings.all());
  }

  private static VerifyReport unreadable(String what, IOException e) {
    return new VerifyReport(
        what, List.of(), List.of(Finding.of(Kind.UNREADABLE, what, String.valueOf(e))));
  }

  private void run() throws IOException {
    List<Integer> epochs = EpochFiles.epochs(files);
    if (epochs.isEmpty()) {
      findings.add(Kind.UNREADABLE, "", "no epoch of an audit log in " + what);
      return;
    }
    if (options.trusted().isEmpty()) {
      findings.add(Kind.NO_TRUSTED_KEY, "", "");
    }
    SideCheck side = new SideCheck(files, findings);
    side.top();
    Set<String> trusted = new HashSet<>();
    options.trusted().forEach(key -> trusted.add(EpochKeys.hex(key)));
    Optional<String> base = options.trusted().stream().map(key -> base(key.name())).findFirst();
    for (int number = 1; number < epochs.getFirst(); number++) {
      findings.add(Kind.EPOCH_MISSING, "", "epoch " + number);
    }
    List<EpochVerifier> verifiers = new ArrayList<>();
    int anchors = 0;
    for (int i = 0; i < epochs.size(); i++) {
      int number = epochs.get(i);
      EpochFiles epoch = new EpochFiles(files, number);
      Heads heads = new Heads(epoch, findings);
      heads.read(i + 1 == epochs.size());
      base = base.or(() -> heads.origin().map(LogVerifier::base));
      String origin = base.orElse("") + "/" + number;
      known(heads, origin);
      if (i + 1 < epochs.size()) {
        EpochFiles next = new EpochFiles(files, epochs.get(i + 1));
        EntryText.statedBy(next)
            .forEach(note -> heads.add(Origin.STATED, next.path("entry 0"), note));
        if (epochs.get(i + 1) != number + 1) {
          findings.add(Kind.EPOCH_MISSING, "", "between " + number + " and " + epochs.get(i + 1));
        }
      }
      EpochVerifier verifier = new EpochVerifier(epoch, origin, heads, trusted, options, findings);
      parts.add(verifier.run());
      verifiers.add(verifier);
      side.epoch(epoch);
      statement(number, verifier.previous());
      anchors = verifier.anchors();
    }
    List<Pruned> prunings = verifiers.stream().flatMap(each -> each.prunings().stream()).toList();
    verifiers.forEach(each -> each.judgePruning(prunings));
    if (anchors < options.anchorsWanted()) {
      findings.add(
          Kind.NO_ANCHOR, "", anchors + " of " + options.anchorsWanted() + " for the newest epoch");
    }
    strangers(base.orElse(""), new TreeSet<>(epochs));
  }

  private void known(Heads heads, String origin) {
    for (SignedNote note : options.known()) {
      if (Checkpoint.parse(note.text()).origin().equals(origin)) {
        heads.add(Origin.KNOWN, "known checkpoint", note);
      }
    }
  }

  /** Known checkpoints of epochs or logs that are not here. */
  private void strangers(String base, Set<Integer> epochs) {
    for (SignedNote note : options.known()) {
      String origin = Checkpoint.parse(note.text()).origin();
      boolean here = epochs.stream().anyMatch(number -> origin.equals(base + "/" + number));
      if (!here) {
        findings.add(
            base(origin).equals(base) ? Kind.EPOCH_MISSING : Kind.CONTRADICTION,
            "known checkpoint",
            "it is of " + origin + ", this log is " + base);
      }
    }
  }

  private void statement(int number, JsonNode previous) {
    if (!previous.isObject()) {
      return;
    }
    String origin = previous.path("origin").asText();
    if (!origin.endsWith("/" + (number - 1))) {
      findings.add(Kind.EPOCH_CHANGED, number + "/entry 0", Span.at(0), "it follows " + origin);
    }
    JsonNode gap = previous.path("gap");
    if (gap.isObject() && !options.acceptedGaps().contains(number)) {
      findings.add(
          Kind.GAP_STATED,
          Integer.toString(number - 1),
          new Span(gap.path("from").asLong(), gap.path("to").asLong()),
          "reason "
              + previous.path("reason").asText()
              + ", approved by "
              + gap.path("approver").asText());
    }
  }

  /** An origin or key name without its epoch. */
  static String base(String name) {
    return name.replaceFirst("/[1-9][0-9]{0,8}$", "");
  }

  /** Reads verifier keys, one a line; empty lines and those that begin with # are passed over. */
  public static List<VerifierKey> keys(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .map(VerifierKey::parse)
        .toList();
  }
}
