package im.palisade.compliance.verify;

import java.util.Optional;

/**
 * Something a verifier found.
 *
 * @param file path in the log or pack, empty when it is about the whole
 */
public record Finding(Kind kind, String file, Optional<Span> span, String detail) {
  /** How bad it is. The order is that of the exit codes' precedence. */
  public enum Severity {
    /** Normal, worth knowing. */
    NOTICE,
    /**
     * Nothing speaks of a change of what was recorded, but not everything is there or confirmed.
     */
    INCOMPLETE,
    /** It cannot be read. */
    UNREADABLE,
    /** Evidence of change. */
    CHANGED
  }

  /** What was found. */
  public enum Kind {
    ENTRY_CHANGED(Severity.CHANGED, "these entries are not the ones that were signed"),
    ENTRY_REMOVED(Severity.CHANGED, "an entry was taken out, those behind it moved up"),
    ENTRY_INSERTED(Severity.CHANGED, "an entry was put in that was never signed"),
    ENTRIES_REORDERED(Severity.CHANGED, "entries stand in another order than when signed"),
    NOT_AN_EVENT(Severity.CHANGED, "an entry is not an event"),
    BUNDLE_CHANGED(Severity.CHANGED, "a bundle is not the one that was written"),
    BUNDLE_MISSING(Severity.CHANGED, "entries are gone and no pruning accounts for it"),
    TRUNCATED(Severity.CHANGED, "the log ends before what its own checkpoint signed"),
    ROLLED_BACK(Severity.CHANGED, "a checkpoint known elsewhere reaches further than the log"),
    FORKED(Severity.CHANGED, "a validly signed checkpoint belongs to another history"),
    ROOT_MISMATCH(Severity.CHANGED, "entries and hash tiles are not those that were signed"),
    CHECKPOINT_CHANGED(Severity.CHANGED, "a checkpoint is malformed or its signature is wrong"),
    CHECKPOINT_MISSING(Severity.CHANGED, "there is no checkpoint"),
    KEY_CHANGED(Severity.CHANGED, "a key file is not the one that was written"),
    KEY_UNTRUSTED(Severity.CHANGED, "no trusted key vouches for this key"),
    KEY_UNRECORDED(Severity.CHANGED, "a key came into use without its record in the log"),
    KEY_EXPIRED(Severity.CHANGED, "signed only by keys whose time had ended"),
    COUNTER_GAP(Severity.CHANGED, "events of a node are missing or repeated"),
    EPOCH_CHANGED(Severity.CHANGED, "what an epoch says of itself or the one before is not so"),
    EPOCH_MISSING(Severity.CHANGED, "an epoch is gone"),
    DIGEST_CHANGED(Severity.CHANGED, "a period digest is not the one that was signed"),
    DIGEST_MISSING(Severity.CHANGED, "a period digest is gone"),
    ANCHOR_CHANGED(Severity.CHANGED, "a receipt of an anchor is not the one that was given"),
    OBJECT_CHANGED(Severity.CHANGED, "an object is not the one that its name says"),
    JOURNAL_CHANGED(Severity.CHANGED, "the journal was changed"),
    PACK_CHANGED(Severity.CHANGED, "a file of the pack is not the one in its manifest"),
    PACK_SIGNATURE(Severity.CHANGED, "the manifest's signature is wrong"),
    PROOF_WRONG(Severity.CHANGED, "a proof does not hold"),
    CONTRADICTION(Severity.CHANGED, "two signed statements contradict each other"),
    COMMITMENT_WRONG(Severity.CHANGED, "a personal value is not the one committed to"),
    COPY_CHANGED(Severity.CHANGED, "a line of the copy is not what the log holds at its place"),
    COPY_UNKNOWN(Severity.CHANGED, "a line of the copy names no place in the log"),

    UNREADABLE(Severity.UNREADABLE, "it cannot be read"),

    DIGEST_UNFINISHED(
        Severity.INCOMPLETE, "the newest signature has no digest: not finished, or taken away"),
    NO_TRUSTED_KEY(
        Severity.INCOMPLETE,
        "no key was given by another path: a log replaced as a whole cannot be told from the real"
            + " one"),
    BUNDLE_DAMAGED(
        Severity.INCOMPLETE, "a bundle is damaged; what was signed stands in the journal too"),
    TILE_DAMAGED(Severity.INCOMPLETE, "a hash tile is damaged; it can be made anew"),
    TILE_MISSING(Severity.INCOMPLETE, "a hash tile is missing; it can be made anew"),
    MINIMUM_DAMAGED(Severity.INCOMPLETE, "the minimum index is damaged; the log records it"),
    SIDE_DAMAGED(Severity.INCOMPLETE, "side records are damaged; no proof depends on them"),
    WRITER_FILE_DAMAGED(Severity.INCOMPLETE, "a file of the writer is damaged; it is derived"),
    KEY_FILE_MISSING(Severity.INCOMPLETE, "a recorded key has no file; the log records it"),
    GAP_STATED(Severity.INCOMPLETE, "entries were lost and a new epoch says so"),
    NO_ANCHOR(Severity.INCOMPLETE, "fewer anchors than asked for"),
    ANCHOR_UNCHECKED(Severity.INCOMPLETE, "a receipt could not be checked"),
    CLOCK_CONTRADICTED(Severity.INCOMPLETE, "a clock outside contradicts the times of entries"),
    COPY_GAP(Severity.INCOMPLETE, "events between the first and the last of the copy are missing"),
    COPY_UNPROVED(Severity.INCOMPLETE, "the log no longer holds or proves what this line copies"),
    COMPLETENESS_UNPROVED(Severity.NOTICE, "each event is proved, not that none was left out"),

    CLOCK_WENT_BACK(Severity.NOTICE, "the clock of a node was set back"),
    EPOCH_BEGUN(Severity.NOTICE, "an epoch was begun and nothing of it is signed yet"),
    UNSIGNED_TAIL(Severity.NOTICE, "entries that no checkpoint covers yet"),
    TORN_TAIL(Severity.NOTICE, "a file ends within a record, as after a power failure"),
    PRUNED(Severity.NOTICE, "entries were pruned, with a record of it"),
    UNKNOWN_FILE(Severity.NOTICE, "not a file of the log; nothing depends on it");

    private final Severity severity;
    private final String meaning;

    Kind(Severity severity, String meaning) {
      this.severity = severity;
      this.meaning = meaning;
    }

    /** How bad it is. */
    public Severity severity() {
      return severity;
    }

    /** In words. */
    public String meaning() {
      return meaning;
    }
  }

  /** A finding about a file as a whole. */
  public static Finding of(Kind kind, String file, String detail) {
    return new Finding(kind, file, Optional.empty(), detail);
  }

  /** A finding about entries. */
  public static Finding of(Kind kind, String file, Span span, String detail) {
    return new Finding(kind, file, Optional.of(span), detail);
  }

  /** As one line. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(kind.name()).append(": ").append(kind.meaning());
    if (!file.isEmpty()) {
      out.append(", file ").append(file);
    }
    span.ifPresent(each -> out.append(", ").append(each));
    if (!detail.isEmpty()) {
      out.append(" (").append(detail).append(')');
    }
    return out.toString();
  }
}
