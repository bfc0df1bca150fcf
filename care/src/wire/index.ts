export * from './codec.ts';
export * from './connect.ts';
export * from './contract/kit.ts';
export * from './explain.ts';
export * from './openapi.ts';
export * from './problem.ts';
export * from './serve.ts';
