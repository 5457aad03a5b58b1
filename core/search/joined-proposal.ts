import type { Proposal, ProposalOrigin } from './proposal';

/** A proposal and the component whose settings it changes; it changes no other one. */
export interface PlacedProposal {
  component: string;
  proposal: Proposal;
}

/** One proposal that makes all of these changes, each in its own component. The first component is the one whose proposal it is. */
export function joinedProposal(
  [first, ...rest]: readonly [PlacedProposal, ...PlacedProposal[]],
  origin: ProposalOrigin,
): Proposal {
  const all = [first, ...rest];
  return {
    settings: first.proposal.settings,
    ...(rest.length > 0 && {
      elsewhere: Object.fromEntries(rest.map(({ component, proposal }) => [component, proposal.settings])),
    }),
    origin,
    changed: all.flatMap(({ component, proposal }) =>
      proposal.changed.map(({ variable, kind }) => ({ component, variable, kind })),
    ),
    note: all.map(({ component, proposal }) => `${component}: ${proposal.note ?? proposal.origin}`).join(' + '),
  };
}
