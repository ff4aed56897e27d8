/**
 * Live rooms (AVChatRoom, group-semantics §10): groups of which nothing is stored but the profile,
 * bans and admins. Who is there, and what is said, is kept in memory and lost with the process.
 */
package im.palisade.server.liveroom;
