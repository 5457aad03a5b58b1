import { distinctProposals, propose, type Incumbent, type Proposal } from './proposal';

/** Every other model of every model variable, one change at a time. */
export function modelProposals(incumbent: Incumbent): Proposal[] {
  const proposals = Object.entries(incumbent.variables).flatMap(([name, variable]) =>
    variable.type === 'model'
      ? variable.models.map((model) => propose(incumbent, { [name]: model }, { origin: 'model', note: model }))
      : [],
  );
  return distinctProposals(incumbent, proposals);
}
