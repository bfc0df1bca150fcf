/**
 * `carelet requests grant`: a patient gives what a doctor asks, or something else in its place.
 *
 * @module
 */
import { CareletError, kinds } from '@carelet/care/model';
import { dayOf } from '@carelet/care/rules/records/calendar';
import { checkConsent } from '@carelet/care/rules/sharing/consent';
import { consentOf, sensitiveGroups } from '@carelet/care/rules/sharing/requests';
import { requestsReceived } from '@carelet/client/sharing/requests';
import { equalPublic } from '@carelet/crypto/algebra/bytes';
import { command, common, oneOf } from '../../command.ts';
import { enter } from '../../person.ts';
import { asDoctor, letRead } from '../sharing/share.ts';
import { requestCalled } from './list.ts';

const op = 'grant a request';

export const requestsGrant = command({
  name: 'requests grant',
  group: 'sharing',
  summary: 'give what a doctor asks, or less, until you take it back or it ends',
  takes: [{ name: 'request', says: 'the beginning of its number, as "carelet requests" shows it' }],
  options: {
    ...common.as('the patient'),
    what: { type: 'text', value: 'kinds', says: 'these kinds of records instead of those she asks for' },
    sensitive: { type: 'text', value: 'groups', says: 'these especially sensitive ones instead; "none" for none' },
    until: { type: 'text', value: 'day', says: 'another last day' },
    through: { type: 'text', value: 'clinic', says: 'whose cloudlet mediates (usual: the first of the town)' },
    ...common.yes,
    ...common.town,
    ...common.keyrings,
  },
  more: 'This is "carelet share" with what she asks filled in. The request is answered in the same act.',
  examples: ['carelet requests grant 3fa01b22 --as ada', 'carelet requests grant 3fa01b22 --as ada --what vital-signs --until 2026-12-31'],
  async run({ options, given: [number], io }) {
    await using person = await enter(io, options, { op, kinds: ['patient'], writes: true });
    const { requests } = await requestsReceived({ keyring: person.keyring, cloud: person.cloud, clock: io.clock });
    const { wish, doctor: id, pat, request } = requestCalled(requests, op, number!);
    const { sensitive } = options;
    const consent = consentOf({
      ...wish,
      ...(options.what !== undefined && { kinds: oneOf('what', options.what, kinds) }),
      ...(sensitive !== undefined && { sensitive: sensitive === 'none' ? [] : oneOf('sensitive', sensitive, sensitiveGroups) }),
      until: options.until ?? wish.until,
    });
    checkConsent(consent, dayOf(io.clock()));
    const doctor = (await person.authority.enrolment.directory()).doctors.find((one) => equalPublic(one.doctor, id));
    if (!doctor) throw new CareletError('missing', op, { because: 'this doctor is not among the approved ones of the town any more' });
    return letRead(io, person, {
      to: asDoctor(doctor),
      consent,
      through: options.through,
      yes: options.yes === true,
      answering: { pat, request },
    });
  },
});
