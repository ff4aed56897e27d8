package im.palisade.compliance.cli;

import im.palisade.compliance.file.DiskFiles;
import im.palisade.compliance.fsck.Fsck;
import im.palisade.compliance.verify.LogVerifier;
import im.palisade.compliance.verify.VerifyReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code palisade audit fsck} and {@code palisade-verify fsck}. */
@Command(
    name = "fsck",
    mixinStandardHelpOptions = true,
    description = {
      "Check a log and, with --mend, make anew what follows from the rest: hash tiles, bundles"
          + " that",
      "the journal still holds, the minimum index, the writer's own files. What was signed is"
          + " never",
      "touched. Stop the server before you mend."
    })
public final class FsckCommand extends ReportCommand {
  @Parameters(paramLabel = "DIR", description = "Folder of the log.")
  Path folder = Path.of("");

  @Option(names = "--mend", description = "Write the files that can be made anew.")
  boolean mend;

  @Override
  VerifyReport report() throws IOException {
    if (!mend) {
      return LogVerifier.verify(folder, trust.options());
    }
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(folder.toString());
    }
    Fsck.Result result = Fsck.mend(folder.toString(), new DiskFiles(folder), trust.options());
    if (!json) {
      result.mended().forEach(file -> spec.commandLine().getOut().println("mended " + file));
    }
    return result.report();
  }
}
