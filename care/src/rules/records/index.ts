/**
 * Records: how one is parted, filed and put together again. Pure; what is sealed and where it is kept is not
 * decided here.
 *
 * @module
 */
export * from './calendar.ts';
export * from './freetext.ts';
export * from './kind.ts';
export * from './merge.ts';
export * from './partition.ts';
export * from './pseudonym.ts';
export * from './report.ts';
export * from './sensitive.ts';
export * from './subject.ts';
export * from './when.ts';
