/**
 * Groups and who belongs to them (group-semantics): the rules of every type as one table, profiles,
 * members, roles, mutes, attributes, counters and topics, for REST and for clients alike.
 */
package im.palisade.server.group;
