/**
 * A wearable: a sensor that invents, files that replay, and strips to send.
 *
 * @module
 */
export { type BadLine, type CsvMapping, csvReadings, dexcomClarity } from './csv.ts';
export { type ReplayOptions, replay } from './replay.ts';
export { type Episode, type Person, type Sensor, type SensorOptions, sensor } from './sensor.ts';
export { type Strip, type StripOptions, strips } from './strips.ts';
export { openWfdb, type WfdbBlock, type WfdbHeader, type WfdbRecord, wfdbReadings } from './wfdb.ts';
