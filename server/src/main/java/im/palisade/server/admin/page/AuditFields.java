package im.palisade.server.admin.page;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEventType.Severity;
import im.palisade.compliance.export.ExportFormat;
import im.palisade.server.admin.door.Meaning;
import im.palisade.server.admin.door.Within;
import im.palisade.server.admin.door.Word;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the calls of the audit log's page take and give. */
final class AuditFields {
  private AuditFields() {}

  /** Which end is shown first. */
  enum AuditOrder {
    NEWEST,
    OLDEST
  }

  /** The form of a file. */
  enum AuditForm implements Word {
    JSONL(ExportFormat.JSONL),
    CSV(ExportFormat.CSV),
    CEF(ExportFormat.CEF),
    SYSLOG(ExportFormat.SYSLOG),
    OCSF(ExportFormat.OCSF),
    ECS(ExportFormat.ECS);

    private final ExportFormat format;

    AuditForm(ExportFormat format) {
      this.format = format;
    }

    ExportFormat format() {
      return format;
    }

    @Override
    public String word() {
      return format.word();
    }
  }

  /** Logs. */
  @Meaning("The audit logs of the installation.")
  public record AuditLogs(
      @Meaning("by region") List<ListedLog> logs,
      @Meaning("where events are copied to") List<ListedForwarder> forwarders) {}

  /** A log. */
  @Meaning("A region's audit log.")
  public record ListedLog(
      @Meaning("region") String region,
      @Meaning("entries so far") long size,
      @Meaning("entries of them that cannot be found by a search yet") long unindexed,
      @Meaning("newest signed checkpoint; absent while the log cannot be opened")
          Optional<String> checkpoint,
      @Meaning("why it cannot be written; absent when it can") Optional<String> problem,
      @Meaning("why it cannot be searched; absent when it can") Optional<String> indexProblem) {}

  /** A forwarder. */
  @Meaning("A copy of a log for another system.")
  public record ListedForwarder(
      @Meaning("region") String region,
      @Meaning("syslog, https or folder") String name,
      @Meaning("where events go") String place,
      @Meaning("events that are not confirmed there yet") long behind,
      @Meaning("how old the oldest of them is, in seconds") long lagSeconds,
      @Meaning("why nothing is taken there; absent while it is") Optional<String> problem) {}

  /** What is looked for. */
  public record EntryQuery(
      @Meaning("region; default unless given") @Within(min = 1, max = 32) Optional<String> region,
      @Meaning("only of these types; one that ends with a dot means all that begin so")
          @Within(max = 20)
          List<String> type,
      @Meaning("only with these outcomes") @Within(max = 5) List<Outcome> outcome,
      @Meaning("only of these severities") @Within(max = 5) List<Severity> severity,
      @Meaning("only of this app") @Within(min = 1, max = Long.MAX_VALUE) Optional<Long> app,
      @Meaning("only by this pseudonym") @Within(min = 1, max = 128) Optional<String> actor,
      @Meaning("only upon something of this kind") @Within(min = 1, max = 64)
          Optional<String> targetKind,
      @Meaning("only upon this: a pseudonym of a person, an id of anything else")
          @Within(min = 1, max = 512)
          Optional<String> target,
      @Meaning("only by or upon the app's user of this UserID; needs app")
          @Within(min = 1, max = 32)
          Optional<String> user,
      @Meaning("only over this way") Optional<Channel> channel,
      @Meaning("only of this request") @Within(min = 1, max = 128) Optional<String> request,
      @Meaning("only of this case") @Within(min = 1, max = 128) Optional<String> caseId,
      @Meaning("not earlier than this") Optional<Instant> from,
      @Meaning("earlier than this") Optional<Instant> until,
      @Meaning("newest unless given") Optional<AuditOrder> order,
      @Meaning("next of the page before") @Within(min = 1, max = 100) Optional<String> after,
      @Meaning("how many; 50 unless given") @Within(min = 1, max = 200) Optional<Integer> limit) {}

  /** A page. */
  @Meaning("A page of the audit log.")
  public record EntryPage(
      @Meaning("in the order asked for") List<ShownEntry> entries,
      @Meaning("to be given as after for the next page; absent when there is none now")
          Optional<String> next,
      @Meaning("entries that fit, on all pages") long total,
      @Meaning("whether total is all; else there are at least that many") boolean exact,
      @Meaning("newest entries that cannot be found yet") long unindexed) {}

  /** An entry. */
  @Meaning("An entry of the audit log.")
  public record ShownEntry(
      @Meaning("epoch of the log") int epoch,
      @Meaning("its place in the epoch") long index,
      @Meaning("the event, as it was hashed") JsonNode event) {}

  /** Which entry. */
  public record OneEntry(
      @Meaning("region; default unless given") @Within(min = 1, max = 32) Optional<String> region,
      @Meaning("epoch; the newest unless given") @Within(min = 1, max = 1_000_000)
          Optional<Integer> epoch,
      @Meaning("its place in the epoch") @Within(max = 1L << 39) long index) {}

  /** An entry with its proof. */
  @Meaning("An entry with the proof that it is in the log.")
  public record ProvenEntry(
      @Meaning("the entry") ShownEntry entry,
      @Meaning("the very bytes that were hashed, as text") String canonical,
      @Meaning("inclusion proof in the format of C2SP tlog-proof; the auditor's verifier reads it")
          String proof,
      @Meaning("the signed checkpoint it leads to") String checkpoint) {}

  /** What is exported, and why. */
  public record ExportRequest(
      @Meaning(
              "what is looked for; its limit and after are those of the parts, 5000 a part at most")
          ExportQuery query,
      @Meaning("form of the file") AuditForm format,
      @Meaning("why it is needed; goes on record") @Within(min = 5, max = 200) String reason,
      @Meaning("case that it belongs to; goes on record") @Within(min = 1, max = 64)
          Optional<String> caseId) {}

  /** What is looked for. */
  public record ExportQuery(
      @Meaning("region; default unless given") @Within(min = 1, max = 32) Optional<String> region,
      @Meaning("only of these types; one that ends with a dot means all that begin so")
          @Within(max = 20)
          List<String> type,
      @Meaning("only with these outcomes") @Within(max = 5) List<Outcome> outcome,
      @Meaning("only of these severities") @Within(max = 5) List<Severity> severity,
      @Meaning("only of this app") @Within(min = 1, max = Long.MAX_VALUE) Optional<Long> app,
      @Meaning("only by this pseudonym") @Within(min = 1, max = 128) Optional<String> actor,
      @Meaning("only upon something of this kind") @Within(min = 1, max = 64)
          Optional<String> targetKind,
      @Meaning("only upon this: a pseudonym of a person, an id of anything else")
          @Within(min = 1, max = 512)
          Optional<String> target,
      @Meaning("only by or upon the app's user of this UserID; needs app")
          @Within(min = 1, max = 32)
          Optional<String> user,
      @Meaning("only over this way") Optional<Channel> channel,
      @Meaning("only of this request") @Within(min = 1, max = 128) Optional<String> request,
      @Meaning("only of this case") @Within(min = 1, max = 128) Optional<String> caseId,
      @Meaning("not earlier than this") Optional<Instant> from,
      @Meaning("earlier than this") Optional<Instant> until,
      @Meaning("oldest unless given") Optional<AuditOrder> order,
      @Meaning("next of the part before") @Within(min = 1, max = 100) Optional<String> after,
      @Meaning("events of a part; 5000 unless given") @Within(min = 1, max = 5000)
          Optional<Integer> limit) {

    EntryQuery fields() {
      return new EntryQuery(
          region,
          type,
          outcome,
          severity,
          app,
          actor,
          targetKind,
          target,
          user,
          channel,
          request,
          caseId,
          from,
          until,
          order.or(() -> Optional.of(AuditOrder.OLDEST)),
          after,
          limit.or(() -> Optional.of(5000)));
    }
  }

  /** A file. */
  @Meaning("Events of the audit log as a file, or one part of it.")
  public record ExportFile(
      @Meaning("name") String name,
      @Meaning("media type; UTF-8") String mediaType,
      @Meaning("what it holds") String content,
      @Meaning("events in it") int events,
      @Meaning("SHA-256 of its bytes, hexadecimal") String sha256,
      @Meaning("to be given as after for the next part; absent when this is the last")
          Optional<String> next,
      @Meaning("what it is, as JSON, to be kept beside it") String manifest) {}
}
