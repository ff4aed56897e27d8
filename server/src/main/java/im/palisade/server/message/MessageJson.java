package im.palisade.server.message;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Messages as clients see them (client-protocol, Receiving). Bodies are copied as the bytes they
 * are: nothing is parsed to deliver a message.
 */
public final class MessageJson {
  private static final byte[] CONVERSATION = ascii("{\"conversation\":\"");
  private static final byte[] SEQ = ascii("\",\"seq\":");
  private static final byte[] TIME = ascii(",\"time\":");
  private static final byte[] RANDOM = ascii(",\"random\":");
  private static final byte[] MSG_KEY = ascii(",\"msgKey\":\"");
  private static final byte[] FROM = ascii("\",\"from\":\"");
  private static final byte[] NICK = ascii("\",\"nick\":\"");
  private static final byte[] FACE_URL = ascii("\",\"faceUrl\":\"");
  private static final byte[] NAME_CARD = ascii(",\"nameCard\":\"");
  private static final byte[] PRIORITY = ascii(",\"priority\":\"");
  private static final byte[] MENTIONS = ascii(",\"mentions\":[");
  private static final byte[] TARGETED = ascii(",\"targeted\":true");
  private static final byte[] BODY = ascii("\",\"body\":");
  private static final byte[] CUSTOM = ascii(",\"cloudCustomData\":\"");
  private static final byte[] QUOTE = ascii("\"");
  private static final byte[] NEED_RECEIPT = ascii(",\"needReceipt\":true");
  private static final byte[] MARKED = ascii(",\"hasRiskContent\":true");
  private static final byte[] RECALLED = ascii(",\"recalled\":true");

  private static final byte[] NO_UNREAD = ascii(",\"noUnread\":true");
  private static final byte[] NO_LAST_MESSAGE = ascii(",\"noLastMessage\":true");
  private static final byte[] EXTENSIBLE = ascii(",\"extensible\":true");
  private static final byte[] RECEIPTED = ascii(",\"receipted\":true");
  private static final byte[] MODIFIED = ascii(",\"modified\":true");

  private MessageJson() {}

  /**
   * One message.
   *
   * @param conversation as the receiver names it, e.g. {@code C2Calice}
   */
  public record ClientMessage(
      String conversation,
      long seq,
      MsgKey key,
      String from,
      String nick,
      String faceUrl,
      MessageBody body,
      int flags) {}

  /** {@code {"messages":[…]}}. */
  public static byte[] newMessage(ClientMessage message) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256 + message.body().elements().length);
    out.writeBytes(ascii("{\"messages\":["));
    write(out, message);
    out.writeBytes(ascii("]}"));
    return out.toByteArray();
  }

  /** One message object. A recalled message keeps its place and loses its body. */
  public static void write(ByteArrayOutputStream out, ClientMessage message) {
    out.writeBytes(CONVERSATION);
    quoted(out, message.conversation());
    out.writeBytes(SEQ);
    out.writeBytes(ascii(Long.toString(message.seq())));
    out.writeBytes(TIME);
    out.writeBytes(ascii(Long.toString(message.key().time())));
    out.writeBytes(RANDOM);
    out.writeBytes(ascii(Long.toString(message.key().random())));
    out.writeBytes(MSG_KEY);
    out.writeBytes(ascii(message.key().toString()));
    out.writeBytes(FROM);
    quoted(out, message.from());
    if (!message.nick().isEmpty()) {
      out.writeBytes(NICK);
      quoted(out, message.nick());
    }
    if (!message.faceUrl().isEmpty()) {
      out.writeBytes(FACE_URL);
      quoted(out, message.faceUrl());
    }
    boolean recalled = MessageFlags.has(message.flags(), MessageFlags.RECALLED);
    out.writeBytes(BODY);
    out.writeBytes(recalled ? ascii("[]") : message.body().elements());
    if (!recalled && message.body().cloudCustomData().isPresent()) {
      out.writeBytes(CUSTOM);
      quoted(out, message.body().cloudCustomData().get());
      out.writeBytes(QUOTE);
    }
    note(out, message.body().note());
    if (MessageFlags.has(message.flags(), MessageFlags.TARGETED)) {
      out.writeBytes(TARGETED);
    }
    if (MessageFlags.has(message.flags(), MessageFlags.NEEDS_RECEIPT)) {
      out.writeBytes(NEED_RECEIPT);
    }
    if (message.seq() > 0 && !MessageFlags.has(message.flags(), MessageFlags.COUNTED)) {
      out.writeBytes(NO_UNREAD);
    }
    if (MessageFlags.has(message.flags(), MessageFlags.NOT_LAST)) {
      out.writeBytes(NO_LAST_MESSAGE);
    }
    if (MessageFlags.has(message.flags(), MessageFlags.EXTENSIBLE)) {
      out.writeBytes(EXTENSIBLE);
    }
    if (MessageFlags.has(message.flags(), MessageFlags.RECEIPT_GIVEN)) {
      out.writeBytes(RECEIPTED);
    }
    if (MessageFlags.has(message.flags(), MessageFlags.MARKED)) {
      out.writeBytes(MARKED);
    }
    if (recalled) {
      out.writeBytes(RECALLED);
    } else if (MessageFlags.has(message.flags(), MessageFlags.MODIFIED)) {
      out.writeBytes(MODIFIED);
    }
    out.write('}');
  }

  private static void note(ByteArrayOutputStream out, GroupNote note) {
    if (!note.nameCard().isEmpty()) {
      out.writeBytes(NAME_CARD);
      quoted(out, note.nameCard());
      out.writeBytes(QUOTE);
    }
    if (note.priority() != Priority.NORMAL) {
      out.writeBytes(PRIORITY);
      out.writeBytes(ascii(note.priority().wireName()));
      out.writeBytes(QUOTE);
    }
    if (!note.mentions().isEmpty()) {
      out.writeBytes(MENTIONS);
      String separator = "";
      for (String mention : note.mentions()) {
        out.writeBytes(ascii(separator + "\""));
        quoted(out, mention);
        out.writeBytes(QUOTE);
        separator = ",";
      }
      out.write(']');
    }
  }

  private static void quoted(ByteArrayOutputStream out, String text) {
    out.writeBytes(JsonStringEncoder.getInstance().quoteAsUTF8(text));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
