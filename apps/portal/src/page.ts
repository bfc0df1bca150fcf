/**
 * The town's page: how the town is, in plain words, for whoever opens its address.
 *
 * The title is the news. Numbers come first, words beside them, and nothing is told by colour alone. There is
 * no script on it.
 *
 * @module
 */
import { type Html, html } from './html.ts';
import type { Health, ServiceState, TownState } from './state.ts';

/** Somebody who lives here; what is not told is not shown. */
export type Resident = {
  readonly slug: string;
  readonly name: { readonly prefix?: string; readonly given: readonly string[]; readonly family: string };
  /** A patient's story in a sentence. */
  readonly story?: string;
  /** A doctor's specialty, and whether she has a key or waits for one. */
  readonly specialty?: { readonly display: string };
  readonly standing?: 'approved' | 'waiting';
  /** What an official does. */
  readonly title?: string;
};

export type PageFacts = {
  readonly town: string;
  readonly state: TownState;
  readonly people: readonly Resident[];
  /** When it was asked, UTC milliseconds. */
  readonly at: number;
};

export function townPage({ town, state, people, at }: PageFacts): string {
  const { title, lede } = newsOf(state);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · ${town}</title>
<link rel="icon" href="/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/town.css">
</head>
<body>
<header class="top">
<p class="brand"><img src="/mark.svg" alt="" width="28" height="28"> Carelet</p>
<p class="quiet">${town} · seen at <time datetime="${new Date(at).toISOString()}">${timeOf(at)}</time></p>
</header>
<main>
<h1>${title}</h1>
<p class="lede">${lede}</p>
${flow(state)}
${look()}
${residents(people)}
${services(state)}
</main>
<footer><p class="quiet">Everyone and everything in this town is invented. Nothing of it leaves this machine. Open the page again for newer numbers.</p></footer>
</body>
</html>
`.text;
}

/** What is most worth knowing, as a title and a sentence. */
function newsOf({ authority, cloud, cloudlets }: TownState): { title: string; lede: string } {
  const named = [
    { name: 'the cloud', service: cloud },
    { name: 'the authority', service: authority },
    ...cloudlets.map((service) => ({ name: `the cloudlet of ${service.organisation}`, service })),
  ];
  const troubled = named.filter(({ service }) => service.health.kind !== 'well');
  if (troubled.length > 0) {
    const names = list(troubled.map(({ name }) => name));
    return {
      title: `${upper(names)} ${troubled.length === 1 ? 'does' : 'do'} not answer as ${troubled.length === 1 ? 'it' : 'they'} should`,
      lede: 'What was written lies safe on disk and stays locked. What a wearable sends meanwhile waits at its cloudlet.',
    };
  }
  const rows = sealedParts(cloud);
  if (rows === 0)
    return { title: 'The town is up, and nothing has flowed yet', lede: 'The first records come with an import, or from a wearable.' };
  return {
    title: 'The town is up, and its cloud can read nothing',
    lede: `${number(rows)} locked parts of records lie there. It knows how many, how large and when; not what they say, nor of whom.`,
  };
}

const sealedParts = ({ state }: TownState['cloud']): number => (state ? state.shelves.EID + state.shelves.QID + state.shelves.MI : 0);

function flow({ cloud, cloudlets, authority }: TownState): Html {
  const cards: Html[] = [];
  if (cloud.state) {
    const { shelves, charts, postings, bytes } = cloud.state;
    cards.push(
      figure('Who it is', shelves.EID, plural(shelves.EID, 'locked part'), 'names and addresses, on the first shelf'),
      figure('What gives it away', shelves.QID, plural(shelves.QID, 'locked part'), 'birth dates, sex and towns, on the second'),
      figure('Medical content', shelves.MI, plural(shelves.MI, 'locked part'), 'everything else, on the third'),
      figure(
        'Charts',
        charts,
        plural(charts, 'chart'),
        `${number(postings)} signed ${plural(postings, 'batch', 'batches')}, ${size(bytes)} on disk`,
      ),
    );
  }
  for (const { organisation, state } of cloudlets) {
    if (!state) continue;
    const { devices, waiting, forwarded, cloud: link, lastForward } = state;
    const road = { reachable: 'The cloud can be reached', unreachable: 'The cloud cannot be reached', unknown: 'Nothing was sent yet' }[
      link
    ];
    const last = lastForward === null ? '' : `, last at ${timeOf(Date.parse(lastForward))}`;
    const wait = waiting === 0 ? 'none waits' : `${number(waiting)} ${plural(waiting, 'waits', 'wait')} safe here`;
    cards.push(
      figure(
        organisation,
        forwarded,
        `${plural(forwarded, 'strip')} sent on`,
        `${number(devices)} ${plural(devices, 'device')}; ${wait}. ${road}${last}.`,
      ),
    );
  }
  if (authority.state) {
    const { organisations, doctors } = authority.state;
    const { pending, approved, rejected } = doctors;
    const others = [pending > 0 ? `${number(pending)} waiting` : '', rejected > 0 ? `${number(rejected)} turned down` : ''].filter(
      (text) => text !== '',
    );
    const places = `${number(organisations.length)} ${plural(organisations.length, 'organisation')} enrolled`;
    cards.push(
      figure(
        'Doctors',
        approved,
        plural(approved, 'holds', 'hold') + (approved === 1 ? ' a key' : ' keys'),
        [...others, places].join('; '),
      ),
    );
  }
  if (cards.length === 0) return html``;
  return html`<section aria-labelledby="flowed"><h2 id="flowed">What flowed</h2><ul class="cards">${cards}</ul></section>`;
}

const figure = (name: string, value: number, unit: string, about: string): Html =>
  html`<li class="card"><h3>${name}</h3><p class="figure"><strong>${number(value)}</strong> <span>${unit}</span></p><p class="quiet">${about}</p></li>`;

function residents(people: readonly Resident[]): Html {
  if (people.length === 0) return html``;
  const groups: { title: string; who: Resident[] }[] = [
    { title: 'Patients', who: people.filter(({ story }) => story !== undefined) },
    { title: 'Doctors', who: people.filter(({ standing }) => standing !== undefined) },
    {
      title: 'Who else works here',
      who: people.filter(({ story, standing, title, specialty }) => !story && !standing && (title || specialty)),
    },
    { title: 'Also about', who: people.filter(({ story, standing, title, specialty }) => !story && !standing && !title && !specialty) },
  ];
  const shown = groups
    .filter(({ who }) => who.length > 0)
    .map(({ title, who }) => html`<div class="group"><h3>${title}</h3><ul class="people">${who.map(resident)}</ul></div>`);
  return html`<section aria-labelledby="people"><h2 id="people">Who lives here</h2><div class="groups">${shown}</div></section>`;
}

function resident({ name, story, specialty, standing, title }: Resident): Html {
  const whole = [name.prefix, ...name.given, name.family].filter((word) => word !== undefined).join(' ');
  const letters = [name.given[0] ?? '', name.family].map((word) => [...word][0] ?? '');
  // Letters of a script that joins them would become a word.
  const initials = letters.every((letter) => /\p{Script=Latin}/u.test(letter)) ? letters.join('') : letters[0]!;
  const key = standing === 'waiting' ? ', waiting for a key' : '';
  const about = story ?? (specialty ? `${specialty.display}${key}` : (title ?? 'Holds no office and no key.'));
  return html`<li><span class="face" aria-hidden="true">${initials.toUpperCase()}</span><span><bdi class="name">${whole}</bdi><br><span class="quiet">${about}</span></span></li>`;
}

function services({ authority, cloud, cloudlets }: TownState): Html {
  const rows = [
    row('Authority', 'vets doctors and issues their keys; holds no record', authority),
    row('Cloud', 'keeps three shelves of what it cannot read', cloud),
    ...cloudlets.map((service) =>
      row(`Cloudlet of ${service.organisation}`, 'takes what wearables send and passes it on, locked', service),
    ),
  ];
  return html`<section aria-labelledby="services"><h2 id="services">The services</h2>
<div class="card scroll" role="region" aria-labelledby="services" tabindex="0"><table>
<thead><tr><th scope="col">Service</th><th scope="col">Address</th><th scope="col">How it is</th></tr></thead>
<tbody>${rows}</tbody>
</table></div></section>`;
}

function row(name: string, does: string, { url, health }: ServiceState<unknown>): Html {
  const { shape, words, tone } = inWords(health);
  return html`<tr><th scope="row">${name}<br><span class="quiet">${does}</span></th><td><code>${url}</code><br><span class="quiet">${
    health.kind === 'silent'
      ? 'nobody there'
      : html`<a href="${url}/openapi.json">what it can be asked</a> · <a href="${url}/metrics">its numbers</a>`
  }</span></td><td class="${tone}"><span aria-hidden="true">${shape}</span> ${words}</td></tr>`;
}

function inWords(health: Health): { shape: string; words: string; tone: string } {
  switch (health.kind) {
    case 'well':
      return { shape: '✓', words: 'well', tone: 'ok' };
    case 'unwell':
      return { shape: '◐', words: `answers, but ${health.because.length > 0 ? list(health.because) : 'is not ready'}`, tone: 'wait' };
    case 'silent':
      return { shape: '▲', words: 'does not answer; it may have been stopped', tone: 'danger' };
  }
}

function look(): Html {
  const lines: [string, string][] = [
    ['npm run carelet -- records list --as ada', 'a patient sees her own records'],
    ['npm run carelet -- records list --as dr-chen', 'her cardiologist sees what the key opens'],
    ['npm run carelet -- records list --as dr-diaz --patient marlow', 'another doctor sees nothing of hers'],
    ['npm run carelet -- records export --as ada', 'all of it again as FHIR, equal to what went in'],
    ['npm run carelet -- help', 'everything else'],
  ];
  return html`<section aria-labelledby="look"><h2 id="look">How to look inside</h2>
<p>The portal for patients, doctors and clinics will stand at this address. Until then a terminal opens records, on your own machine, with a person's own keys:</p>
<dl class="card lines">${lines.map(([line, says]) => html`<div><dt><code>${line}</code></dt><dd class="quiet">${says}</dd></div>`)}</dl></section>`;
}

const number = (value: number): string => value.toLocaleString('en');
const plural = (n: number, one: string, many = `${one}s`): string => (n === 1 ? one : many);
const upper = (text: string): string => text[0]!.toUpperCase() + text.slice(1);
const list = (words: readonly string[]): string =>
  words.length <= 1 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** `4.8 MB`, as disks are sold. */
function size(bytes: number): string {
  const steps = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const step = bytes < 1000 ? 0 : Math.min(steps.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${steps[step]}`;
}

/** `20 November 2026, 09:41 UTC`. */
const timeOf = (at: number): string =>
  `${new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(at).replace(' at ', ', ')} UTC`;
