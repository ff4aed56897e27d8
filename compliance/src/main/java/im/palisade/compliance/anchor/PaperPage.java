package im.palisade.compliance.anchor;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.event.EventEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/**
 * A page to print: the checkpoint as text and as a QR code of the same bytes, and lines for two
 * persons to sign. One HTML file without scripts or references.
 */
public final class PaperPage {
  private PaperPage() {}

  /** The page. */
  public static String html(SignedNote note, Instant printed) {
    return """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8"><title>Checkpoint of an audit log</title>
    <style>
    body { font: 11pt serif; margin: 2cm } pre { font: 9pt monospace; white-space: pre-wrap; overflow-wrap: anywhere }
    svg { width: 9cm; height: 9cm } td { padding: 1.2cm 2cm 0 0 }
    </style></head><body>
    <h1>Checkpoint of an audit log</h1>
    <p>Printed %s. The square holds exactly the text below, with a line feed at its end. Keep this page where
    nobody can exchange it. To check a log against it, scan the square into a file and run
    <code>palisade-verify verify-log DIR --key KEY --known FILE</code>.</p>
    <pre>%s</pre>
    %s
    <table><tr><td>Name, date, signature</td><td>Name, date, signature</td></tr></table>
    </body></html>
    """
        .formatted(EventEncoder.time(printed), escaped(note.toString()), svg(note.toString()));
  }

  /** The receipt of a page that was printed. */
  public static byte[] receipt(SignedNote note, String place, Instant printed) {
    return Receipt.of("paper", place, note.toString().getBytes(StandardCharsets.UTF_8), printed)
        .bytes();
  }

  private static String svg(String text) {
    try {
      BitMatrix code =
          new QRCodeWriter()
              .encode(
                  text,
                  BarcodeFormat.QR_CODE,
                  0,
                  0,
                  Map.of(
                      EncodeHintType.CHARACTER_SET,
                      "UTF-8",
                      EncodeHintType.ERROR_CORRECTION,
                      ErrorCorrectionLevel.M));
      StringBuilder path = new StringBuilder();
      for (int y = 0; y < code.getHeight(); y++) {
        for (int x = 0; x < code.getWidth(); x++) {
          if (code.get(x, y)) {
            path.append('M').append(x).append(' ').append(y).append("h1v1h-1z");
          }
        }
      }
      return "<svg viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\"><path d=\"%s\"/></svg>"
          .formatted(code.getWidth(), code.getHeight(), path);
    } catch (WriterException e) {
      throw new IllegalArgumentException("too long for one QR code", e);
    }
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
