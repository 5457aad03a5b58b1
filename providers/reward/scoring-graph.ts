import { largestDeviation } from '../../core/reward/standardisation';
import { headForward, headParameters, partedParameters, type HeadShape } from './head';
import { OnnxGraph, type OnnxProtobuf } from './onnx-graph';
import type { Member } from './training-request';

/** Candidates to score in one call: their features, and what the graph makes of them, then stay in a core's cache. */
export const rowsPerCall = 64;

/**
 * The artefact: a standard ONNX model, raw `features [n, d]` -> `rewards [n, members]` and their mean `reward [n]`,
 * standardisation included.
 */
export function scoringGraph(
  protobuf: OnnxProtobuf,
  members: readonly (Pick<Member, 'standardisation' | 'parameters'> & { head: HeadShape })[],
): Uint8Array {
  const dimension = (members[0] as Member).standardisation.mean.length;
  const graph = new OnnxGraph(protobuf);
  const limits = [graph.constant(-largestDeviation), graph.constant(largestDeviation)];
  const rewards = members.map(({ head, standardisation, parameters }, index) => {
    const named = (name: string): string => `${name}_${index}`;
    const mean = graph.initializer({ name: named('mean'), shape: [dimension], data: standardisation.mean });
    const scale = graph.initializer({ name: named('scale'), shape: [dimension], data: standardisation.scale });
    const parts = partedParameters(headParameters(head, dimension), parameters);
    for (const { name, shape } of headParameters(head, dimension)) {
      graph.initializer({ name: named(name), shape, data: parts[name] as Float32Array });
    }
    const scaled = graph.node('Mul', [graph.node('Sub', ['features', mean]), scale]);
    return headForward(graph, head, graph.node('Clip', [scaled, ...limits]), named).reward;
  });
  graph.node('Concat', rewards, { axis: 1 }, 'rewards');
  const share = graph.initializer({
    name: 'share',
    shape: [members.length, 1],
    data: new Float32Array(members.length).fill(1 / members.length),
  });
  graph.node('Squeeze', [graph.node('MatMul', ['rewards', share]), graph.integers('last_axis', [1])], {}, 'reward');
  return graph.bytes(
    'reward',
    [{ name: 'features', shape: ['n', dimension] }],
    [
      { name: 'reward', shape: ['n'] },
      { name: 'rewards', shape: ['n', members.length] },
    ],
  );
}

/** Standardised `features [n, d]` and parameters -> `reward [n, 1]`: for looking at held-out pairs between steps. */
export function forwardGraph(protobuf: OnnxProtobuf, head: HeadShape, dimension: number): Uint8Array {
  const graph = new OnnxGraph(protobuf);
  const { reward } = headForward(graph, head, 'features');
  graph.node('Identity', [reward], {}, 'reward');
  return graph.bytes(
    'forward',
    [{ name: 'features', shape: ['n', dimension] }, ...headParameters(head, dimension)],
    [{ name: 'reward', shape: ['n', 1] }],
  );
}
