import type { Heard } from '../../house/admin.ts';
import { Banner } from '../../ui/kit.tsx';
import { useWords } from '../../words/words.ts';

/**
 * What came of turning down a doctor who had keys. A record opens only where the cloud and a clinic's box act together:
 * the cloud alone is enough to end that, and so are all the boxes.
 */
export function Stopped({ name, heard: { cloud, clinics, of } }: { name: string; heard: Heard }) {
  const t = useWords('admin');
  const surely = cloud || (clinics === of && of > 0);
  const silent = of - clinics;
  return (
    <Banner icon={surely ? 'lock' : 'warning'} tone={surely ? 'quiet' : 'wait'}>
      <p>
        <b>{t(surely ? 'doctor.ended' : 'doctor.endedPerhaps', { name })}</b>
      </p>
      {!cloud && <p>{t('doctor.cloudSilent')}</p>}
      {silent > 0 && <p>{t('doctor.clinicsSilent', { count: silent })}</p>}
      <p>{t('doctor.endsRead', { name })}</p>
    </Banner>
  );
}
