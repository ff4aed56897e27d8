package im.palisade.server.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The WebSocket frames of one connection: puts fragments together and parses the JSON. */
final class Frames extends ChannelInboundHandlerAdapter {
  /** Longest message a client may send, fragments together. */
  static final int MAX_BYTES = 64 << 10;

  private static final Logger LOG = LoggerFactory.getLogger(Frames.class);

  private final Connection connection;

  /** The message so far; null outside a fragmented message. */
  private ByteBuf fragments;

  Frames(Connection connection) {
    this.connection = connection;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (message instanceof CloseWebSocketFrame close) {
        connection.peerCloses(close.statusCode());
      } else if (!(message instanceof WebSocketFrame frame)) {
        // Bytes that came with the upgrade request: clients must await the answer (RFC 6455 §4.1).
        connection.shut(CloseCode.PROTOCOL_ERROR, CloseCause.VIOLATION);
      } else if (connection.phase() != Connection.Phase.CLOSING && connection.admitFrame()) {
        receive(context, frame);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void receive(ChannelHandlerContext context, WebSocketFrame frame) {
    switch (frame) {
      case TextWebSocketFrame text when text.isFinalFragment() -> message(text.content());
      case TextWebSocketFrame text -> fragment(context, text.content(), false);
      case ContinuationWebSocketFrame more ->
          fragment(context, more.content(), more.isFinalFragment());
      case PingWebSocketFrame ping ->
          connection.deliver(EncodedFrame.pong(ByteBufUtil.getBytes(ping.content())), false);
      case PongWebSocketFrame pong -> {}
      default -> connection.shut(CloseCode.MALFORMED, CloseCause.VIOLATION);
    }
  }

  private void fragment(ChannelHandlerContext context, ByteBuf content, boolean last) {
    if (fragments == null) {
      fragments = context.alloc().buffer(content.readableBytes());
    }
    if (fragments.readableBytes() + content.readableBytes() > MAX_BYTES) {
      connection.shut(CloseCode.TOO_LARGE, CloseCause.VIOLATION);
      forgetFragments();
      return;
    }
    fragments.writeBytes(content);
    if (last) {
      try {
        message(fragments);
      } finally {
        forgetFragments();
      }
    }
  }

  private void message(ByteBuf text) {
    // Jackson lets overlong forms and surrogates pass.
    Optional<ObjectNode> object =
        ByteBufUtil.isText(text, StandardCharsets.UTF_8)
            ? connection.shard().parse(text)
            : Optional.empty();
    if (object.isPresent()) {
      connection.requests().receive(connection, object.get(), Math.max(1, text.readableBytes()));
    } else {
      connection.shut(CloseCode.MALFORMED, CloseCause.VIOLATION);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    connection.resume();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    switch (cause) {
      case CorruptedWebSocketFrameException violation ->
          connection.shut(
              violation.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)
                  ? CloseCode.TOO_LARGE
                  : CloseCode.PROTOCOL_ERROR,
              CloseCause.VIOLATION);
      case IOException lost -> connection.abort();
      default -> {
        LOG.error("connection {} failed", connection, cause);
        connection.shut(CloseCode.INTERNAL_ERROR, CloseCause.LOST);
      }
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    forgetFragments();
  }

  private void forgetFragments() {
    if (fragments != null) {
      fragments.release();
      fragments = null;
    }
  }
}
