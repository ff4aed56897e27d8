package im.palisade.compliance.verify;

import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.verify.Finding.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Looks for what two packs of one log say differently: two histories shown to two people. */
public final class PackDiff {
  private PackDiff() {}

  /** Checks both and compares them. */
  public static VerifyReport diff(Path first, Path second, VerifyOptions options) {
    VerifyReport one = PackVerifier.verify(first, options);
    VerifyReport two = PackVerifier.verify(second, options);
    Findings findings = new Findings();
    one.findings().forEach(findings::add);
    two.findings().forEach(findings::add);
    try (PackFile a = new PackFile(first);
        PackFile b = new PackFile(second)) {
      Checkpoint headA = Checkpoint.parse(SignedNote.parse(a.text("checkpoint")).text());
      Checkpoint headB = Checkpoint.parse(SignedNote.parse(b.text("checkpoint")).text());
      if (!headA.origin().equals(headB.origin())) {
        findings.add(Kind.CONTRADICTION, "", headA.origin() + " and " + headB.origin());
      } else {
        if (headA.size() == headB.size() && !headA.equals(headB)) {
          findings.add(Kind.FORKED, "checkpoint", new Span(0, headA.size()), "");
        }
        events(a, b, findings);
      }
    } catch (IOException | IllegalArgumentException e) {
      findings.add(Kind.UNREADABLE, "", String.valueOf(e.getMessage()));
    }
    List<VerifyReport.Part> parts = new ArrayList<>(one.parts());
    parts.addAll(two.parts());
    return new VerifyReport(first + " and " + second, parts, findings.all());
  }

  private static void events(PackFile a, PackFile b, Findings findings) throws IOException {
    try (Cursor one = new Cursor(a);
        Cursor two = new Cursor(b)) {
      while (one.index >= 0 && two.index >= 0) {
        if (one.index == two.index && !Arrays.equals(one.entry, two.entry)) {
          findings.add(Kind.CONTRADICTION, "events.jsonl", Span.at(one.index), "");
        }
        long behind = Math.min(one.index, two.index);
        if (one.index == behind) {
          one.advance();
        }
        if (two.index == behind) {
          two.advance();
        }
      }
    }
  }

  private static final class Cursor implements AutoCloseable {
    private final PackFile.Lines entries;
    private final PackFile.Lines indexes;
    private long index;
    private byte[] entry = new byte[0];

    Cursor(PackFile pack) throws IOException {
      entries = pack.lines("events.jsonl");
      indexes = pack.lines("events.idx");
      advance();
    }

    void advance() throws IOException {
      Optional<byte[]> line = indexes.next();
      Optional<byte[]> next = entries.next();
      index =
          line.map(text -> Long.parseLong(new String(text, StandardCharsets.US_ASCII))).orElse(-1L);
      entry = next.orElse(new byte[0]);
    }

    @Override
    public void close() throws IOException {
      entries.close();
      indexes.close();
    }
  }
}
