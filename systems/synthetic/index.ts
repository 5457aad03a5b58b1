export { chain } from './chain';
export { conditional } from './conditional';
export { driftCandidates, drifts, type Surroundings, type ValuedCandidate } from './drift';
export { fork } from './fork';
export { interaction } from './interaction';
export type { SyntheticOptions, SyntheticSystem } from './synthetic-system';
export { scriptedChain, type ScriptedChainOptions } from './scripted-chain';
export { scriptedReply, type ScriptedRequest } from './scripted-reply';
export type { TaskExample } from './tasks';
