/**
 * The charts in sight: listed, opened one patient after another, kept up to date.
 *
 * Listing is quick and opening is not, so who is there is known long before what stands in her chart. Whoever is
 * asked for is opened next; what has changed in the cloud is fetched at once, beside an opening that goes on.
 *
 * [Note: Before the list is made, the ear is open]
 * Between listing charts and hearing of changes a reading could slip in unheard. So the list that counts is made
 * after the stream of changes has begun.
 *
 * @module
 */
import { asCareletError, CareletError, parts } from '@carelet/care/model';
import type { Cloud } from '@carelet/client/login';
import { type ChartChange, watchCharts } from '@carelet/client/records/changes';
import type { ChartRef, OpenedChart, Reader } from '@carelet/client/records/reader';
import type { Changed } from '@carelet/client/records/reading/found';
import { equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import type { HouseEvent } from '../house/house.ts';

/** A patient's charts, as far as they are open. */
export type PatientCharts = {
  /** Of her card, hex. */
  readonly id: string;
  readonly refs: readonly ChartRef[];
  readonly opened: readonly OpenedChart[];
  /** Whether all of them are open. */
  readonly open: boolean;
  /** Counts up whenever what is open changes. */
  readonly change: number;
};

export type Charts = {
  /** Everyone in sight, once her charts are listed. */
  listed(): Promise<readonly PatientCharts[]>;
  /**
   * A patient whose charts are all open; waits until they are.
   *
   * @throws {CareletError} `missing` for somebody who is not in sight, `unavailable` when opening was stopped
   */
  opened(patient: string): Promise<PatientCharts>;
  /** Everyone once whoever can be opened is. */
  settled(): Promise<readonly PatientCharts[]>;
  /** Stops opening somebody's charts; asking for her goes on. */
  stop(patient: string): void;
  /** Looks anew at who is in sight: one's keys have changed. */
  look(): Promise<void>;
  /** Looks anew at everything: something that was open is not any more. */
  again(): Promise<void>;
  /** Ends everything that goes on. */
  close(): void;
};

export type ChartsOptions = {
  readonly reader: Reader;
  /** The cloud as each number meets it by which one may read: it knows no doctor before she is approved. */
  readonly clouds: () => readonly Pick<Cloud, 'records'>[];
  /** Which charts are somebody's to see here. */
  readonly shows: (chart: ChartRef) => boolean;
  readonly tell: (event: HouseEvent) => void;
  /** Told when node keys were opened, to be kept. */
  readonly learnt: () => void;
};

type Room = {
  readonly id: string;
  refs: ChartRef[];
  /** By pseudonym in hex. */
  readonly opened: Map<string, OpenedChart>;
  change: number;
  /** The opening that goes on or is queued. */
  opening: Opening | null;
  failure: CareletError | null;
  /** The refreshing that goes on: one after another. */
  refreshing: Promise<void>;
  /** Charts of which something new could not be fetched. */
  readonly missed: Set<string>;
};

type Opening = { readonly stop: AbortController; readonly done: Promise<void>; end: (failure: CareletError | null) => void };

/** Progress is told ten times a second at most. */
const progressEvery = 100;
/** How long the first list waits for the stream of changes, in milliseconds. */
const longestEar = 1_500;

export function openCharts({ reader, clouds, shows, tell, learnt }: ChartsOptions): Charts {
  const over = new AbortController();
  let rooms = new Map<string, Room>();
  const queue: Room[] = [];
  let working = false;
  let begun = false;
  const listening = new Set<Pick<Cloud, 'records'>>();
  /** A change of charts was heard, and they could not be listed. */
  let unlisted = false;
  /** Resolves when changes are heard, or when there is no waiting for that. */
  let heard = () => {};
  const hearing = new Promise<void>((resolve) => {
    heard = resolve;
  });
  let listing = start();
  listing.catch(() => {});

  const isOpen = (room: Room) => room.refs.every(({ pat }) => room.opened.has(hex(pat)));
  const shown = (room: Room): PatientCharts => ({
    id: room.id,
    refs: room.refs,
    opened: room.refs.flatMap(({ pat }) => room.opened.get(hex(pat)) ?? []),
    open: isOpen(room),
    change: room.change,
  });

  async function list(): Promise<void> {
    const charts = clouds().length > 0 ? (await reader.charts()).filter(shows) : [];
    const found = new Map<string, Room>();
    const pats = new Set<string>();
    for (const chart of charts) {
      // A cloud that names a chart twice would have its readings count twice.
      if (pats.has(hex(chart.pat))) continue;
      pats.add(hex(chart.pat));
      const id = hex(chart.owner);
      const room = found.get(id) ?? rooms.get(id) ?? newRoom(id);
      room.refs = found.has(id) ? [...room.refs, chart] : [chart];
      found.set(id, room);
    }
    for (const room of found.values()) {
      const { refs, opened } = room;
      for (const [pat, { chart }] of opened) {
        if (!refs.some((ref) => hex(ref.pat) === pat && equalPublic(ref.deed, chart.deed)) && opened.delete(pat)) room.change++;
      }
    }
    for (const [id, room] of rooms) if (!found.has(id)) room.opening?.stop.abort();
    rooms = found;
  }

  /** Lists, and begins to open whom it has found. */
  async function begin(): Promise<void> {
    await list();
    openRest();
  }

  /** Goes on with whoever is not open, but for those whose opening somebody stopped. */
  function openRest(): void {
    for (const room of rooms.values()) if (!isOpen(room) && room.failure?.because !== stopped) want(room, false);
  }

  function want(room: Room, first: boolean): Opening {
    if (room.opening && queue.includes(room) && first) queue.unshift(...queue.splice(queue.indexOf(room), 1));
    if (room.opening) return room.opening;
    room.opening = newOpening();
    room.failure = null;
    if (first) queue.unshift(room);
    else queue.push(room);
    void work();
    return room.opening;
  }

  async function work(): Promise<void> {
    if (working) return;
    working = true;
    await hearing;
    for (let room = queue.shift(); room; room = queue.shift()) {
      const { opening } = room;
      if (!opening) continue;
      try {
        await openRoom(room, opening.stop.signal);
      } catch (thrown) {
        room.failure = asCareletError(thrown, 'open charts');
      }
      room.opening = null;
      opening.end(room.failure);
    }
    working = false;
  }

  async function openRoom(room: Room, signal: AbortSignal): Promise<void> {
    const told = progressTeller(room.id, tell);
    let before = 0;
    // Asked anew each time: another chart may have come into sight while one was opened.
    for (let ref = nextOf(room); ref; ref = nextOf(room)) {
      const pat = hex(ref.pat);
      let here = 0;
      const progress = (opened: number, fetched: number) => {
        here = fetched;
        told(before + opened, before + fetched);
      };
      const chart = await reader.open(ref, { signal, progress });
      before += here;
      room.opened.set(pat, chart);
      room.change++;
      learnt();
    }
    tell({ kind: 'opened', patient: room.id, records: recordsIn(room) });
  }

  /** Fetches what has changed of an open chart, after what is being fetched of this patient already. */
  function refresh(room: Room, pat: string, what: Changed): Promise<void> {
    room.refreshing = room.refreshing.then(async () => {
      await room.opening?.done;
      const chart = room.opened.get(pat);
      // What is not open yet will be fetched as it is then.
      if (!chart || over.signal.aborted) return;
      const missed = room.missed.delete(pat);
      try {
        room.opened.set(pat, await reader.refresh(chart, missed ? everything : what, { signal: over.signal }));
      } catch {
        // What was open stays; what came meanwhile is looked for when the cloud is heard again.
        room.missed.add(pat);
        return;
      }
      room.change++;
      learnt();
      tell({ kind: 'changed', patient: room.id });
    });
    return room.refreshing;
  }

  /** Everything anew: what was heard last is too long ago. */
  async function again(): Promise<void> {
    await begin();
    unlisted = false;
    await Promise.all([...rooms.values()].flatMap((room) => room.refs.map(({ pat }) => refresh(room, hex(pat), everything))));
    tell({ kind: 'changed', patient: null });
  }

  async function changed({ pat: id, part, nodes }: ChartChange & { readonly kind: 'changed' }): Promise<void> {
    const pat = hex(id);
    const find = () => [...rooms.values()].find((one) => one.refs.some((ref) => hex(ref.pat) === pat));
    const room = find();
    if (room && part !== null) return refresh(room, pat, nodes.length > 0 ? { nodes } : { parts: [part] });
    // The chart itself: it came into sight, or is in it no more, or by other keys.
    try {
      await begin();
    } catch (thrown) {
      unlisted = true;
      throw thrown;
    }
    if (room && find() === room) return refresh(room, pat, everything);
    if (room || find()) tell({ kind: 'changed', patient: null });
  }

  function told(change: ChartChange): void {
    const quietly = (work: Promise<void>) => void work.catch(() => {});
    switch (change.kind) {
      case 'online':
        // Whatever was opened before the first word may have changed unheard.
        if (unlisted || (!begun && [...rooms.values()].some(({ opened }) => opened.size > 0))) quietly(again());
        begun = true;
        heard();
        tell({ kind: 'online' });
        openRest();
        for (const room of rooms.values()) for (const pat of room.missed) quietly(refresh(room, pat, everything));
        break;
      case 'offline':
        heard();
        tell({ kind: 'offline' });
        break;
      case 'changed':
        quietly(changed(change));
        break;
      case 'lost':
        quietly(again());
    }
  }

  /** Lists, then listens, then lists what counts; see the note. The first list shows a doctor's entitlements. */
  async function start(): Promise<void> {
    await list();
    if (clouds().length === 0 || over.signal.aborted) return;
    listen();
    void hearing.then(() => {
      if (over.signal.aborted) return;
      listing = begin();
      // Whoever waits for it hears of a failure; where nobody does, the next who asks lists again.
      listing.catch(() => {});
    });
  }

  function listen(): void {
    setTimeout(heard, longestEar);
    for (const cloud of clouds()) {
      if (listening.has(cloud)) continue;
      listening.add(cloud);
      watchCharts({ cloud, signal: over.signal, told })
        .catch(() => {})
        .finally(() => listening.delete(cloud));
    }
  }

  const someone = async (patient: string): Promise<Room> => {
    await listed();
    const room = rooms.get(patient);
    if (!room) throw new CareletError('missing', 'find patient', { because: 'nobody of this number is in sight' });
    return room;
  };

  /** A list that could not be had is asked for again. */
  async function listed(): Promise<void> {
    await listing.catch(() => {
      listing = start();
      return listing;
    });
  }

  return {
    async listed() {
      await listed();
      return [...rooms.values()].map(shown);
    },
    async opened(patient) {
      const room = await someone(patient);
      if (!isOpen(room)) await want(room, true).done;
      if (room.failure) throw room.failure;
      return shown(rooms.get(patient) ?? room);
    },
    async settled() {
      await listed();
      await Promise.all([...rooms.values()].map((room) => (isOpen(room) || room.failure ? undefined : want(room, false).done)));
      return [...rooms.values()].map(shown);
    },
    stop(patient) {
      rooms.get(patient)?.opening?.stop.abort();
    },
    async look() {
      listing = listening.size > 0 && clouds().every((cloud) => listening.has(cloud)) ? begin() : start();
      await listing;
    },
    again,
    close() {
      over.abort();
      for (const room of rooms.values()) room.opening?.stop.abort();
    },
  };
}

/** A whole chart may have changed. */
const everything: Changed = { parts };

/** What the reader says of an opening that was stopped. */
const stopped = 'stopped';

const newRoom = (id: string): Room => ({
  id,
  refs: [],
  opened: new Map(),
  change: 0,
  opening: null,
  failure: null,
  refreshing: Promise.resolve(),
  missed: new Set(),
});

function newOpening(): Opening {
  let end: Opening['end'] = () => {};
  const done = new Promise<void>((resolve) => {
    end = () => resolve();
  });
  return { stop: new AbortController(), done, end };
}

const nextOf = ({ refs, opened }: Room): ChartRef | undefined => refs.find(({ pat }) => !opened.has(hex(pat)));

const recordsIn = ({ opened }: Room): number => [...opened.values()].reduce((sum, { records }) => sum + records.length, 0);

/** Tells the first and then some of what it is told. */
function progressTeller(patient: string, tell: (event: HouseEvent) => void): (opened: number, of: number | null) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (opened, of) => {
    const now = performance.now();
    if (now - last < progressEvery) return;
    last = now;
    tell({ kind: 'opening', patient, opened, of });
  };
}
