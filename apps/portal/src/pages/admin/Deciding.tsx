import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DoctorLine, Heard, PolicyChoice } from '../../house/admin.ts';
import { house } from '../../house/front.ts';
import { ask } from '../../queries.ts';
import { useSomeone } from '../../shell/session.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { useWords } from '../../words/words.ts';
import classes from './DoctorPage.module.css';
import { Known } from './Known.tsx';
import { RuleForm } from './RuleForm.tsx';
import { faultOf, firstChoice, firstOrganisation, organisationsOf, roleAt } from './rule.ts';
import { Signing } from './Signing.tsx';
import { WhatOpens } from './WhatOpens.tsx';

/** The decision: what would be opened, the rule behind it, what is known, and the two signatures. */
export function Deciding({ doctor, rejected }: { doctor: DoctorLine; rejected: (heard: Heard) => void }) {
  const t = useWords('admin');
  const town = useQuery(ask.town());
  if (town.isPending) return <SkeletonRows rows={5} name={t('people.loading')} />;
  const organisations = organisationsOf(doctor, town.data?.authority.organisations ?? []);
  return <Decision doctor={doctor} organisations={organisations} rejected={rejected} />;
}

function Decision({
  doctor,
  organisations,
  rejected,
}: {
  doctor: DoctorLine;
  organisations: readonly string[];
  rejected: (heard: Heard) => void;
}) {
  const { organisations: own } = useSomeone();
  const now = Date.now();
  // What is on the page is what gets signed: when somebody signs meanwhile, it is told and not taken over by itself.
  const [choice, choose] = useState<PolicyChoice>(() => firstChoice(doctor, firstOrganisation(doctor, organisations, own), now));
  const fault = faultOf(choice, now);
  const { policies } = doctor;
  const { specialty } = roleAt(doctor, choice.organisation);
  const words = useQuery({
    queryKey: ['in-words', choice, specialty, policies],
    queryFn: () => house.inWords(choice, specialty, policies),
    placeholderData: keepPreviousData,
    enabled: fault === null,
  });
  const changes = words.data?.changes ?? [];
  // Whether it is the very same is only known of this choice, not of the one before it.
  const isOfChoice = words.isSuccess && !words.isPlaceholderData && fault === null;
  return (
    <div className={classes.deciding}>
      <div className={classes.main}>
        <WhatOpens choice={choice} words={words} fault={fault}>
          <RuleForm
            doctor={doctor}
            choice={choice}
            changes={changes}
            template={words.data?.template}
            organisations={organisations}
            fault={fault}
            edit={choose}
          />
        </WhatOpens>
        <Known doctor={doctor} />
      </div>
      <Signing doctor={doctor} choice={choice} changes={isOfChoice ? changes : null} fault={fault} rejected={rejected} />
    </div>
  );
}
