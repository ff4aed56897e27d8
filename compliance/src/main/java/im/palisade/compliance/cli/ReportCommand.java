package im.palisade.compliance.cli;

import im.palisade.compliance.verify.VerifyReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command whose outcome is a report; its exit code is the command's. */
abstract class ReportCommand implements Callable<Integer> {
  @Mixin Trust trust = new Trust();

  @Option(names = "--json", description = "Print the report as JSON.")
  boolean json;

  @Spec CommandSpec spec;

  abstract VerifyReport report() throws IOException;

  @Override
  public Integer call() throws IOException {
    VerifyReport report = report();
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? report.json().toPrettyString() + "\n" : report.text());
    out.flush();
    return report.exitCode();
  }
}
