import { jsonFault } from '../system/canonical-json';
import { faultOf } from '../system/configuration';
import type { Json } from '../system/json';
import type { RejectedProposal } from './component-optimizer';
import type { Optimizer } from './own-optimizer';
import { preview } from './preview';
import { proposalHash, propose, type Incumbent, type Proposal } from './proposal';

/** So many of what an optimizer returns are looked at. */
const mostRead = 1_000;
/** So many reasons are recorded, so that a thousand faults need no thousand reasons. */
const mostReasons = 20;

/**
 * Reads what a user's optimizer returned, whatever it is: the proposals that can be tried, and for everything else a reason that
 * names optimizer, component and variable, and what was expected. It never throws.
 */
export function readOwnProposals(
  returned: unknown,
  {
    optimizer,
    component,
    incumbent,
  }: { optimizer: Pick<Optimizer, 'name' | 'kinds'>; component: string; incumbent: Incumbent },
): { proposals: Proposal[]; rejected: RejectedProposal[] } {
  const at = `optimizer '${optimizer.name}', component '${component}'`;
  if (!Array.isArray(returned)) {
    const reason = `${at}: it returned ${kindOf(returned)}; expected a list of settings, such as [{ variable: value }]`;
    return { proposals: [], rejected: [{ text: shown(returned), reason }] };
  }
  const proposals = new Map<string, Proposal>();
  const rejected: RejectedProposal[] = [];
  for (const [place, values] of (returned as unknown[]).slice(0, mostRead).entries()) {
    const read = readOne(values);
    if (typeof read === 'string') rejected.push({ text: shown(values), reason: `${at}: proposal ${place + 1}${read}` });
    else proposals.set(proposalHash(read), proposals.get(proposalHash(read)) ?? read);
  }
  if (returned.length > mostRead) {
    rejected.push({
      text: '',
      reason: `${at}: it returned ${returned.length} proposals; the first ${mostRead} were read`,
    });
  }
  if (rejected.length > mostReasons) {
    rejected.splice(mostReasons, Infinity, {
      text: '',
      reason: `${at}: and ${rejected.length - mostReasons} more were rejected`,
    });
  }
  return { proposals: [...proposals.values()], rejected };

  /** The proposal, or what is wrong with it, to follow its number. */
  function readOne(values: unknown): Proposal | string {
    if (typeof values !== 'object' || values === null || Array.isArray(values)) {
      return ` is ${kindOf(values)}; expected an object with a value for each variable to change`;
    }
    for (const [name, value] of Object.entries(values)) {
      const variable = incumbent.variables[name];
      if (variable === undefined) {
        return ` sets '${name}', which the component does not have; expected some of ${Object.keys(incumbent.variables).join(', ')}`;
      }
      if (!(optimizer.kinds as readonly string[]).includes(variable.type)) {
        return ` sets '${name}' (${variable.type}), but the optimizer is for ${optimizer.kinds.join(', ')}`;
      }
      if (value === undefined) return `: variable '${name}' is undefined; expected a value`;
      const broken = jsonFault(value);
      const fault = broken === undefined ? faultOf(variable, value as Json) : `is no JSON: ${broken}`;
      if (fault !== undefined) return `: variable '${name}' ${preview(fault)}`;
    }
    const settings = JSON.parse(JSON.stringify(values)) as Record<string, Json>;
    return propose(incumbent, settings, { origin: 'own', note: optimizer.name }) ?? ' changes nothing';
  }
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** The start of a value, for people. */
function shown(value: unknown): string {
  try {
    return preview(typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)));
  } catch {
    return kindOf(value);
  }
}
