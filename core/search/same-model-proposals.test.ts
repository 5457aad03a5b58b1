import { integer, model, oneOf } from '../system/variable';
import { sameModelProposals } from './same-model-proposals';

const components = {
  planner: { model: model(['small', 'large']), k: integer(1, 4) },
  writer: { model: model(['small', 'large', 'huge']), fallback: model(['small', 'huge']) },
  judge: { verdict: model(['huge', 'tiny']) },
  filter: { mode: oneOf(['on', 'off']) },
};
const incumbent = {
  planner: { model: 'small', k: 2 },
  writer: { model: 'small', fallback: 'small' },
  judge: { verdict: 'tiny' },
  filter: { mode: 'on' },
};

it('proposes one model for all components that may use it', () => {
  expect(sameModelProposals('planner', components, incumbent)).toEqual([
    {
      settings: { model: 'large', k: 2 },
      elsewhere: { writer: { model: 'large', fallback: 'small' } },
      origin: 'same-model',
      changed: [
        { component: 'planner', variable: 'model', kind: 'model' },
        { component: 'writer', variable: 'model', kind: 'model' },
      ],
      note: 'large in planner, writer',
    },
  ]);
});

it('proposes it from every one of these components, in all their model variables that offer it', () => {
  const proposals = sameModelProposals('writer', components, incumbent);
  expect(proposals.map(({ note }) => note)).toEqual(['large in writer, planner', 'huge in writer, judge']);
  expect(proposals[1]).toMatchObject({
    settings: { model: 'huge', fallback: 'huge' },
    elsewhere: { judge: { verdict: 'huge' } },
  });
});

it('leaves changes of one component to single moves', () => {
  const mixed = { ...incumbent, writer: { model: 'large', fallback: 'small' } };
  // 'large' would change the planner alone; 'small' would leave the planner as it is.
  expect(sameModelProposals('planner', components, mixed)).toEqual([]);
  expect(sameModelProposals('filter', components, incumbent)).toEqual([]);
});
