package im.palisade.server.file;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the smaller forms of images (message-formats §1.3). What is no image this server can read,
 * such as WebP, keeps its original form only.
 */
final class Pictures {
  private static final Logger log = LoggerFactory.getLogger(Pictures.class);

  /** A picture of more would take too much memory, whatever it is; cameras make 200 million. */
  private static final long MAX_PIXELS = 250_000_000;

  /** Decoded at most, since larger ones are read leaving out pixels: some 16 MB each. */
  private static final int WORK_SIDE = 2 * FileName.Form.LARGE.longerSide();

  /** Scaling is work for the processor: no more at once than leave room for messages. */
  private final Semaphore turns =
      new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

  /** Width and height in pixels, and the file itself if it is another than the original. */
  record Picture(int width, int height, Optional<byte[]> jpeg) {}

  /**
   * What was found.
   *
   * @param format of rest-messages: 1 JPG, 2 GIF, 3 PNG, 4 BMP, 255 other
   */
  record Forms(int format, Map<FileName.Form, Picture> pictures) {}

  /** Reads an image and makes its smaller forms; empty when it cannot be read. */
  Optional<Forms> of(Path original) throws InterruptedException {
    turns.acquire();
    try (ImageInputStream in = ImageIO.createImageInputStream(original.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        return Optional.empty();
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        return forms(reader);
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) {
      // Readers throw anything at files that are broken, by chance or by intent.
      log.debug("an uploaded image cannot be read", e);
      return Optional.empty();
    } finally {
      turns.release();
    }
  }

  private static Optional<Forms> forms(ImageReader reader) throws IOException {
    int width = reader.getWidth(0);
    int height = reader.getHeight(0);
    int format =
        switch (reader.getFormatName().toLowerCase(Locale.ROOT)) {
          case "jpeg", "jpg" -> 1;
          case "gif" -> 2;
          case "png" -> 3;
          case "bmp" -> 4;
          default -> 255;
        };
    if (width < 1 || height < 1 || (long) width * height > MAX_PIXELS) {
      return Optional.empty();
    }
    ImageReadParam every = reader.getDefaultReadParam();
    int step = Math.max(1, Math.max(width, height) / WORK_SIDE);
    every.setSourceSubsampling(step, step, 0, 0);
    BufferedImage image = reader.read(0, every);
    Map<FileName.Form, Picture> pictures = new EnumMap<>(FileName.Form.class);
    for (FileName.Form form : FileName.Form.values()) {
      int longer = Math.max(width, height);
      if (form.longerSide() == 0 || longer <= form.longerSide()) {
        pictures.put(form, new Picture(width, height, Optional.empty()));
      } else {
        double scale = (double) form.longerSide() / longer;
        image =
            scaled(
                image,
                Math.max(1, (int) Math.round(width * scale)),
                Math.max(1, (int) Math.round(height * scale)));
        pictures.put(form, new Picture(image.getWidth(), image.getHeight(), jpeg(image)));
      }
    }
    return Optional.of(new Forms(format, pictures));
  }

  private static BufferedImage scaled(BufferedImage from, int width, int height) {
    BufferedImage to = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D draw = to.createGraphics();
    try {
      draw.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      // JPEG knows nothing transparent.
      draw.setColor(Color.WHITE);
      draw.fillRect(0, 0, width, height);
      draw.drawImage(from, 0, 0, width, height, null);
    } finally {
      draw.dispose();
    }
    return to;
  }

  private static Optional<byte[]> jpeg(BufferedImage image) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (!ImageIO.write(image, "jpeg", out)) {
      throw new IOException("no writer of JPEG");
    }
    return Optional.of(out.toByteArray());
  }
}
