/**
 * Messages of groups and topics: sending, history, changes, how far members have read, receipts.
 * What a group is and who belongs to it is the business of {@code group}; sequence, store and
 * delivery are those of {@code message}.
 */
package im.palisade.server.groupmessage;
