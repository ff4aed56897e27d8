package im.palisade.server.relation;

/** All SQL of relations. */
record RelationStores(
    RelationHeadStore heads,
    FriendStore friends,
    FriendRequestStore requests,
    BlockStore blocks,
    FollowStore follows) {
  RelationStores() {
    this(
        new RelationHeadStore(),
        new FriendStore(),
        new FriendRequestStore(),
        new BlockStore(),
        new FollowStore());
  }
}
