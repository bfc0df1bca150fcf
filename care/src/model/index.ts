export * from './error.ts';
export * from './json.ts';
export * from './r4/index.ts';
export * from './reading.ts';
export * from './record.ts';
export * from './resource.ts';
export * from './sign.ts';
export * from './urgency.ts';
