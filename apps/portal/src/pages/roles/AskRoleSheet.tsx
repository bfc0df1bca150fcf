import { NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { HouseFailure } from '../../house/errors.ts';
import { house } from '../../house/front.ts';
import type { OwnRoles } from '../../house/roles.ts';
import { ask } from '../../queries.ts';
import { FormSheet } from '../../ui/FormSheet.tsx';
import { useToast } from '../../ui/Toast.tsx';
import { useWords } from '../../words/words.ts';

/** Asking for a role: at which organisation of the town, and to do what. */
export function AskRoleSheet({ roles, close }: { roles: OwnRoles; close: () => void }) {
  const t = useWords('roles');
  const say = useToast();
  const queries = useQueryClient();
  const [organisation, setOrganisation] = useState('');
  const [specialty, setSpecialty] = useState(roles.specialty);
  const [tried, setTried] = useState(false);
  const place = roles.others.find(({ id }) => id === organisation);
  const send = useMutation({
    mutationFn: () => house.askForRole(place!.id, specialty),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: ask.roles().queryKey });
      say({ text: t('form.sent', { organisation: place!.name }) });
      close();
    },
  });
  const kind = send.error instanceof HouseFailure && known.includes(send.error.kind) ? send.error.kind : 'other';
  return (
    <FormSheet
      title={t('form.title')}
      words={{ close: t('form.close'), cancel: t('form.cancel'), send: t('form.send') }}
      working={send.isPending}
      failure={send.isError ? t(`failed.${kind}`) : null}
      submit={() => {
        setTried(true);
        if (place && specialty.trim() !== '') send.mutate();
      }}
      close={close}
    >
      {roles.others.length === 0 ? (
        <p>{t('form.nowhere')}</p>
      ) : (
        <NativeSelect
          label={t('form.where')}
          description={t('form.whereAbout')}
          data={[{ value: '', label: t('form.choose') }, ...roles.others.map(({ id, name }) => ({ value: id, label: name }))]}
          value={organisation}
          onChange={({ currentTarget }) => setOrganisation(currentTarget.value)}
          error={tried && !place && t('form.noPlace')}
        />
      )}
      <TextInput
        label={t('form.what')}
        description={t('form.whatAbout')}
        value={specialty}
        maxLength={200}
        onChange={({ currentTarget }) => setSpecialty(currentTarget.value)}
        error={tried && specialty.trim() === '' && t('form.noWhat')}
      />
      <p className="soft">{t('form.then')}</p>
      <p className="soft">{t('form.number')}</p>
    </FormSheet>
  );
}

const known = ['unavailable', 'missing', 'conflict', 'denied', 'invalid'];
