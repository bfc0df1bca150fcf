import { useMemo } from 'react';
import { paths, to } from '../../paths.ts';
import { useSomeone } from '../../shell/session.tsx';

/** Links among a patient's records, at the door one came through. */
export type RecordPaths = {
  /** The page that everything of this patient hangs below: her records, or her chart at a doctor's. */
  readonly above: string;
  readonly vital: (vital: string) => string;
  readonly record: (record: string) => string;
  readonly proof: (record: string) => string;
};

/**
 * Pages about a record are the same for patients and doctors; only their addresses differ.
 *
 * @param patient whose; `undefined` while it is not known yet
 */
export function useRecordPaths(patient: string | undefined): RecordPaths {
  const { door } = useSomeone();
  return useMemo(() => {
    const own = door === 'patient' ? paths.patient : paths.doctor;
    const whose = patient ?? '';
    return {
      above: door === 'patient' ? paths.patient.records : to(paths.doctor.chart, { patient: whose }),
      vital: (vital) => to(own.vital, { patient: whose, vital }),
      record: (record) => to(own.record, { patient: whose, record }),
      proof: (record) => to(own.proof, { patient: whose, record }),
    };
  }, [door, patient]);
}
