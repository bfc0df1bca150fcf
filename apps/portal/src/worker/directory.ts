/**
 * What the town's doctors are called, by the number of their card.
 *
 * @module
 */
import type { Authority } from '@carelet/client/login';
import { hex } from '@carelet/crypto/algebra/bytes';
import type { Given } from '../house/sharing.ts';

/** Of whom the town has no name, or while the authority is away, the beginning of the number. */
export async function doctorsIn(authority: Authority): Promise<(id: string) => Given['doctor']> {
  const doctors = await authority.enrolment.directory().then(
    (told) => told.doctors,
    () => [],
  );
  const known = new Map(doctors.map((one) => [hex(one.doctor), one]));
  return (id) => {
    const one = known.get(id);
    return {
      id,
      name: one?.name ?? id.slice(0, 8),
      specialty: one?.specialty ?? null,
      organisation: one?.organisation ?? null,
      carer: false,
      team: false,
    };
  };
}
