/**
 * Every file of the recorded signals, and what comes of opening it. For tests only.
 *
 * @module
 */
import type { FormatOptions } from './formats.ts';

export type Opening = {
  /** Undefined for what is not a recording: statements about the others, schemas, documents in one file. */
  readonly format: string | undefined;
  /** How many readings it gives. */
  readonly readings?: number;
  /** What is damaged in it. */
  readonly refused?: string;
  /** What has to be said to read it. */
  readonly options?: Partial<FormatOptions>;
};

const ecg = (frequency: number, decimals = 3) => ({ frequency, leads: [{ column: 0, name: 'ECG', unit: 'mV', decimals }] });

export const openings: ReadonlyMap<string, Opening> = new Map<string, Opening>([
  ['SOURCE.md', { format: undefined }],
  [
    'apple-health/expected-ActivitySummary.csv',
    {
      format: 'CSV',
      readings: 2,
      options: {
        mapping: {
          time: { column: 'dateComponents' },
          signs: [],
          others: [{ column: 'activeEnergyBurned', name: 'energy', unit: 'kcal' }],
        },
      },
    },
  ],
  [
    'apple-health/expected-DistanceWalkingRunning.csv',
    {
      format: 'CSV',
      readings: 5,
      options: { mapping: { time: { column: 'startDate' }, signs: [], others: [{ column: 'value', name: 'distance', unit: 'km' }] } },
    },
  ],
  [
    'apple-health/expected-StepCount.csv',
    {
      format: 'CSV',
      readings: 10,
      options: { mapping: { time: { column: 'startDate' }, signs: [{ sign: 'steps', columns: ['value'] }] } },
    },
  ],
  [
    'apple-health/expected-Workout.csv',
    {
      format: 'CSV',
      readings: 1,
      options: { mapping: { time: { column: 'startDate' }, signs: [], others: [{ column: 'duration', name: 'workout', unit: 'min' }] } },
    },
  ],
  ['apple-health/export6s3sample.xml', { format: 'Apple Health', readings: 30 }],
  ['cgm/dexcom-clarity.csv', { format: 'CSV', readings: 2_148 }],
  ['cgm/nightscout/aaps-patterns.json', { format: 'Nightscout entries', readings: 6 }],
  ['cgm/nightscout/example.json', { format: 'Nightscout entries', readings: 30 }],
  ['fit/2013-02-06-12-11-14.fit', { format: 'FIT', readings: 2_360 }],
  ['fit/2015-10-13-08-43-15.fit', { format: 'FIT', readings: 663 }],
  ['fit/Activity.fit', { format: 'FIT', readings: 42 }],
  ['fit/DeveloperData.fit', { format: 'FIT', readings: 15 }],
  ['fit/Settings.fit', { format: 'FIT', readings: 0 }],
  ['fit/Settings2.fit', { format: 'FIT', readings: 0 }],
  ['fit/WeightScaleSingleUser.fit', { format: 'FIT', readings: 4 }],
  ['fit/WorkoutCustomTargetValues.fit', { format: 'FIT', readings: 0 }],
  ['fit/WorkoutIndividualSteps.fit', { format: 'FIT', readings: 0 }],
  ['fit/WorkoutRepeatGreaterThanStep.fit', { format: 'FIT', readings: 0 }],
  ['fit/WorkoutRepeatSteps.fit', { format: 'FIT', readings: 0 }],
  ['fit/activity-activity-filecrc.fit', { format: 'FIT', refused: 'the file in it at byte 771 has a wrong checksum: it was changed' }],
  ['fit/activity-filecrc.fit', { format: 'FIT', refused: 'it has a wrong checksum: it was changed' }],
  ['fit/activity-settings-corruptheader.fit', { format: 'FIT', refused: 'the file in it at byte 771 has no FIT header' }],
  ['fit/activity-settings-nodata.fit', { format: 'FIT', refused: 'the file in it at byte 771 is cut short: 15 of 82 bytes' }],
  ['fit/activity-settings.fit', { format: 'FIT', readings: 42 }],
  ['fit/activity-small-fenix2-run.fit', { format: 'FIT', readings: 22_332 }],
  ['fit/antfs-dump.63.fit', { format: 'FIT', readings: 685 }],
  [
    'fit/compressed-speed-distance-records.csv',
    {
      format: 'CSV',
      readings: 754,
      options: { mapping: { time: { column: 'Timestamp', as: 'elapsed-s' }, signs: [{ sign: 'heart-rate', columns: ['Heart Rate'] }] } },
    },
  ],
  ['fit/compressed-speed-distance.fit', { format: 'FIT', readings: 3_015 }],
  ['fit/elemnt-bolt-no-application-id-inside-developer-data-id.fit', { format: 'FIT', readings: 994 }],
  ['fit/event_timestamp.fit', { format: 'FIT', readings: 394 }],
  ['fit/garmin-edge-500-activity-records.csv.gz', { format: 'CSV', readings: 64_116 }],
  ['fit/garmin-edge-500-activity.fit', { format: 'FIT', readings: 63_995 }],
  ['fit/garmin-fenix-5-bike-records.csv', { format: 'CSV', readings: 95 }],
  ['fit/garmin-fenix-5-bike.fit', { format: 'FIT', readings: 114 }],
  ['fit/garmin-fenix-5-walk-records.csv', { format: 'CSV', readings: 102 }],
  ['fit/garmin-fenix-5-walk.fit', { format: 'FIT', readings: 304 }],
  ['fit/null_compressed_speed_dist.fit', { format: 'FIT', readings: 9_040 }],
  ['fit/sample-activity-indoor-trainer.fit', { format: 'FIT', readings: 11_230 }],
  ['fit/sample-activity.fit', { format: 'FIT', readings: 18_505 }],
  ['fit/strava-android-app-201.10-b1218918.fit', { format: 'FIT', refused: 'it is cut short: 78233 of 78252 bytes' }],
  ['fitbit/dailyActivity_merged.csv', { format: 'CSV', readings: 6_396 }],
  ['fitbit/hourlyCalories_merged.csv', { format: 'CSV', readings: 11_581 }],
  ['fitbit/hourlyIntensities_merged.csv', { format: 'CSV', readings: 23_162 }],
  ['fitbit/sleepDay_merged.csv', { format: 'CSV', readings: 603 }],
  ['fitbit/weightLogInfo_merged.csv', { format: 'CSV', readings: 85 }],
  ['omh-schema-testdata.json', { format: undefined }],
  ['omh-schemas.json.gz', { format: undefined }],
  ['ppg-ecg-csv/118e24.csv', { format: 'CSV', readings: 12, options: { mapping: ecg(360) } }],
  ['ppg-ecg-csv/118e24_ann.csv', { format: undefined }],
  ['ppg-ecg-csv/data.csv', { format: 'CSV', readings: 3, options: { mapping: ecg(100, 0) } }],
  [
    'ppg-ecg-csv/data2.csv',
    {
      format: 'CSV',
      readings: 13,
      options: { mapping: { ...ecg(116.98775), leads: [{ column: 'hr', name: 'PLETH', unit: '1', decimals: 0 }] } },
    },
  ],
  ['ppg-ecg-csv/e0103.csv', { format: 'CSV', readings: 12, options: { mapping: ecg(250) } }],
  ['shimmer/fitbit/fitbit-activities-date-empty-activities-list.json', { format: 'Fitbit', readings: 0 }],
  ['shimmer/fitbit/fitbit-activities-date-multiple-in-activities-list.json', { format: 'Fitbit', readings: 7 }],
  ['shimmer/fitbit/fitbit-activities-date-single-in-activities-list.json', { format: 'Fitbit', readings: 3 }],
  ['shimmer/fitbit/fitbit-activities-heart-1d-1m-intraday.json', { format: 'Fitbit', readings: 6 }],
  ['shimmer/fitbit/fitbit-activities-steps-1d-1m-intraday.json', { format: 'Fitbit', readings: 4 }],
  ['shimmer/fitbit/fitbit-activities-steps-timeseries.json', { format: 'Fitbit', readings: 3 }],
  ['shimmer/fitbit/fitbit-body-log-weight.json', { format: 'Fitbit', readings: 8 }],
  ['shimmer/fitbit/fitbit-sleep-date-empty-sleep-list.json', { format: 'Fitbit', readings: 0 }],
  ['shimmer/fitbit/fitbit-sleep-date-range-empty-sleep-list.json', { format: 'Fitbit', readings: 0 }],
  ['shimmer/fitbit/fitbit-sleep-date-range.json', { format: 'Fitbit', readings: 14 }],
  ['shimmer/fitbit/fitbit-sleep-date.json', { format: 'Fitbit', readings: 14 }],
  ['shimmer/googlefit/googlefit-empty.json', { format: 'Google Fit', readings: 0 }],
  ['shimmer/googlefit/googlefit-merge-activity-segments-only-sleep.json', { format: 'Google Fit', readings: 1 }],
  ['shimmer/googlefit/googlefit-merge-activity-segments-only-stationary-activity.json', { format: 'Google Fit', readings: 1 }],
  ['shimmer/googlefit/googlefit-merge-activity-segments.json', { format: 'Google Fit', readings: 3 }],
  ['shimmer/googlefit/googlefit-merge-calories-expended.json', { format: 'Google Fit', readings: 3 }],
  ['shimmer/googlefit/googlefit-merge-heart-rate.json', { format: 'Google Fit', readings: 2 }],
  ['shimmer/googlefit/googlefit-merge-height.json', { format: 'Google Fit', readings: 2 }],
  ['shimmer/googlefit/googlefit-merge-location-samples.json', { format: 'Google Fit', readings: 0 }],
  ['shimmer/googlefit/googlefit-merge-speed.json', { format: 'Google Fit', readings: 2 }],
  ['shimmer/googlefit/googlefit-merge-step-deltas.json', { format: 'Google Fit', readings: 4 }],
  ['shimmer/googlefit/googlefit-merge-weight.json', { format: 'Google Fit', readings: 3 }],
  ['shimmer/ihealth/ihealth-activity-empty.json', { format: 'iHealth', readings: 0 }],
  ['shimmer/ihealth/ihealth-activity-no-steps.json', { format: 'iHealth', readings: 2 }],
  ['shimmer/ihealth/ihealth-activity.json', { format: 'iHealth', readings: 5 }],
  ['shimmer/ihealth/ihealth-bp-empty.json', { format: 'iHealth', readings: 0 }],
  ['shimmer/ihealth/ihealth-bp-no-heart-rate.json', { format: 'iHealth', readings: 1 }],
  ['shimmer/ihealth/ihealth-bp.json', { format: 'iHealth', readings: 4 }],
  ['shimmer/ihealth/ihealth-glucose-empty.json', { format: 'iHealth', readings: 0 }],
  ['shimmer/ihealth/ihealth-glucose.json', { format: 'iHealth', readings: 2 }],
  ['shimmer/ihealth/ihealth-sleep-empty.json', { format: 'iHealth', readings: 0 }],
  ['shimmer/ihealth/ihealth-sleep.json', { format: 'iHealth', readings: 8 }],
  ['shimmer/ihealth/ihealth-spo2-empty.json', { format: 'iHealth', readings: 0 }],
  ['shimmer/ihealth/ihealth-spo2-no-heart-rate.json', { format: 'iHealth', readings: 1 }],
  ['shimmer/ihealth/ihealth-spo2-no-oxygen-saturation.json', { format: 'iHealth', readings: 0 }],
  ['shimmer/ihealth/ihealth-spo2.json', { format: 'iHealth', readings: 4 }],
  ['shimmer/ihealth/ihealth-sport-empty.json', { format: 'iHealth', readings: 0 }],
  ['shimmer/ihealth/ihealth-sport.json', { format: 'iHealth', readings: 2 }],
  ['shimmer/ihealth/ihealth-weight-empty.json', { format: 'iHealth', readings: 0 }],
  ['shimmer/ihealth/ihealth-weight-no-weight-value.json', { format: 'iHealth', readings: 0 }],
  ['shimmer/ihealth/ihealth-weight.json', { format: 'iHealth', readings: 7 }],
  ['wfdb/041s/041s.hea', { format: 'WFDB', readings: 4 }],
  ['wfdb/041s/041s01.dat', { format: 'WFDB', readings: 2 }],
  ['wfdb/041s/041s01.hea', { format: 'WFDB', readings: 2 }],
  ['wfdb/041s/041s02.dat', { format: 'WFDB', readings: 2 }],
  ['wfdb/041s/041s02.hea', { format: 'WFDB', readings: 2 }],
  ['wfdb/100.atr', { format: 'WFDB annotations', readings: 2_274 }],
  ['wfdb/100.dat', { format: 'WFDB', readings: 181 }],
  ['wfdb/100.hea', { format: 'WFDB', readings: 181 }],
  ['wfdb/a103l.hea', { format: 'WFDB', readings: 33 }],
  ['wfdb/a103l.mat', { format: 'WFDB', readings: 33 }],
  ['wfdb/test01_00s.dat', { format: 'WFDB', readings: 1 }],
  ['wfdb/test01_00s.hea', { format: 'WFDB', readings: 1 }],
  ['wfdb/test_edfann.edf', { format: 'EDF', readings: 856 }],
]);
