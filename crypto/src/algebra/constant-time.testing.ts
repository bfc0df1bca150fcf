/**
 * Looks through a compiled module for anything that takes a different way, or touches another address, for other
 * secrets. For tests only.
 *
 * Whatever is read from memory counts as secret, and so does all that is computed from it, through locals, blocks, calls
 * and results. No branch, `select`, address, length or division may then depend on a secret. That leaves loops whose
 * bounds are constants or what the caller passed: addresses, lengths, a parameter set. What is read is the text form, an
 * instruction a line, as a stack machine would run it.
 *
 * @module
 */

/** Where something depends on a secret: the function, the instruction, and which line of the function it is. */
export type Leak = { readonly where: string; readonly what: string; readonly line: number };

type Func = { readonly params: readonly string[]; readonly results: number; readonly lines: readonly string[] };

/** Every leak of a module, in the order of its text. */
export function leaksOf(wat: string): Leak[] {
  const functions = functionsOf(wat);
  /** What is known of parameters, results, and locals where a loop begins, whichever way one comes. It only grows. */
  const known = new Set<string>();
  const leaks: Leak[] = [];
  // Leaks are noted anew until nothing is added any more.
  for (let before = -1; before < known.size; ) {
    before = known.size;
    leaks.length = 0;
    for (const [where, func] of functions) run(where, func);
  }
  return leaks;

  function run(where: string, { params, lines, results }: Func): void {
    const stack: boolean[] = [];
    // The locals that hold a secret now; several ways to one place are joined there.
    let secret = new Set(params.filter((param) => known.has(`${where} ${param}`)));
    const blocks: Block[] = [{ label: 'result', height: 0, results, joined: new Set(), gives: false }];
    const inner = (): Block => blocks.at(-1)!;
    // Behind a jump nothing is on the stack; what is popped there is never computed.
    const pop = (): boolean => (stack.length > inner().height ? stack.pop()! : false);
    const pops = (count: number): boolean[] => Array.from({ length: count }, pop).reverse();

    /** Joins what is known here with what is known where a jump leads. */
    const jump = (label: string) => {
      const target = blocks.findLast((block) => block.label === label) ?? blocks[0]!;
      if (target.results > 0 && !target.loop && stack.at(-1)) target.gives = true;
      for (const local of secret)
        if (target.loop) known.add(`${target.loop} ${local}`);
        else target.joined.add(local);
    };
    const stop = () => {
      stack.length = inner().height;
      secret = new Set();
    };

    lines.forEach((line, at) => {
      const [op = '', name = ''] = line.split(' ');
      const mustBePublic = (...values: boolean[]) => {
        if (values.includes(true)) leaks.push({ where, what: op, line: at });
      };
      const assign = (value: boolean) => {
        if (value) secret.add(name);
        else secret.delete(name);
      };
      if (op === 'local.get') stack.push(secret.has(name));
      else if (op === 'local.set') assign(pop());
      else if (op === 'local.tee') {
        const value = pop();
        assign(value);
        stack.push(value);
      } else if (op === 'block' || op === 'loop' || op === 'if') {
        if (op === 'if') mustBePublic(pop());
        const label = name.startsWith('$') ? name : '';
        const block: Block = { label, height: stack.length, results: /\(result/.test(line) ? 1 : 0, joined: new Set(), gives: false };
        if (op === 'if') block.otherwise = new Set(secret);
        if (op === 'loop') {
          block.loop = `${where} ${at}`;
          for (const entry of known) if (entry.startsWith(`${block.loop} `)) secret.add(entry.slice(block.loop.length + 1));
        }
        blocks.push(block);
      } else if (op === 'else' || op === 'end') {
        const block = inner();
        if (block.results > 0 && pop()) block.gives = true;
        for (const local of secret) block.joined.add(local);
        stack.length = block.height;
        if (op === 'else') {
          secret = block.otherwise!;
          block.otherwise = undefined;
          return;
        }
        for (const local of block.otherwise ?? []) block.joined.add(local);
        secret = block.joined;
        blocks.pop();
        if (block.results > 0) stack.push(block.gives);
      } else if (op === 'br_if') {
        mustBePublic(pop());
        jump(name);
      } else if (op === 'br' || op === 'return' || op === 'unreachable') {
        if (op !== 'unreachable') jump(op === 'br' ? name : 'result');
        stop();
      } else if (op === 'call') {
        const callee = functions.get(name);
        if (!callee) throw new Error(`${where} calls ${name}, which is not here`);
        for (const [i, is] of pops(callee.params.length).entries()) if (is) known.add(`${name} ${callee.params[i]}`);
        if (callee.results > 0) stack.push(known.has(`${name} result`));
      } else if (/\.const$/.test(op)) stack.push(false);
      else if (op === 'drop') pop();
      else if (op === 'select') {
        const [a, b, condition] = pops(3);
        mustBePublic(condition!);
        stack.push(a! || b!);
      } else if (/^memory\.(fill|copy)$/.test(op)) mustBePublic(...pops(3));
      else if (/\.store/.test(op)) mustBePublic(pops(2)[0]!);
      else if (/\.load/.test(op)) {
        mustBePublic(pops(/_lane$/.test(op) ? 2 : 1)[0]!);
        stack.push(true);
      } else if (/^(global|memory|table|br_table)\b/.test(op)) throw new Error(`${where} has ${op}, which nobody expected here`);
      else {
        const values = pops(operandsOf(op));
        if (/\.(div|rem)_/.test(op)) mustBePublic(...values);
        stack.push(values.includes(true));
      }
    });
    if (results > 0 && (stack.at(-1) || blocks[0]!.gives)) known.add(`${where} result`);
  }
}

/** A block that is open: what it gives, and which locals hold a secret on some way to its end. */
type Block = {
  readonly label: string;
  readonly height: number;
  readonly results: number;
  readonly joined: Set<string>;
  gives: boolean;
  /** A loop's name, as a jump to it leads to its beginning. */
  loop?: string;
  /** Of an `if`, the locals on the way that does not enter it. */
  otherwise?: Set<string> | undefined;
};

/** How many branches and selects each function has that has any. */
export function branchesOf(wat: string): Record<string, number> {
  const count = ({ lines }: Func) => lines.filter((line) => /^(if|br_if|br_table|select)\b/.test(line)).length;
  const counted = [...functionsOf(wat)].map(([name, func]) => [name, count(func)] as const);
  return Object.fromEntries(counted.filter(([, branches]) => branches > 0));
}

/** Values that an instruction takes which is not named above; nearly all take two. */
function operandsOf(op: string): number {
  if (op === 'v128.bitselect') return 3;
  const unary =
    /\.(eqz|clz|ctz|popcnt|neg|abs|not|any_true|all_true|bitmask|splat|wrap_i64|extract_lane(_[su])?|extend_\w+|extend\d+_s|extadd_\w+)$/;
  return unary.test(op) ? 1 : 2;
}

function functionsOf(wat: string): Map<string, Func> {
  const functions = new Map<string, Func>();
  for (const text of wat.split(/\n \(func /).slice(1)) {
    const [first = '', ...rest] = text.split('\n ')[0] === text ? [text] : text.split('\n');
    const [name = ''] = first.split(' ');
    const params = Array.from(first.matchAll(/\(param ([^)]*)\)/g), ([, param]) => param!.split(' ')[0]!);
    const end = rest.findIndex((line) => /^ \)/.test(line));
    const lines = rest.slice(0, end < 0 ? undefined : end).map((line) => line.trim());
    functions.set(name, {
      params,
      results: /\(result/.test(first) ? 1 : 0,
      lines: lines.filter((line) => !/^\((local|param|type)/.test(line)),
    });
  }
  return functions;
}
