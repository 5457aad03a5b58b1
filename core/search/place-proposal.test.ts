import { placeProposal } from './place-proposal';

const incumbent = { planner: { style: 'plain' }, writer: { style: 'plain', k: 1 }, judge: {} };

it('places what a proposal changes, in its own component and elsewhere, and leaves the incumbent as it is', () => {
  const settings = { style: 'brief' };
  expect(placeProposal(incumbent, 'planner', { settings })).toEqual({ ...incumbent, planner: settings });
  const elsewhere = { writer: { style: 'brief', k: 1 } };
  expect(placeProposal(incumbent, 'planner', { settings, elsewhere })).toEqual({
    planner: settings,
    writer: { style: 'brief', k: 1 },
    judge: {},
  });
  expect(incumbent.planner).toEqual({ style: 'plain' });
});
