/**
 * The log's entries in the forms that other systems read. Each line is made of the entry and its
 * place in the tree alone, so that a copy can be made again from the log and compared.
 */
package im.palisade.compliance.export;
