package im.palisade.server.message;

/** What a writer's lane takes in turn. */
sealed interface LaneItem permits Submission, OrderedTask {
  /** It was not taken: the server is stopping or the queue is full. Must not block. */
  void overloaded();
}
