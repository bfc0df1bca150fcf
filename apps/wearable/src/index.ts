/**
 * A wearable: a sensor that invents, files and notifications that are read, and strips to send.
 *
 * @module
 */
export { type BadLine, type CsvMapping, csvReadings, dexcomClarity } from './csv.ts';
export { type Format, type FormatOptions, formats, type LeftOut, openRecording, type Recording } from './formats.ts';
export { type GattOptions, gattCharacteristics, gattReadings, type Notified } from './gatt.ts';
export { type ReplayOptions, replay } from './replay.ts';
export { type Episode, type Person, type Sensor, type SensorOptions, sensor } from './sensor.ts';
export { type Strip, type StripOptions, strips } from './strips.ts';
export { openWfdb, type WfdbBlock, type WfdbHeader, type WfdbRecord, wfdbReadings } from './wfdb.ts';
