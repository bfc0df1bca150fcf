import { useSomeone } from '../../shell/session.tsx';
import { Rejected, Waiting } from './Standing.tsx';
import { TriageList } from './TriageList.tsx';

/** Where a doctor lands: who needs a look. One who is not let in yet is told how far it is. */
export function TodayPage() {
  const { standing } = useSomeone();
  if (standing?.kind === 'waiting') return <Waiting />;
  if (standing?.kind === 'rejected') return <Rejected reason={standing.reason} />;
  return <TriageList />;
}
