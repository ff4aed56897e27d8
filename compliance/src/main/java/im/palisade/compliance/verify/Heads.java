package im.palisade.compliance.verify;

import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.JournalView;
import im.palisade.compliance.verify.Finding.Kind;
import im.palisade.compliance.verify.Head.Origin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Gathers what claims to be a signed head of an epoch. Signatures are looked at later. */
final class Heads {
  private final EpochFiles epoch;
  private final Findings findings;
  private final List<Head> heads = new ArrayList<>();

  Heads(EpochFiles epoch, Findings findings) {
    this.epoch = epoch;
    this.findings = findings;
  }

  /**
   * Reads the newest checkpoint and the kept ones.
   *
   * @param isNewest whether no later epoch is there
   */
  void read(boolean isNewest) throws IOException {
    Optional<String> newest = epoch.text("checkpoint");
    if (newest.isEmpty()) {
      // The first entry of an epoch is durable a moment before its first checkpoint.
      boolean isBegun =
          isNewest
              && !epoch.isPublished()
              && JournalView.read(epoch.files(), epoch.epoch()).end() <= 1;
      findings.add(
          isBegun ? Kind.EPOCH_BEGUN : Kind.CHECKPOINT_MISSING, epoch.path("checkpoint"), "");
    } else {
      parse(Origin.NEWEST, epoch.path("checkpoint"), newest.get());
    }
    for (String name : epoch.list("checkpoints")) {
      String path = "checkpoints/" + name;
      Optional<Head> kept = parse(Origin.KEPT, epoch.path(path), epoch.text(path).orElse(""));
      if (kept.isPresent() && !name.equals(Long.toString(kept.get().size()))) {
        findings.add(
            Kind.CHECKPOINT_CHANGED, epoch.path(path), "it is of size " + kept.get().size());
      }
    }
  }

  /** Takes the text of a note for a head, if it is one. */
  Optional<Head> parse(Origin from, String source, String text) {
    try {
      SignedNote note = SignedNote.parse(text);
      if (!note.toString().equals(text)) {
        throw new IllegalArgumentException("not spelled as it is written");
      }
      return Optional.of(add(from, source, note));
    } catch (IllegalArgumentException e) {
      findings.add(Kind.CHECKPOINT_CHANGED, source, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** Takes a note for a head. */
  Head add(Origin from, String source, SignedNote note) {
    Head head = new Head(from, source, Checkpoint.parse(note.text()), note);
    heads.add(head);
    return head;
  }

  /** Takes what another signed text says of the tree. */
  void add(String source, Checkpoint checkpoint, SignedNote signed) {
    heads.add(new Head(Origin.KEPT, source, checkpoint, signed));
  }

  List<Head> all() {
    return List.copyOf(heads);
  }

  /** The origin that the epoch's own newest checkpoint claims, or any other head. */
  Optional<String> origin() {
    return heads.stream().map(head -> head.checkpoint().origin()).findFirst();
  }
}
