/**
 * What an account's devices hold: its conversation list, its groups, its relations, and how a
 * device that was away comes to hold the same as one that never left.
 */
package im.palisade.server.sync;
