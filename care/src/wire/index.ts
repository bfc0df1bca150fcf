export * from './codec.ts';
export * from './connect.ts';
export * from './contract/kit.ts';
export * from './events.ts';
export * from './explain.ts';
export * from './openapi.ts';
export * from './problem.ts';
export * from './serve.ts';
export type { StreamEnd, StreamPatience } from './serve-stream.ts';
