import { useMemo } from 'react';
import { paths, to } from '../../paths.ts';
import { useSomeone } from '../../shell/session.tsx';
import { useIsShared } from './whose.ts';

/** Links among a patient's records, at the door one came through. */
export type RecordPaths = {
  /** The page that everything of this patient hangs below: her records, what she shares, or her chart at a doctor's. */
  readonly above: string;
  readonly vital: (vital: string) => string;
  readonly record: (record: string) => string;
  readonly proof: (record: string) => string;
};

/**
 * Pages about a record are the same for patients, carers and doctors; only their addresses differ.
 *
 * @param patient whose; `undefined` while it is not known yet
 */
export function useRecordPaths(patient: string | undefined): RecordPaths {
  const { door } = useSomeone();
  const isShared = useIsShared();
  return useMemo(() => {
    const at = isShared ? shared : door === 'patient' ? own : paths.doctor;
    const whose = patient ?? '';
    return {
      above: to(at.chart, { patient: whose }),
      vital: (vital) => to(at.vital, { patient: whose, vital }),
      record: (record) => to(at.record, { patient: whose, record }),
      proof: (record) => to(at.proof, { patient: whose, record }),
    };
  }, [door, isShared, patient]);
}

const { records, sharedVital, sharedRecord, sharedProof } = paths.patient;
const own = { ...paths.patient, chart: records };
const shared = { chart: paths.patient.shared, vital: sharedVital, record: sharedRecord, proof: sharedProof };
