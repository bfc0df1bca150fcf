/**
 * `carelet doctors templates`: what a doctor of each specialty usually opens, to begin a policy with.
 *
 * @module
 */
import { inWords } from '@carelet/care/rules/sharing/policy';
import { templateNames, templates } from '@carelet/care/rules/sharing/templates';
import { command, common } from '../../command.ts';
import { paint, say } from '../../terminal.ts';

export const doctorsTemplates = command({
  name: 'doctors templates',
  group: 'doctors and their keys',
  summary: 'what a doctor of each specialty usually opens, to begin a policy with',
  options: { ...common.json },
  more: 'A template gives nobody anything: administrators sign the policy that came of it (carelet doctors approve --template).',
  examples: ['carelet doctors templates'],
  async run({ options, io }) {
    const { bold } = paint(io.stdout, io.env);
    for (const [i, name] of templateNames.entries()) {
      const template = templates[name];
      if (options.json) {
        say(io, JSON.stringify({ template: name, ...template }));
        continue;
      }
      if (i > 0) say(io);
      say(io, `${bold(name)}${name === 'general' ? ' · for every other specialty' : ''}`);
      // A template has no place and no last day: its words end before them.
      const words = inWords({ ...template, unit: '', until: '' }).split('; ');
      for (const line of words.slice(0, -1)) say(io, `  ${line}`);
    }
    return 0;
  },
});
