/**
 * Finding somebody an administrator named: a doctor among the registered, an organisation of the town.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { Authority } from '@carelet/client/login';
import { hex } from '@carelet/crypto/algebra/bytes';
import type { Domain, Manifest } from '@carelet/crypto/cards/manifest';

type Registered = Awaited<ReturnType<Authority['enrolment']['doctors']>>;
export type RegisteredDoctor = Registered['doctors'][number] & Pick<Registered, 'needed'>;

/**
 * The one doctor who is meant: by name or a part of it, by certificate, by the beginning of the card's number. A doctor goes by a number
 * at each organisation, under one name: of several the one of `place` is meant.
 *
 * @throws {CareletError} `missing` for nobody, `conflict` for several
 */
export async function findDoctor(authority: Authority, who: string, place?: string): Promise<RegisteredDoctor> {
  const op = 'find doctor';
  const { doctors, needed } = await authority.enrolment.doctors({});
  const plain = (text: string) =>
    text
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[\s.-]+/g, ' ')
      .trim();
  const wanted = plain(who);
  const exact = doctors.filter(({ name, certificate, doctor }) => [plain(name), plain(certificate), hex(doctor)].includes(wanted));
  const near = doctors.filter(
    ({ name, doctor }) => plain(name).includes(wanted) || (/^[0-9a-f]{4,32}$/.test(who) && hex(doctor).startsWith(who)),
  );
  const found = exact.length > 0 ? exact : near.length > 0 ? near : doctors.filter(({ name }) => within(plain(name), wanted));
  const [first] = found;
  if (!first) throw new CareletError('missing', op, { subject: who, because: 'nobody of that name, certificate or number has registered' });
  if (found.length === 1) return { ...first, needed };
  const there = found.filter(({ organisation }) => organisation === place);
  if (there.length === 1) return { ...there[0]!, needed };
  const several = found.map(({ name, organisation, doctor }) => `${name} at ${organisation} (${hex(doctor).slice(0, 8)})`).join(', ');
  throw new CareletError('conflict', op, { subject: who, because: `it could be any of ${several}; say the number in brackets` });
}

/** Every word of `dr chen` is among those of `dr mei chen`. */
const within = (name: string, wanted: string): boolean => wanted.split(' ').every((word) => name.split(' ').includes(word));

/**
 * The one organisation of the town that is meant, by name or the beginning of it.
 *
 * @throws {CareletError} `missing` for none, `conflict` for several
 */
export function findOrganisation({ domains }: Manifest, who: string): Domain {
  const op = 'find organisation';
  const wanted = who.trim().toLowerCase();
  const exact = domains.filter(({ name }) => name.toLowerCase() === wanted);
  const found = exact.length > 0 ? exact : domains.filter(({ name }) => name.toLowerCase().startsWith(wanted));
  const [first] = found;
  const all = domains.map(({ name }) => name).join(', ');
  if (!first)
    throw new CareletError('missing', op, { subject: who, because: `the town has no such organisation; there are ${all || 'none yet'}` });
  if (found.length === 1) return first;
  throw new CareletError('conflict', op, { subject: who, because: `it could be any of ${found.map(({ name }) => name).join(', ')}` });
}
