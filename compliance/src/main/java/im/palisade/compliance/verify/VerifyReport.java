package im.palisade.compliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.verify.Finding.Severity;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What came of a verification.
 *
 * @param what file or folder that was checked
 */
public record VerifyReport(String what, List<Part> parts, List<Finding> findings) {
  /**
   * An epoch of a log, or a pack.
   *
   * @param origin empty when no checkpoint could be read
   * @param signedBy ids of the keys whose signature of the newest checkpoint holds
   * @param cosignedBy names of the witnesses, and of time stamp authorities, that vouch for it
   * @param checked entries that were hashed
   * @param trustworthy what is proved by a signature of a trusted key and still there
   */
  public record Part(
      String origin,
      long size,
      String root,
      List<String> signedBy,
      List<String> cosignedBy,
      long checked,
      List<Span> trustworthy) {
    public Part {
      signedBy = List.copyOf(signedBy);
      cosignedBy = List.copyOf(cosignedBy);
      trustworthy = List.copyOf(trustworthy);
    }
  }

  public VerifyReport {
    parts = List.copyOf(parts);
    findings = List.copyOf(findings);
  }

  /** The worst there is; NOTICE when all is good. */
  public Severity severity() {
    return findings.stream()
        .map(finding -> finding.kind().severity())
        .max(Comparator.naturalOrder())
        .orElse(Severity.NOTICE);
  }

  /** 0 good, 1 evidence of change, 2 incomplete, 3 cannot be read. */
  public int exitCode() {
    return switch (severity()) {
      case NOTICE -> 0;
      case CHANGED -> 1;
      case INCOMPLETE -> 2;
      case UNREADABLE -> 3;
    };
  }

  /** {@code good}, {@code changed}, {@code incomplete} or {@code unreadable}. */
  public String result() {
    return severity() == Severity.NOTICE ? "good" : severity().name().toLowerCase(Locale.ROOT);
  }

  /** For machines. */
  public JsonNode json() {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("result", result()).put("exit", exitCode()).put("what", what);
    ArrayNode partNodes = out.putArray("parts");
    for (Part part : parts) {
      ObjectNode node = partNodes.addObject();
      node.put("origin", part.origin()).put("size", part.size()).put("root", part.root());
      part.signedBy().forEach(node.putArray("signedBy")::add);
      part.cosignedBy().forEach(node.putArray("cosignedBy")::add);
      node.put("checked", part.checked());
      ArrayNode trustworthy = node.putArray("trustworthy");
      part.trustworthy().forEach(span -> trustworthy.addArray().add(span.from()).add(span.to()));
    }
    ArrayNode findingNodes = out.putArray("findings");
    for (Finding finding : findings) {
      ObjectNode node = findingNodes.addObject();
      node.put("kind", finding.kind().name());
      node.put("severity", finding.kind().severity().name().toLowerCase(Locale.ROOT));
      node.put("meaning", finding.kind().meaning()).put("file", finding.file());
      finding.span().ifPresent(span -> node.put("from", span.from()).put("to", span.to()));
      node.put("detail", finding.detail());
    }
    return out;
  }

  /** For people. */
  public String text() {
    StringBuilder out = new StringBuilder();
    for (Part part : parts) {
      out.append(part.origin().isEmpty() ? "(no checkpoint)" : part.origin());
      out.append(": ").append(part.size()).append(" entries, ").append(part.checked());
      out.append(" hashed, root ").append(part.root()).append('\n');
      out.append("  signed by ").append(names(part.signedBy()));
      out.append("; vouched for by ").append(names(part.cosignedBy())).append('\n');
      out.append("  trustworthy: ").append(spans(part.trustworthy())).append('\n');
    }
    for (Severity severity :
        List.of(Severity.CHANGED, Severity.UNREADABLE, Severity.INCOMPLETE, Severity.NOTICE)) {
      for (Finding finding : findings) {
        if (finding.kind().severity() == severity) {
          out.append(severity.name().toLowerCase(Locale.ROOT)).append(' ').append(finding);
          out.append('\n');
        }
      }
    }
    out.append(
        switch (severity()) {
          case NOTICE -> "GOOD: everything checked is what was signed.";
          case CHANGED -> "CHANGED: there is evidence of change.";
          case INCOMPLETE -> "INCOMPLETE: no evidence of change, but not everything is confirmed.";
          case UNREADABLE -> "UNREADABLE: it could not be checked.";
        });
    return out.append('\n').toString();
  }

  private static String names(List<String> names) {
    return names.isEmpty() ? "nobody" : String.join(", ", names);
  }

  private static String spans(List<Span> spans) {
    if (spans.isEmpty()) {
      return "nothing";
    }
    StringBuilder out = new StringBuilder();
    spans.stream().limit(20).forEach(span -> out.append(out.isEmpty() ? "" : ", ").append(span));
    return spans.size() > 20
        ? out + " and " + (spans.size() - 20) + " more ranges"
        : out.toString();
  }
}
